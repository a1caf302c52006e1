/**
 * Keeps one side of a consult up to date. The stored record is the truth: `changes` is fetched
 * when the WebSocket says that something is new, and every few seconds while there is none.
 */
import type { ConsultApi } from './consult_api';
import type { Changes } from './consult_types';
import { Problem } from './problem';

const POLL_MS = 2500;
/** With a live channel, the heartbeat goes through it, which holds our presence while we are hidden. */
const PING_MS = 10_000;
/** A channel that has not answered for so long only looks open. */
const SILENT_MS = 8000;
const RECONNECT_MS = [1000, 2000, 5000, 10_000, 30_000] as const;

export interface FeedEvents {
  readonly onChanges: (changes: Changes) => void;
  /** Whether the last fetch reached the server. */
  readonly onOnline: (online: boolean) => void;
  /** The session is over: ended, revoked or expired. */
  readonly onRefused: (problem: Problem) => void;
}

export class Feed {
  readonly #api: ConsultApi;
  readonly #events: FeedEvents;
  #after: number;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #reconnect: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #fetching = false;
  #again = false;
  #stopped = false;
  readonly #wake = () => {
    this.#failures = 0;
    void this.refresh();
    if (!this.#live()) void this.#open();
  };
  readonly #cut = () => this.#lose();

  constructor(api: ConsultApi, after: number, events: FeedEvents) {
    this.#api = api;
    this.#after = after;
    this.#events = events;
    addEventListener('online', this.#wake);
    addEventListener('offline', this.#cut);
    document.addEventListener('visibilitychange', this.#wake);
    void this.refresh();
    void this.#open();
  }

  stop(): void {
    this.#stopped = true;
    removeEventListener('online', this.#wake);
    removeEventListener('offline', this.#cut);
    document.removeEventListener('visibilitychange', this.#wake);
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    clearTimeout(this.#reconnect);
    this.#socket?.close();
  }

  /** Fetch now; a call during a fetch makes it fetch once more. */
  async refresh(): Promise<void> {
    this.#again = true;
    if (this.#fetching) return;
    this.#fetching = true;
    clearTimeout(this.#timer);
    while (this.#again && !this.#stopped) {
      this.#again = false;
      await this.#fetch();
    }
    this.#fetching = false;
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#beat(), this.#live() ? PING_MS : POLL_MS);
  }

  /** Say that we are here: through the channel, whose answer says whether there is something new. */
  #beat(): void {
    if (!this.#live()) {
      void this.refresh();
      return;
    }
    this.#socket?.send('{"type":"ping"}');
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#reopen(), SILENT_MS);
    this.#timer = setTimeout(() => this.#beat(), PING_MS);
  }

  #reopen(): void {
    this.#socket?.close();
    this.#socket = undefined;
    void this.refresh();
    void this.#open();
  }

  /** Whatever the channel says, the changes are fetched; a pong only if it knows more than we do. */
  #heard(text: string): void {
    clearTimeout(this.#silence);
    const message = JSON.parse(text) as { readonly type?: unknown; readonly sequence?: unknown };
    if (message.type === 'pong' && Number(message.sequence) <= this.#after) return;
    void this.refresh();
  }

  async #fetch(): Promise<void> {
    try {
      const changes = await this.#api.changes(this.#after);
      if (this.#stopped) return;
      this.#events.onOnline(true);
      const last = changes.items.at(-1);
      if (last) this.#after = Math.max(this.#after, last.sequence);
      this.#again ||= changes.more;
      this.#events.onChanges(changes);
    } catch (error) {
      if (this.#stopped) return;
      if (error instanceof Problem && [401, 403, 404, 410].includes(error.status)) {
        this.stop();
        this.#events.onRefused(error);
      } else {
        this.#lose();
      }
    }
  }

  /** A channel of a lost network looks open for minutes: without it, polling notices the return. */
  #lose(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#events.onOnline(false);
  }

  #live(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  async #open(): Promise<void> {
    clearTimeout(this.#reconnect);
    try {
      const { url } = await this.#api.ticket();
      if (this.#stopped || this.#live()) return;
      // Ours by whatever name this page was opened: everything is served on one origin.
      const { pathname, search } = new URL(url);
      const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${pathname}${search}`);
      this.#socket = socket;
      socket.onopen = () => {
        this.#failures = 0;
        void this.refresh();
      };
      socket.onmessage = ({ data }) => this.#heard(String(data));
      socket.onclose = () => this.#later();
    } catch {
      this.#later(); // polling goes on meanwhile
    }
  }

  #later(): void {
    if (this.#stopped) return;
    const wait = RECONNECT_MS[Math.min(this.#failures, RECONNECT_MS.length - 1)] ?? 30_000;
    this.#failures += 1;
    clearTimeout(this.#reconnect);
    this.#reconnect = setTimeout(() => void this.#open(), wait);
  }
}
