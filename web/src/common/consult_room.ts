/**
 * One side of a consult: session, change feed, chat, files and call, as one observable state that
 * the patient's page and the clinician's room draw.
 */
import { ConsultApi } from './consult_api';
import {
  ENDED,
  type Changes,
  type ConsultFile,
  type ConsultSignal,
  type ConsultStatus,
  type Message,
  type Presence,
  type Session,
  type SessionConsult,
} from './consult_types';
import { ConsultVideo, NO_VIDEO, type VideoSignal, type VideoState } from './consult_video';
import { Feed } from './feed';
import type { LocalMedia } from './local_media';
import { Problem } from './problem';
import { uuid7 } from './uuid';

export interface Outgoing {
  readonly clientId: string;
  readonly text: string;
  readonly state: 'sending' | 'failed';
}

export interface RoomState extends VideoState {
  readonly consult: SessionConsult;
  readonly online: boolean;
  readonly messages: readonly Message[];
  readonly outgoing: readonly Outgoing[];
  readonly files: readonly ConsultFile[];
  readonly refused: Problem | undefined;
}

const RENEW_BEFORE_MS = 120_000;

export class Room {
  readonly me: string;
  #session: Session;
  #state: RoomState;
  #listeners = new Set<() => void>();
  #feed: Feed | undefined;
  readonly #video: ConsultVideo;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #heard = new Set<string>();
  readonly api: ConsultApi;
  readonly #keep: (session: Session) => void;

  /** `keep` is called with the session and with each renewed one. */
  constructor(session: Session, keep: (session: Session) => void) {
    this.#keep = keep;
    this.#session = session;
    this.me = session.participant;
    this.api = new ConsultApi(session.consult.id, () => this.#session.token);
    this.#state = {
      consult: session.consult,
      online: true,
      messages: [],
      outgoing: [],
      files: [],
      refused: undefined,
      ...NO_VIDEO,
    };
    this.#video = new ConsultVideo({
      api: this.api,
      leads: session.role === 'practitioner',
      set: (change) => this.#set(change),
      send: (signal) => this.#sendSignal(this.other().participant, signal),
    });
    this.#keep(session);
  }

  get state(): RoomState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#feed) return;
    this.#feed = new Feed(this.api, 0, {
      onChanges: (changes) => void this.#take(changes),
      onOnline: (online) => this.#set({ online }),
      onRefused: (refused) => this.#refuse(refused),
    });
    this.#scheduleRenewal();
  }

  stop(): void {
    this.#feed?.stop();
    this.#feed = undefined;
    this.hangUp();
    clearTimeout(this.#renewal);
  }

  async announce(device: { camera: boolean; microphone: boolean; speaker: boolean; connection: 'good' | 'poor' }): Promise<void> {
    const consult = await this.api.announce(device);
    this.#set({ consult });
  }

  get video(): ConsultVideo {
    return this.#video;
  }

  /** Enter the video; the devices are asked for when the direct path needs them. */
  async call(media: LocalMedia): Promise<void> {
    await this.#video.enter(media);
  }

  hangUp(): void {
    this.#video.leave();
  }

  /** Who is at the other end: of several practitioners, one that is present. */
  other(): Presence {
    const role = this.#session.role === 'patient' ? 'practitioner' : 'patient';
    const others = this.#state.consult.participants.filter((p) => p.role === role);
    const found = others.find((p) => p.present) ?? others[0];
    if (!found) throw new Error('a consult with one side only');
    return found;
  }

  async say(text: string, clientId: string = uuid7()): Promise<void> {
    const rest = this.#state.outgoing.filter((m) => m.clientId !== clientId);
    this.#set({ outgoing: [...rest, { clientId, text, state: 'sending' }] });
    try {
      const message = await this.api.say(clientId, text);
      this.#addMessages([message]);
    } catch {
      const failed = { clientId, text, state: 'failed' } as const;
      this.#set({ outgoing: [...this.#state.outgoing.filter((m) => m.clientId !== clientId), failed] });
    }
  }

  async share(file: File): Promise<void> {
    await this.api.upload(file, uuid7());
    this.#set({ files: (await this.api.files()).items });
  }

  async downloadUrl(fileId: string): Promise<string> {
    return (await this.api.download(fileId)).url;
  }

  #set(change: Partial<RoomState>): void {
    this.#state = { ...this.#state, ...change };
    this.#listeners.forEach((listener) => listener());
  }

  async #take(changes: Changes): Promise<void> {
    this.#set({ consult: changes.consult });
    this.#video.follow(changes.consult.video);
    const kinds = new Set(changes.items.map((change) => change.kind));
    for (const signal of changes.signals) await this.#hear(signal);
    if (kinds.has('chat')) await this.#readChat();
    if (kinds.has('file')) this.#set({ files: (await this.api.files()).items });
    if (ENDED.has(changes.consult.status)) this.stop();
  }

  async #readChat(): Promise<void> {
    let more = true;
    while (more) {
      const page = await this.api.messages(this.#state.messages.at(-1)?.sequence ?? 0);
      this.#addMessages(page.items);
      more = page.more;
    }
  }

  #addMessages(added: readonly Message[]): void {
    const known = new Map(this.#state.messages.map((m) => [m.sequence, m]));
    added.forEach((m) => known.set(m.sequence, m));
    const messages = [...known.values()].sort((a, b) => a.sequence - b.sequence);
    const arrived = new Set(messages.map((m) => m.client_id));
    this.#set({ messages, outgoing: this.#state.outgoing.filter((m) => !arrived.has(m.clientId)) });
  }

  async #hear(signal: ConsultSignal): Promise<void> {
    if (!this.#state.provider || this.#heard.has(signal.id)) return;
    this.#heard.add(signal.id);
    await this.#video.hear(JSON.parse(signal.payload) as VideoSignal);
  }

  #sendSignal(to: string, signal: VideoSignal): void {
    this.api.signal(to, JSON.stringify(signal)).catch((error: unknown) => {
      // The other side asks again by its next hello; only the connection's colour changes here.
      if (error instanceof Problem) return;
      this.#set({ online: false });
    });
  }

  #scheduleRenewal(): void {
    const wait = Date.parse(this.#session.expires_at) - Date.now() - RENEW_BEFORE_MS;
    this.#renewal = setTimeout(() => void this.#renew(), Math.max(wait, 5000));
  }

  async #renew(): Promise<void> {
    try {
      this.#session = await this.api.renew();
      this.#keep(this.#session);
      this.#scheduleRenewal();
    } catch {
      this.#renewal = setTimeout(() => void this.#renew(), 5000);
    }
  }

  /** The session is over: because the consult ended, which is a state of its own, or refused. */
  #refuse(refused: Problem): void {
    this.hangUp();
    clearTimeout(this.#renewal);
    const status = refused.extra['consult_status'];
    if (refused.kind === 'consult-ended' && isEnded(status)) {
      this.#set({ consult: { ...this.#state.consult, status } });
    } else {
      this.#set({ refused });
    }
  }
}

function isEnded(status: unknown): status is ConsultStatus {
  return ENDED.has(status as ConsultStatus);
}
