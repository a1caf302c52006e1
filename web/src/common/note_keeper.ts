/**
 * The practitioner's note: saved when typing pauses, when the page is hidden and when the network is
 * back; never over somebody else's text, and with the end if it was not saved before.
 */
import type { ConsultApi } from './consult_api';
import type { Note, NoteDraft } from './consult_types';
import { Problem } from './problem';

const QUIET_MS = 1500;
const RETRY_MS = 4000;

export type Saving = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict';

export interface NoteState {
  readonly text: string;
  readonly saving: Saving;
  readonly savedAt: string | undefined;
  /** What was saved elsewhere meanwhile, when `saving` is `conflict`. */
  readonly theirs: Note | undefined;
}

/** Where text waits that the server does not have yet. */
export interface Unsaved {
  readonly get: () => string | undefined;
  readonly set: (text: string) => void;
  readonly drop: () => void;
}

export class NoteKeeper {
  readonly #api: ConsultApi;
  readonly #unsaved: Unsaved;
  #state: NoteState = { text: '', saving: 'saved', savedAt: undefined, theirs: undefined };
  #listeners = new Set<() => void>();
  #stored = '';
  #version = 0;
  #busy = false;
  #ended = false;
  #stopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: ConsultApi, unsaved: Unsaved) {
    this.#api = api;
    this.#unsaved = unsaved;
    document.addEventListener('visibilitychange', this.#hidden);
    addEventListener('online', this.#now);
    addEventListener('beforeunload', this.#leaving);
    void this.#load();
  }

  get state(): NoteState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  write(text: string): void {
    this.#unsaved.set(text);
    this.#set({ text, ...(this.#state.saving !== 'conflict' && { saving: 'unsaved' as const }) });
    this.#later(QUIET_MS);
  }

  /** Of two texts, keep mine on top of theirs, or theirs. */
  resolve(keep: 'mine' | 'theirs'): void {
    const { theirs } = this.#state;
    if (!theirs) return;
    this.#accept(theirs);
    if (keep === 'theirs') {
      this.#unsaved.drop();
      this.#set({ text: theirs.text, saving: 'saved', theirs: undefined });
    } else {
      this.#set({ saving: 'unsaved', theirs: undefined });
      this.#later(0);
    }
  }

  /** End the consult with what is unsaved. Throws Problem, Unreachable: then nothing has ended. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer);
    this.#busy = true;
    try {
      const draft = this.#draft();
      const finished = await this.#api.finish(draft);
      this.#ended = true;
      if (draft) this.#accept(late(draft, finished.note_version));
      this.#set({ saving: this.#draft() ? 'unsaved' : 'saved' });
    } finally {
      this.#busy = false;
      this.#later(QUIET_MS);
    }
  }

  /** The consult has ended by itself: what is unsaved goes with a late finish, which is still taken. */
  ended(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#later(0);
  }

  stop(): void {
    void this.#save();
    this.#stopped = true;
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#hidden);
    removeEventListener('online', this.#now);
    removeEventListener('beforeunload', this.#leaving);
  }

  readonly #now = () => this.#later(0);
  readonly #hidden = () => document.visibilityState === 'hidden' && void this.#save();
  readonly #leaving = (event: BeforeUnloadEvent) => {
    if (this.#draft()) event.preventDefault();
  };

  #draft(): NoteDraft | null {
    const { text } = this.#state;
    return text === this.#stored ? null : { text, base_version: this.#version };
  }

  async #load(): Promise<void> {
    try {
      const note = await this.#api.note();
      if (this.#stopped || this.#version > 0) return;
      const typed = this.#state.text || this.#unsaved.get();
      if (typed !== undefined) this.#set({ text: typed }); // before the server's empty text takes its place
      this.#accept(note);
      this.#set({ text: typed ?? note.text, saving: typed === undefined || typed === note.text ? 'saved' : 'unsaved' });
      this.#later(QUIET_MS);
    } catch {
      if (!this.#stopped) this.#timer = setTimeout(() => void this.#load(), RETRY_MS); // no network yet
    }
  }

  #accept(note: Note): void {
    this.#stored = note.text;
    this.#version = note.version;
    if (this.#state.text === note.text) this.#unsaved.drop();
    this.#set({ savedAt: note.saved_at ?? this.#state.savedAt });
  }

  #later(wait: number): void {
    clearTimeout(this.#timer);
    if (this.#draft() && this.#state.saving !== 'conflict') this.#timer = setTimeout(() => void this.#save(), wait);
  }

  async #save(): Promise<void> {
    const draft = this.#draft();
    if (!draft || this.#busy || this.#stopped || this.#state.saving === 'conflict') return;
    this.#busy = true;
    this.#set({ saving: 'saving' });
    try {
      this.#accept(await this.#store(draft));
      this.#set({ saving: this.#draft() ? 'unsaved' : 'saved' });
      this.#later(QUIET_MS);
    } catch (error) {
      await this.#failed(error);
    } finally {
      this.#busy = false;
    }
  }

  async #store(draft: NoteDraft): Promise<Note> {
    if (!this.#ended) return this.#api.saveNote(draft);
    return late(draft, (await this.#api.finish(draft)).note_version);
  }

  async #failed(error: unknown): Promise<void> {
    const changed = error instanceof Problem && error.status === 412;
    const theirs = changed ? await this.#api.note().catch(() => undefined) : undefined;
    this.#set({ saving: theirs ? 'conflict' : 'failed', theirs });
    this.#later(RETRY_MS);
  }

  #set(change: Partial<NoteState>): void {
    this.#state = { ...this.#state, ...change };
    this.#listeners.forEach((listener) => listener());
  }
}

/** The note that a finish has stored. */
function late(draft: NoteDraft, version: number): Note {
  return { text: draft.text, version, saved_at: null, author: null, after_end: true };
}
