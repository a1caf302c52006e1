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
import { holdTab } from './one_tab';
import { Problem } from './problem';
import { serverNow } from './server_time';
import { uuid7 } from './uuid';

interface Outgoing {
  readonly clientId: string;
  readonly text: string;
  /** `waiting` goes by itself once the network is back; `failed` was refused. */
  readonly state: 'sending' | 'waiting' | 'failed';
}

export interface RoomState extends VideoState {
  readonly consult: SessionConsult;
  /** When the other side was seen to leave; undefined while it is there, or has never come. */
  readonly leftAt: string | undefined;
  readonly online: boolean;
  readonly messages: readonly Message[];
  readonly outgoing: readonly Outgoing[];
  readonly files: readonly ConsultFile[];
  readonly refused: Problem | undefined;
  /** Another tab of this browser has taken the consult over; `start` takes it back. */
  readonly elsewhere: boolean;
}

const RENEW_BEFORE_MS = 120_000;
/** After a failure, and for a session of before a reload, whose age nobody knows. */
const RENEW_AGAIN_MS = 5000;
/** After the limit: whoever could not be told by then ends by themselves. */
const LIMIT_SLACK_MS = 2000;
type Listed = 'chat' | 'file';

export class Room {
  readonly me: string;
  #session: Session;
  #state: RoomState;
  #listeners = new Set<() => void>();
  #feed: Feed | undefined;
  readonly #video: ConsultVideo;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #limit: ReturnType<typeof setTimeout> | undefined;
  #release: (() => void) | undefined;
  #signals: Promise<void> = Promise.resolve();
  #heard = new Set<string>();
  /** Lists that have changed and were not read yet. */
  readonly #stale = new Set<Listed>();
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
      leftAt: undefined,
      online: true,
      messages: [],
      outgoing: [],
      files: [],
      refused: undefined,
      elsewhere: false,
      ...NO_VIDEO,
    };
    this.#video = new ConsultVideo({
      api: this.api,
      leads: session.role === 'practitioner',
      set: (change) => {
        this.#set(change);
        if (change.gone !== undefined) this.#watchOther();
      },
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
    this.#set({ elsewhere: false });
    this.#release = holdTab(this.#session.consult.id, () => {
      this.#set({ elsewhere: true });
      this.stop();
    });
    addEventListener('beforeunload', this.#leaving);
    this.#feed = new Feed(this.api, 0, {
      onChanges: (changes) => void this.#take(changes),
      onOnline: (online) => this.#reached(online),
      onRefused: (refused) => this.#refuse(refused),
    });
    this.#watchLimit();
    this.#scheduleRenewal();
  }

  stop(): void {
    this.#feed?.stop();
    this.#feed = undefined;
    this.#release?.();
    removeEventListener('beforeunload', this.#leaving);
    this.hangUp();
    clearTimeout(this.#renewal);
    clearTimeout(this.#limit);
  }

  async announce(device: {
    camera: boolean;
    microphone: boolean;
    speaker: boolean;
    connection: 'good' | 'poor';
  }): Promise<void> {
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
    const before = this.#state.outgoing;
    const sending = { clientId, text, state: 'sending' } as const;
    const known = before.some((m) => m.clientId === clientId);
    this.#set({ outgoing: known ? before.map((m) => (m.clientId === clientId ? sending : m)) : [...before, sending] });
    try {
      const message = await this.api.say(clientId, text);
      this.#addMessages([message]);
    } catch (error) {
      const refused = error instanceof Problem && error.status < 500 && error.status !== 429;
      const state = refused ? 'failed' : 'waiting';
      const all = this.#state.outgoing;
      this.#set({ outgoing: all.map((m) => (m.clientId === clientId ? { ...m, state } : m)) });
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
    const moved = changes.consult.closes_at !== this.#state.consult.closes_at;
    this.#set({ consult: changes.consult });
    this.#watchLimit();
    this.#video.follow(changes.consult.video);
    if (moved) void this.#video.renew();
    this.#watchOther();
    for (const { kind } of changes.items) if (kind === 'chat' || kind === 'file') this.#stale.add(kind);
    for (const signal of changes.signals) await this.#hear(signal);
    await this.#readStale();
    if (ENDED.has(changes.consult.status)) this.stop();
  }

  #watchOther(): void {
    const other = this.other();
    if (other.present && !this.#state.gone) {
      this.#set({ leftAt: undefined });
    } else if (other.first_joined_at != null) {
      this.#set({ leftAt: this.#state.leftAt ?? new Date(serverNow()).toISOString() });
      this.#video.otherLeft();
    }
  }

  /** What cannot be read now stays stale until the next changes come. */
  async #readStale(): Promise<void> {
    for (const list of [...this.#stale]) {
      this.#stale.delete(list); // before reading: what changes meanwhile makes it stale again
      try {
        if (list === 'chat') await this.#readChat();
        else this.#set({ files: (await this.api.files()).items });
      } catch {
        this.#stale.add(list);
      }
    }
  }

  /** The network is there or not; what waited for it goes now, in the order it was written. */
  #reached(online: boolean): void {
    this.#set({ online });
    if (online) void this.#sendWaiting();
  }

  async #sendWaiting(): Promise<void> {
    for (const { clientId } of this.#state.outgoing) {
      const now = this.#state.outgoing.find((m) => m.clientId === clientId);
      if (now?.state === 'waiting') await this.say(now.text, clientId);
    }
  }

  readonly #leaving = (event: BeforeUnloadEvent): void => {
    if (this.#state.outgoing.some((message) => message.state !== 'failed')) event.preventDefault();
  };

  /** At the limit the call ends even where the news of it does not arrive. */
  #watchLimit(): void {
    clearTimeout(this.#limit);
    const wait = Date.parse(this.#state.consult.closes_at) - serverNow() + LIMIT_SLACK_MS;
    if (wait > 0 && wait < 2 ** 31) this.#limit = setTimeout(() => void this.#atLimit(), wait);
  }

  async #atLimit(): Promise<void> {
    await this.#feed?.refresh();
    if (!this.#state.online) this.hangUp();
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

  /** One after the other: an answer must not overtake the hello before it. */
  #sendSignal(to: string, signal: VideoSignal): void {
    this.#signals = this.#signals
      .then(() => this.api.signal(to, JSON.stringify(signal)))
      // Lost, like any packet: as long as there is no path, the call asks again.
      .catch(() => undefined);
  }

  #scheduleRenewal(): void {
    const wait = this.#session.expires_in * 1000 - RENEW_BEFORE_MS;
    this.#renewal = setTimeout(() => void this.#renew(), Math.max(wait, RENEW_AGAIN_MS));
  }

  async #renew(): Promise<void> {
    try {
      this.#session = await this.api.renew();
      this.#keep(this.#session);
      this.#scheduleRenewal();
    } catch {
      this.#renewal = setTimeout(() => void this.#renew(), RENEW_AGAIN_MS);
    }
  }

  /** The session is over: because the consult ended, which is a state of its own, or refused. */
  #refuse(refused: Problem): void {
    const { consult } = this.#state;
    if (refused.kind === 'consult-ended') {
      this.#set({ consult: { ...consult, status: endedAs(refused.extra['consult_status'], consult) } });
    } else {
      this.#set({ refused });
    }
    this.stop();
  }
}

/** At the limit requests are refused a moment before the server has recorded how it ended. */
function endedAs(status: unknown, consult: SessionConsult): ConsultStatus {
  if (ENDED.has(status as ConsultStatus)) return status as ConsultStatus;
  if (status === 'in_progress') return 'finished';
  const came = consult.participants.some((p) => p.role === 'practitioner' && p.first_joined_at != null);
  return status === 'scheduled' && came ? 'no_show' : 'expired';
}
