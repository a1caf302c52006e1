/**
 * A peer-to-peer call between two sides: WebRTC "perfect negotiation" (W3C), ICE restart when the
 * path breaks, and audio only below what video needs. Signalling goes wherever `send` takes it, and
 * may lose or delay what it carries.
 */

/**
 * A page says hello with the mark of its connection; descriptions and candidates name both marks, so
 * that what was meant for a page that is no more is recognised. `ask` wants an answer.
 */
export type Signal =
  | { readonly hello: string; readonly ask?: boolean }
  | (Addressed & { readonly description: RTCSessionDescriptionInit; readonly offer: string })
  | (Addressed & { readonly candidates: readonly RTCIceCandidateInit[] })
  | (Addressed & { readonly showing: boolean; readonly speaking?: boolean })
  | (Addressed & { readonly bye: true });

interface Addressed {
  readonly from: string;
  readonly to: string;
}

export type Quality = 'good' | 'fair' | 'poor' | 'lost' | 'connecting';

/** Whether this side sends no video, and why. */
export type AudioOnly = 'no' | 'bandwidth' | 'chosen';

export interface CallEvents {
  readonly onRemote: (stream: MediaStream) => void;
  readonly onQuality: (quality: Quality) => void;
  readonly onAudioOnly: (audioOnly: AudioOnly) => void;
  /** Whether the other side sends a picture, and whether its microphone is on. */
  readonly onShowing: (showing: boolean, speaking: boolean) => void;
  /** The other side hung up; it may come back. */
  readonly onBye: () => void;
}

/** Below this available outgoing rate (bit/s) for `LOW_SAMPLES` samples, video is paused. */
export const VIDEO_FLOOR = 300_000;
export const LOW_SAMPLES = 4;
export const SAMPLE_MS = 2500;
/** How long a path that broke may mend itself, and how long a new one may take. */
const BROKEN_MS = 4000;
const CONNECTING_MS = 12_000;
/** Each question that helped nothing makes the wait for the next one longer, up to so many times. */
const MOST_PATIENT = 4;
const GATHER_MS = 150;

export class DirectCall {
  #peer: RTCPeerConnection;
  readonly #local: MediaStream;
  #iceServers: RTCIceServer[];
  readonly #send: (signal: Signal) => void;
  readonly #events: CallEvents;
  /** The polite side gives way when both offer at once; the other one offers. */
  readonly #polite: boolean;
  readonly #instance = crypto.randomUUID();
  #remote = new MediaStream();
  #video: MediaStreamTrack | null;
  #audioOnly: AudioOnly = 'no';
  #makingOffer = false;
  #offered = '';
  #low = 0;
  #troubledSince: number | undefined;
  #asked = false;
  #peerInstance = '';
  #turn: Promise<void> = Promise.resolve();
  /** Candidates that came before the description they belong to. */
  #early: RTCIceCandidateInit[] = [];
  /** Our own that were not sent yet: a dozen come at once, and each message costs a round trip. */
  #gathered: RTCIceCandidateInit[] = [];
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #patience = 1;
  readonly #sampler: ReturnType<typeof setInterval>;
  readonly #online = () => {
    this.#patience = 1;
    if (this.#peer.connectionState !== 'connected') this.#ask();
  };

