/**
 * A peer-to-peer call between two sides: WebRTC "perfect negotiation" (W3C), ICE restart when the
 * path breaks, and audio only below what video needs. Signalling goes wherever `send` takes it.
 */

export type Signal =
  | { readonly description: RTCSessionDescriptionInit }
  | { readonly candidate: RTCIceCandidateInit | null }
  | { readonly hello: string };

export type Quality = 'good' | 'fair' | 'poor' | 'lost' | 'connecting';

export interface CallEvents {
  readonly onRemote: (stream: MediaStream) => void;
  readonly onQuality: (quality: Quality) => void;
  readonly onAudioOnly: (reason: 'bandwidth') => void;
}

/** Below this available outgoing rate (bit/s) for `LOW_SAMPLES` samples, video is paused. */
export const VIDEO_FLOOR = 300_000;
const LOW_SAMPLES = 4;
const SAMPLE_MS = 2500;
const RESTART_AFTER_MS = 4000;

export class DirectCall {
  #peer: RTCPeerConnection;
  readonly #local: MediaStream;
  readonly #iceServers: RTCIceServer[];
  readonly #send: (signal: Signal) => void;
  readonly #events: CallEvents;
  /** The polite side gives way when both offer at once. */
  readonly #polite: boolean;
  readonly #instance = crypto.randomUUID();
  #remote = new MediaStream();
  #video: MediaStreamTrack | null;
  #makingOffer = false;
  #ignoreOffer = false;
  #low = 0;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #peerInstance = '';
  #turn: Promise<void> = Promise.resolve();
  /** Candidates that came before the description they belong to. */
  #early: (RTCIceCandidateInit | null)[] = [];
  readonly #sampler: ReturnType<typeof setInterval>;

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
    send({ hello: this.#instance });
  }

  /** What the other side sent through the channel; one after the other, in order of arrival. */
  receive(signal: Signal): Promise<void> {
    this.#turn = this.#turn.then(() => this.#take(signal));
    return this.#turn;
  }

  async #take(signal: Signal): Promise<void> {
    if (this.#peer.signalingState === 'closed') return;
    if ('hello' in signal) {
      await this.#greet(signal.hello);
    } else if ('description' in signal) {
      await this.#describe(signal.description);
    } else {
      await this.#addCandidate(signal.candidate);
    }
  }

  /** Replace what we send, after a device change or to share a screen. */
  async replaceVideo(track: MediaStreamTrack | null): Promise<void> {
    this.#video = track;
    const sender = this.#peer.getTransceivers().find((t) => t.receiver.track.kind === 'video');
    await sender?.sender.replaceTrack(track);
  }

  /** Frames and bytes both ways, for the connection's plain-words verdict and for tests. */
  async stats(): Promise<RTCStatsReport> {
    return this.#peer.getStats();
  }

  close(): void {
    clearInterval(this.#sampler);
    clearTimeout(this.#restart);
    this.#peer.close();
  }

  /** A fresh connection; its first offer waits until the other side has said hello. */
  #connect(): RTCPeerConnection {
    const peer = new RTCPeerConnection({ iceServers: this.#iceServers });
    for (const track of this.#local.getAudioTracks()) peer.addTrack(track, this.#local);
    // addTrack, not addTransceiver: only its transceivers are matched with the other side's offer.
    if (this.#video) peer.addTrack(this.#video, this.#local);
    peer.onnegotiationneeded = () => void this.#offer();
    peer.onicecandidate = ({ candidate }) => {
      this.#send({ candidate: candidate?.toJSON() ?? null });
    };
    peer.ontrack = ({ track }) => {
      this.#remote.addTrack(track);
      this.#events.onRemote(this.#remote);
    };
    peer.onconnectionstatechange = () => this.#connectionChanged();
    return peer;
  }

  #connectionChanged(): void {
    const state = this.#peer.connectionState;
    clearTimeout(this.#restart);
    if (state === 'connected') this.#events.onQuality('good');
    if (state === 'connecting' || state === 'new') this.#events.onQuality('connecting');
    if (state === 'failed') this.#peer.restartIce();
    if (state === 'failed' || state === 'disconnected') {
      this.#events.onQuality('lost');
      this.#restart = setTimeout(() => this.#peer.restartIce(), RESTART_AFTER_MS);
    }
  }

  /** A page that was opened anew has new keys, so the old connection cannot go on: start again. */
  async #greet(instance: string): Promise<void> {
    if (instance === this.#peerInstance) return;
    const reopened = this.#peerInstance !== '';
    this.#peerInstance = instance;
    this.#send({ hello: this.#instance });
    if (reopened) {
      this.#peer.close();
      this.#early = [];
      this.#remote = new MediaStream();
      this.#peer = this.#connect();
    }
    if (!this.#polite) await this.#offer();
  }

  async #offer(): Promise<void> {
    if (this.#peerInstance === '') return;
    try {
      this.#makingOffer = true;
      await this.#peer.setLocalDescription();
      const description = this.#peer.localDescription;
      if (description) this.#send({ description: description.toJSON() as RTCSessionDescriptionInit });
    } finally {
      this.#makingOffer = false;
    }
  }

  async #describe(description: RTCSessionDescriptionInit): Promise<void> {
    const collision =
      description.type === 'offer' &&
      (this.#makingOffer || this.#peer.signalingState !== 'stable');
    this.#ignoreOffer = !this.#polite && collision;
    // An answer to an offer that a reload made void.
    const stale = description.type === 'answer' && this.#peer.signalingState === 'stable';
    if (this.#ignoreOffer || stale) return;
    await this.#peer.setRemoteDescription(description);
    for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
    if (description.type !== 'offer') return;
    await this.#peer.setLocalDescription();
    const answer = this.#peer.localDescription;
    if (answer) this.#send({ description: answer.toJSON() as RTCSessionDescriptionInit });
  }

  async #addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (!this.#peer.remoteDescription) {
      this.#early.push(candidate);
      return;
    }
    try {
      await this.#peer.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      if (!this.#ignoreOffer) throw error;
    }
  }

  async #sample(): Promise<void> {
    if (this.#peer.connectionState !== 'connected') return;
    const rate = outgoingRate(await this.#peer.getStats());
    if (rate === undefined) return;
    this.#events.onQuality(verdict(rate));
    this.#low = rate < VIDEO_FLOOR ? this.#low + 1 : 0;
    if (this.#low === LOW_SAMPLES) {
      await this.replaceVideo(null);
      this.#events.onAudioOnly('bandwidth');
    }
  }
}

/** The estimated outgoing bandwidth in bit/s of the selected path, where the browser says it. */
export function outgoingRate(report: RTCStatsReport): number | undefined {
  let rate: number | undefined;
  report.forEach((entry: Record<string, unknown>) => {
    const value = entry['availableOutgoingBitrate'];
    if (entry['type'] === 'candidate-pair' && entry['nominated'] && typeof value === 'number') {
      rate = value;
    }
  });
  return rate;
}

export function verdict(rate: number): Quality {
  if (rate < VIDEO_FLOOR) return 'poor';
  return rate < 2 * VIDEO_FLOOR ? 'fair' : 'good';
}
