/**
 * Agreeing on end-to-end encryption. In Jitsi each side encrypts only what it sends itself, so both
 * pages have to turn it on, and neither may while the other's browser cannot decrypt. The two agree
 * over the consult's own signalling; keys are exchanged by the frames (Olm) and never come here.
 *
 * Every page has a mark of its own and answers name the mark they are meant for, because the channel
 * repeats the signals of the last minute to a page that was loaded again.
 */
export type Encryption = 'unable' | 'alone' | 'off' | 'asking' | 'on' | 'refused';

export interface EncryptionSignal {
  readonly encryption: 'here' | 'ask' | 'ready' | 'unable' | 'off';
  readonly from: string;
  readonly to?: string;
}

/** Chromium's insertable streams, which Jitsi's encryption needs. */
export function canEncrypt(): boolean {
  return 'RTCRtpSender' in window && 'createEncodedStreams' in RTCRtpSender.prototype;
}

export interface EncryptionSide {
  /** The practitioner asks; the patient's page follows. */
  readonly leads: boolean;
  readonly able: boolean;
  readonly send: (signal: EncryptionSignal) => void;
  readonly apply: (on: boolean) => void;
  readonly tell: (state: Encryption) => void;
}

export class EncryptionAgreement {
  readonly #me = crypto.randomUUID();
  readonly #side: EncryptionSide;
  #other = '';
  #state: Encryption;

  constructor(side: EncryptionSide) {
    this.#side = side;
    this.#state = side.able ? 'alone' : 'unable';
    side.tell(this.#state);
  }

  /** The frame is in the room. */
  joined(): void {
    this.#send('here');
  }

  /** Ask the other side's page to encrypt as well. */
  ask(): void {
    if (this.#state !== 'off' && this.#state !== 'refused') return;
    this.#become('asking');
    this.#send('ask');
  }

  turnOff(): void {
    if (this.#state !== 'on' && this.#state !== 'asking') return;
    this.#side.apply(false);
    this.#become('off');
    this.#send('off');
  }

  hear(signal: EncryptionSignal): void {
    if (signal.encryption === 'here') this.#greet(signal.from);
    else if (signal.to !== this.#me || signal.from !== this.#other) return;
    else if (signal.encryption === 'ask') this.#follow();
    else if (signal.encryption === 'off') this.#stop();
    else this.#hearAnswer(signal.encryption);
  }

  #greet(from: string): void {
    if (from === this.#other) return;
    this.#other = from;
    this.#send('here');
    if (this.#state === 'alone') this.#become('off');
    else if (this.#state === 'on' || this.#state === 'asking') this.#send(this.#side.leads ? 'ask' : 'ready');
  }

  #follow(): void {
    if (this.#side.leads) return;
    if (!this.#side.able) {
      this.#send('unable');
      return;
    }
    this.#side.apply(true);
    this.#become('on');
    this.#send('ready');
  }

  #stop(): void {
    if (this.#side.leads || this.#state !== 'on') return;
    this.#side.apply(false);
    this.#become('off');
  }

  #hearAnswer(answer: 'ready' | 'unable'): void {
    if (!this.#side.leads || !this.#side.able) return;
    this.#side.apply(answer === 'ready');
    this.#become(answer === 'ready' ? 'on' : 'refused');
  }

  #become(state: Encryption): void {
    this.#state = state;
    this.#side.tell(state);
  }

  #send(encryption: EncryptionSignal['encryption']): void {
    const to = encryption === 'here' ? {} : { to: this.#other };
    this.#side.send({ encryption, from: this.#me, ...to });
  }
}
