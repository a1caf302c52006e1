/**
 * The video of one consult, wherever it is: direct between the pages, or in a frame of the video
 * cluster. Follows when the consult moves from one to the other; consult, note and chat go on.
 */
import type { FrameState } from './cluster_frame';
import type { ConsultApi } from './consult_api';
import type { VideoRoom } from './consult_types';
import { DirectCall, type AudioOnly, type Quality, type Signal } from './direct_call';
import { canEncrypt, EncryptionAgreement, type Encryption, type EncryptionSignal } from './encryption';
import type { LocalMedia } from './local_media';

export interface VideoState {
  /** Where this page has entered; undefined before and after. */
  readonly provider: 'direct' | 'jitsi' | undefined;
  /** Rises whenever the page enters anew: a frame of an earlier entry is of no use any more. */
  readonly entry: number;
  readonly local: MediaStream | undefined;
  readonly remote: MediaStream | undefined;
  readonly quality: Quality;
  readonly audioOnly: AudioOnly;
  /** Whether the other side sends a picture, and has its microphone on. */
  readonly showing: boolean;
  readonly speaking: boolean;
  /** The other side has hung up, and has not come back yet. */
  readonly gone: boolean;
  /** Rises with every change of a device: the stream is the same, its tracks are not. */
  readonly devices: number;
  /** Whether our own microphone and camera are on, as far as there are any. */
  readonly sound: boolean;
  readonly picture: boolean;
  readonly frame: FrameState;
  readonly encryption: Encryption;
}

export const NO_VIDEO: VideoState = {
  provider: undefined,
  entry: 0,
  local: undefined,
  remote: undefined,
  quality: 'connecting',
  audioOnly: 'no',
  showing: true,
  speaking: true,
  gone: false,
  devices: 0,
  sound: true,
  picture: true,
  frame: 'loading',
  encryption: 'unable',
};

/** Nothing is seen of the other side. */
const UNSEEN = { remote: undefined, showing: true, speaking: true } as const;

export type VideoSignal = Signal | EncryptionSignal;

export interface VideoSide {
  readonly api: ConsultApi;
  readonly leads: boolean;
  readonly set: (change: Partial<VideoState>) => void;
  readonly send: (signal: VideoSignal) => void;
}

const RETRY_MS = 4000;

export class ConsultVideo {
  readonly #side: VideoSide;
  #media: LocalMedia | undefined;
  #room: VideoRoom | undefined;
  #direct: DirectCall | undefined;
  #agreement: EncryptionAgreement | undefined;
  /** Rises with every entry: what an earlier one was still waiting for counts no more. */
  #turn = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  /** Whoever turned their camera off in the frame is not seen because the consult moved. */
  readonly #muted = { audio: false, video: false };
  /** How many devices were open at best, and whether one of them was taken away since. */
  #most = 0;
  #lost = false;
  #devices = 0;
  readonly #seen = () => {
    if (this.#lost && document.visibilityState === 'visible') void this.reopen();
  };

  constructor(side: VideoSide) {
    this.#side = side;
  }