  constructor(
    local: MediaStream,
    iceServers: readonly RTCIceServer[],
    polite: boolean,
    send: (signal: Signal) => void,
    events: CallEvents,
  ) {
    this.#local = local;
    this.#video = local.getVideoTracks()[0] ?? null;
    this.#iceServers = [...iceServers];
    this.#polite = polite;
    this.#send = send;
    this.#events = events;
    this.#peer = this.#connect();
    this.#sampler = setInterval(() => void this.#sample(), SAMPLE_MS);
    addEventListener('online', this.#online);
    send({ hello: this.#instance, ask: true });
  }

  /** What the other side sent through the channel; one after the other, in order of arrival. */
  receive(signal: Signal): Promise<void> {
    this.#turn = this.#turn
      .then(() => this.#take(signal))
      // What does not fit is dropped; if the path suffers, the next question begins anew.
      .catch((error: unknown) => console.warn('a signal of the call was of no use', error));
    return this.#turn;
  }

  async #take(signal: Signal): Promise<void> {
    if (this.#peer.signalingState === 'closed') return;
    if ('hello' in signal) {
      await this.#greet(signal.hello, signal.ask === true);
    } else if (signal.to !== this.#instance || signal.from !== this.#peerInstance) {
      return; // between pages of which one is gone
    } else if ('description' in signal) {
      await this.#describe(signal.description, signal.offer);
    } else if ('candidates' in signal) {
      await this.#addCandidates(signal.candidates);
    } else if ('bye' in signal) {
      this.#peerInstance = '';
      this.#renew();
      this.#events.onBye();
    } else {
      this.#events.onShowing(signal.showing, signal.speaking ?? true);
    }
  }

  /** Relays whose credentials hold longer, for the next time a path is looked for. */
  serve(iceServers: readonly RTCIceServer[]): void {
    this.#iceServers = [...iceServers];
    this.#peer.setConfiguration({ iceServers: this.#iceServers });
  }

  /** Replace the microphone. */
  async replaceAudio(track: MediaStreamTrack): Promise<void> {
    const found = this.#peer.getTransceivers().find((t) => t.receiver.track.kind === 'audio');
    if (found) {
      await found.sender.replaceTrack(track);
      if (found.direction === 'recvonly') found.direction = 'sendrecv';
    } else {
      this.#peer.addTrack(track, this.#local);
    }
    this.tellShowing();
  }

  /** Replace what we send, after a device change or to share a screen. */
  async replaceVideo(track: MediaStreamTrack | null): Promise<void> {
    this.#video = track;
    if (this.#audioOnly === 'bandwidth') this.#setAudioOnly('no');
    const found = this.#videoTransceiver();
    if (found) {
      await found.sender.replaceTrack(track);
      if (track && this.#audioOnly === 'no') found.direction = 'sendrecv';
    } else if (track) {
      this.#peer.addTrack(track, this.#local);
    }
    this.tellShowing();
  }

  /** Neither send nor receive video, or both again; the other side is told. */
  async keepToAudio(on: boolean): Promise<void> {
    const before = this.#audioOnly;
    this.#setAudioOnly(on ? 'chosen' : 'no');
    if (before === 'bandwidth') await this.#videoTransceiver()?.sender.replaceTrack(this.#video);
    this.#direct();
    this.tellShowing();
  }

  /** Tell the other side whether it gets a picture, after the camera was turned off or on. */
  tellShowing(): void {
    const showing = this.#audioOnly === 'no' && this.#video?.enabled === true;
    const speaking = this.#local.getAudioTracks().some((track) => track.enabled);
    this.#sendTo({ showing, speaking });
  }

  get connected(): boolean {
    return this.#peer.connectionState === 'connected';
  }

  /** Frames and bytes both ways, for the connection's plain-words verdict and for tests. */
  async stats(): Promise<RTCStatsReport> {
    return this.#peer.getStats();
  }

  close(): void {
    this.#sendTo({ bye: true });
    clearInterval(this.#sampler);
    clearTimeout(this.#gathering);
    removeEventListener('online', this.#online);
    this.#peer.close();
  }

  /** A fresh connection; its first offer waits until the other side has said hello. */
  #connect(): RTCPeerConnection {
    const peer = new RTCPeerConnection({ iceServers: this.#iceServers });
    for (const track of this.#local.getAudioTracks()) peer.addTrack(track, this.#local);
    // addTrack, not addTransceiver: only its transceivers are matched with the other side's offer.
    if (this.#video) peer.addTrack(this.#video, this.#local);
    peer.onnegotiationneeded = () => void this.#offer();
    peer.onicecandidate = ({ candidate }) => candidate && this.#gather(candidate.toJSON());
    peer.ontrack = ({ track }) => {
      this.#remote.addTrack(track);
      this.#events.onRemote(this.#remote);
    };
    peer.onconnectionstatechange = () => this.#connectionChanged();
    return peer;
  }

  #connectionChanged(): void {
    const state = this.#peer.connectionState;
    if (state === 'connected') {
      this.#troubledSince = undefined;
      this.#patience = 1;
      this.#events.onQuality('good');
      this.tellShowing();
    }
    if (state === 'connecting' || state === 'new') this.#events.onQuality('connecting');
    if (state === 'failed' || state === 'disconnected') {
      this.#troubledSince = Date.now();
      this.#events.onQuality('lost');
    }
  }

  /**
   * A page that was opened anew has new keys, so the old connection cannot go on: start again.
   * Whoever asks again has trouble with the path: the impolite side restarts ICE, as it does when
   * its own question was answered.
   */
  async #greet(instance: string, ask: boolean): Promise<void> {
    const known = instance === this.#peerInstance;
    const answered = known && this.#asked;
    const reopened = !known && this.#peerInstance !== '';
    this.#peerInstance = instance;
    this.#asked = false;
    if (ask || !known) this.#send({ hello: this.#instance });
    if (reopened) this.#renew();
    if (this.#polite || (known && !ask && !answered)) return;
    if (known) this.#peer.restartIce();
    await this.#offer();
  }

  #renew(): void {
    this.#peer.close();
    this.#early = [];
    this.#gathered = [];
    this.#remote = new MediaStream();
    if (this.#audioOnly === 'bandwidth') this.#setAudioOnly('no');
    this.#peer = this.#connect();
  }

  #ask(): void {
    this.#troubledSince = Date.now();
    this.#asked = true;
    this.#send({ hello: this.#instance, ask: true });
  }

  async #offer(): Promise<void> {
    if (this.#peerInstance === '') return;
    try {
      this.#makingOffer = true;
      await this.#peer.setLocalDescription();
      const description = this.#peer.localDescription;
      if (description?.type !== 'offer') return; // an answer was due meanwhile
      this.#offered = crypto.randomUUID();
      this.#sendTo({ description: description.toJSON(), offer: this.#offered });
    } finally {
      this.#makingOffer = false;
    }
  }

  async #describe(description: RTCSessionDescriptionInit, offer: string): Promise<void> {
    const collision = description.type === 'offer' && (this.#makingOffer || this.#peer.signalingState !== 'stable');
    const stale = description.type === 'answer' && (this.#peer.signalingState === 'stable' || offer !== this.#offered);
    if (stale || (!this.#polite && collision)) return;
    await this.#peer.setRemoteDescription(description);
    await this.#addCandidates(this.#early.splice(0));
    if (description.type !== 'offer') return;
    this.#direct();
    await this.#peer.setLocalDescription();
    const answer = this.#peer.localDescription;
    if (answer) this.#sendTo({ description: answer.toJSON(), offer });
  }

  async #addCandidates(candidates: readonly RTCIceCandidateInit[]): Promise<void> {
    if (!this.#peer.remoteDescription) {
      this.#early.push(...candidates);
      return;
    }
    for (const candidate of candidates) await this.#peer.addIceCandidate(candidate);
  }

  #gather(candidate: RTCIceCandidateInit): void {
    this.#gathered.push(candidate);
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#sendTo({ candidates: this.#gathered.splice(0) });
    }, GATHER_MS);
  }

  #sendTo(
    what:
      | { description: RTCSessionDescriptionInit; offer: string }
      | { candidates: readonly RTCIceCandidateInit[] }
      | { showing: boolean; speaking: boolean }
      | { bye: true },
  ): void {
    if (this.#peerInstance === '') return;
    this.#send({ from: this.#instance, to: this.#peerInstance, ...what });
  }

  #videoTransceiver(): RTCRtpTransceiver | undefined {
    return this.#peer.getTransceivers().find((t) => t.receiver.track.kind === 'video');
  }

  /** What was chosen holds for the transceiver, also for one that the other side's offer made. */
  #direct(): void {
    const found = this.#videoTransceiver();
    if (!found) return;
    if (this.#audioOnly === 'chosen') found.direction = 'inactive';
    else if (found.direction === 'inactive') found.direction = this.#video ? 'sendrecv' : 'recvonly';
  }

  #setAudioOnly(audioOnly: AudioOnly): void {
    this.#low = 0;
    if (audioOnly === this.#audioOnly) return;
    this.#audioOnly = audioOnly;
    this.#events.onAudioOnly(audioOnly);
  }

  async #sample(): Promise<void> {
    if (this.#peer.connectionState !== 'connected') {
      this.#watch();
      return;
    }
    const { rate, roundTrip } = pathOf(await this.#peer.getStats());
    if (this.#audioOnly !== 'no' || !this.#video) {
      // Nothing probes for more than the voice needs, so the estimate says little.
      if (roundTrip !== undefined) this.#events.onQuality(voiceVerdict(roundTrip));
      return;
    }
    if (rate === undefined) return;
    this.#events.onQuality(verdict(rate));
    this.#low = rate < VIDEO_FLOOR ? this.#low + 1 : 0;
    if (this.#low < LOW_SAMPLES) return;
    this.#setAudioOnly('bandwidth');
    await this.#videoTransceiver()?.sender.replaceTrack(null);
    this.tellShowing();
  }

  /** Signals may be lost with the network: as long as there is no path, ask again. */
  #watch(): void {
    this.#troubledSince ??= Date.now();
    const broken = ['failed', 'disconnected'].includes(this.#peer.connectionState);
    if (Date.now() - this.#troubledSince < this.#patience * (broken ? BROKEN_MS : CONNECTING_MS)) return;
    this.#patience = Math.min(2 * this.#patience, MOST_PATIENT);
    this.#ask();
  }
}

interface Path {
  /** Estimated outgoing bandwidth, bit/s. */
  readonly rate: number | undefined;
  /** Seconds. */
  readonly roundTrip: number | undefined;
}

/** The selected path, as far as the browser says it. */
function pathOf(report: RTCStatsReport): Path {
  let path: Path = { rate: undefined, roundTrip: undefined };
  report.forEach((entry: Record<string, unknown>) => {
    if (entry['type'] !== 'candidate-pair' || !entry['nominated']) return;
    const number = (name: string) => (typeof entry[name] === 'number' ? entry[name] : undefined);
    path = {
      rate: number('availableOutgoingBitrate') ?? path.rate,
      roundTrip: number('currentRoundTripTime') ?? path.roundTrip,
    };
  });
  return path;
}

function verdict(rate: number): Quality {
  if (rate < VIDEO_FLOOR) return 'poor';
  return rate < 2 * VIDEO_FLOOR ? 'fair' : 'good';
}

/** Beyond 400 ms there and back people begin to talk into each other (after ITU-T G.114). */
function voiceVerdict(roundTrip: number): Quality {
  if (roundTrip > 0.8) return 'poor';
  return roundTrip > 0.4 ? 'fair' : 'good';
}