  /** Enter where the consult's video is; again while in does nothing. */
  async enter(media: LocalMedia): Promise<void> {
    if (this.#media) return;
    this.#media = media;
    document.addEventListener('visibilitychange', this.#seen);
    await this.again();
  }

  /** Ask for the devices anew: after a phone call that took them, or once they were allowed. */
  async reopen(): Promise<void> {
    this.#media?.close();
    await this.again();
  }

  /** Ask for the way in afresh: after a failure, and when the consult has moved. */
  async again(): Promise<void> {
    const turn = ++this.#turn;
    clearTimeout(this.#retry);
    try {
      await this.#use(await this.#side.api.room(), turn);
    } catch {
      // Refusals that end the session come through the feed as well; everything else may pass.
      if (turn === this.#turn) this.#retry = setTimeout(() => void this.again(), RETRY_MS);
    }
  }

  /** What the consult says: a move goes from the cluster to the direct path, and never back. */
  follow(provider: 'direct' | 'jitsi' | null | undefined): void {
    if (provider !== 'direct' || this.#room?.provider !== 'jitsi') return;
    this.#room = undefined; // this move is being followed
    void this.again();
  }

  /** The relays' credentials end with the limit: once that was moved there are others. */
  async renew(): Promise<void> {
    clearTimeout(this.#renewal);
    const turn = this.#turn;
    if (this.#room?.provider !== 'direct') return;
    try {
      const room = await this.#side.api.room();
      if (turn === this.#turn && room.provider === 'direct') this.#direct?.serve(iceServers(room));
    } catch {
      this.#renewal = setTimeout(() => void this.renew(), RETRY_MS);
    }
  }

  /** The other side has left: what is still shown of it is an old picture, unless it moves. */
  otherLeft(): void {
    if (this.#direct?.connected === false) this.#side.set(UNSEEN);
  }

  /** Use another camera or microphone; `facing` is the other one of a phone. Throws DOMException. */
  async choose(kind: 'audio' | 'video', wanted: MediaTrackConstraints): Promise<void> {
    const local = await this.#media?.open();
    if (!local) return;
    const before = local.getTracks().filter((track) => track.kind === kind);
    const enabled = !this.#muted[kind];
    before.forEach((track) => track.stop()); // a phone opens one camera at a time
    const track = await this.#opened(kind, wanted);
    before.forEach((old) => local.removeTrack(old));
    track.enabled = enabled;
    local.addTrack(track);
    this.#keep(local);
    if (kind === 'video') await this.#direct?.replaceVideo(track);
    else await this.#direct?.replaceAudio(track);
    this.#side.set({ local, devices: (this.#devices += 1) });
  }

  async #opened(kind: 'audio' | 'video', wanted: MediaTrackConstraints): Promise<MediaStreamTrack> {
    try {
      return trackOf(await navigator.mediaDevices.getUserMedia({ [kind]: wanted }));
    } catch (error) {
      void this.reopen(); // the one before was closed for it
      throw error;
    }
  }

  /** Move the consult to the direct path, for both sides and for good. Throws Problem. */
  async fallBack(): Promise<void> {
    const room = await this.#side.api.fallBack();
    clearTimeout(this.#retry);
    await this.#use(room, ++this.#turn);
  }

  leave(): void {
    this.#turn += 1;
    clearTimeout(this.#retry);
    clearTimeout(this.#renewal);
    this.#close();
    document.removeEventListener('visibilitychange', this.#seen);
    this.#media?.close();
    this.#media = undefined;
    this.#side.set({ ...NO_VIDEO });
  }

  /** Show the cluster's frame inside `parent`; returns how to take it away. */
  mount(parent: HTMLElement, language: string): () => void {
    const room = this.#room;
    let close = (): void => undefined;
    let gone = false;
    if (room?.provider === 'jitsi') {
      const shown = import('./cluster_frame').then(({ ClusterFrame }) => {
        if (gone) return;
        const frame = new ClusterFrame(room, parent, language, {
          onState: (state) => {
            if (state === 'joined') agreement.joined();
            this.#side.set({ frame: state });
          },
          onMuted: (kind, muted) => {
            this.#muted[kind] = muted;
          },
        });
        const agreement = new EncryptionAgreement({
          leads: this.#side.leads,
          able: canEncrypt(),
          send: this.#side.send,
          apply: (on) => frame.encrypt(on),
          tell: (encryption) => this.#side.set({ encryption }),
        });
        this.#agreement = agreement;
        close = () => frame.close();
      });
      shown.catch(() => gone || this.#side.set({ frame: 'failed' })); // a newer version was published, or no network
    }
    return () => {
      gone = true;
      this.#agreement = undefined;
      close();
    };
  }

  encrypt(on: boolean): void {
    if (on) this.#agreement?.ask();
    else this.#agreement?.turnOff();
  }

  async replaceVideo(track: MediaStreamTrack | null): Promise<void> {
    await this.#direct?.replaceVideo(track);
  }

  /** Turn our own microphone or camera on or off. */
  turn(kind: 'audio' | 'video', on: boolean, local: MediaStream): void {
    for (const track of local.getTracks()) if (track.kind === kind) track.enabled = on;
    this.#muted[kind] = !on;
    this.#side.set(kind === 'audio' ? { sound: on } : { picture: on });
    this.#direct?.tellShowing();
  }

  async keepToAudio(on: boolean): Promise<void> {
    await this.#direct?.keepToAudio(on);
  }

  async hear(signal: VideoSignal): Promise<void> {
    if ('encryption' in signal) this.#agreement?.hear(signal);
    else await this.#direct?.receive(signal);
  }

  async #use(room: VideoRoom, turn: number): Promise<void> {
    if (turn !== this.#turn || !this.#media) return;
    this.#close();
    if (room.provider === 'jitsi') {
      this.#media.close(); // the frame opens the devices itself
      this.#room = room;
      this.#side.set({ ...NO_VIDEO, provider: 'jitsi', entry: turn });
      return;
    }
    const local = await this.#media.open();
    if (turn !== this.#turn) return;
    this.#keep(local);
    this.#room = room;
    const on = { sound: !this.#muted.audio, picture: !this.#muted.video };
    // A browser that makes no calls at all: chat, files and note go on without.
    const able = 'RTCPeerConnection' in globalThis;
    this.#side.set({
      ...NO_VIDEO,
      ...on,
      provider: 'direct',
      entry: turn,
      local,
      quality: able ? 'connecting' : 'lost',
    });
    if (!able) return;
    this.#direct = new DirectCall(local, iceServers(room), room.polite, this.#side.send, {
      onRemote: (remote) => this.#side.set({ remote, gone: false }),
      onQuality: (quality) => this.#side.set({ quality }),
      onAudioOnly: (audioOnly) => this.#side.set({ audioOnly }),
      onShowing: (showing, speaking) => this.#side.set({ showing, speaking }),
      onBye: () => this.#side.set({ ...UNSEEN, quality: 'connecting', gone: true }),
    });
    window.telesaludCallStats = () => this.#direct?.stats();
  }

  /** What was muted stays so; a device that another app takes (a phone call) is asked for again. */
  #keep(local: MediaStream): void {
    const tracks = local.getTracks();
    this.#lost = tracks.length < this.#most;
    this.#most = Math.max(this.#most, tracks.length);
    for (const track of tracks) {
      track.enabled &&= !this.#muted[track.kind === 'audio' ? 'audio' : 'video'];
      track.onended = () => {
        this.#lost = true;
        this.#seen();
      };
    }
  }

  #close(): void {
    this.#direct?.close();
    this.#direct = undefined;
    this.#room = undefined;
  }
}

function trackOf(stream: MediaStream): MediaStreamTrack {
  const [track] = stream.getTracks();
  if (!track) throw new DOMException('no such device', 'NotFoundError');
  return track;
}

function iceServers(room: VideoRoom): RTCIceServer[] {
  return room.ice_servers.map((server) => ({
    urls: [...server.urls],
    ...(server.username != null && { username: server.username }),
    ...(server.credential != null && { credential: server.credential }),
  }));
}

declare global {
  interface Window {
    /** Statistics of the running direct call, for support and for the browser tests. */
    telesaludCallStats?: () => Promise<RTCStatsReport> | undefined;
  }
}
