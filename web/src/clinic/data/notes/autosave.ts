/**
 * Keeps one note as it is in the editor and as the server has it, and brings the two together:
 * when typing pauses, when the network is back, and never over somebody else's text.
 */
import { Problem, Unreachable } from '../../../common/problem';
import { uuid7 } from '../../../common/uuid';

export const QUIET_MS = 1500;
export const RETRY_MS = 5000;

export interface Content {
  readonly text: string;
  readonly subjective: string;
  readonly objective: string;
  readonly assessment: string;
  readonly plan: string;
}
export const SECTIONS = ['subjective', 'objective', 'assessment', 'plan'] as const;
export const NOTHING: Content = { text: '', subjective: '', objective: '', assessment: '', plan: '' };

export interface Saved {
  readonly note: string;
  readonly version: number;
  readonly content: Content;
  readonly at: string;
  readonly author: string;
}

/** A save whose answer did not come: repeated as it was before anything newer is sent. */
interface Sent {
  readonly content: Content;
  readonly key: string;
}

/** What a closed tab leaves behind. */
export interface Draft {
  readonly content: Content;
  readonly base: Saved | null;
  readonly sent: Sent | null;
  readonly at: number;
}

/** Where the note is kept. Refusals are thrown. */
export interface Keeper {
  begin(content: Content, key: string): Promise<Saved>;
  save(base: Saved, content: Content, autosave: boolean): Promise<Saved>;
  /** The newest version, read anew. */
  read(note: string): Promise<Saved>;
}

/** Where drafts survive a closed tab. */
export interface Drafts {
  /** Whether it is safe there; false when this browser keeps nothing. */
  keep(draft: Draft): Promise<boolean>;
  drop(): void;
}

export type Phase =
  | 'saved'
  | 'unsaved'
  | 'saving'
  /** The network does not answer; it is tried again. */
  | 'offline'
  /** Nobody is signed in any more; saved once somebody is. */
  | 'signed-out'
  | 'conflict'
  /** Signed meanwhile: the text needs an addendum. */
  | 'closed'
  | 'refused';

export interface State {
  readonly content: Content;
  readonly phase: Phase;
  readonly base: Saved | null;
  /** What somebody saved meanwhile, in a conflict. */
  readonly theirs: Saved | null;
  readonly error: unknown;
  /** The text is of a tab that was closed before it was saved. */
  readonly restored: boolean;
  /** What is unsaved would survive a closed tab. */
  readonly kept: boolean;
}

export function same(one: Content, other: Content): boolean {
  return one.text === other.text && SECTIONS.every((section) => one[section] === other[section]);
}

/** Both texts, section by section, theirs first. */
function joined(theirs: Content, mine: Content): Content {
  const join = (one: string, other: string) =>
    one === other || other === '' ? one : one === '' ? other : `${one}\n\n${other}`;
  return {
    text: join(theirs.text, mine.text),
    subjective: join(theirs.subjective, mine.subjective),
    objective: join(theirs.objective, mine.objective),
    assessment: join(theirs.assessment, mine.assessment),
    plan: join(theirs.plan, mine.plan),
  };
}

export class Autosave {
  readonly #keeper: Keeper;
  readonly #drafts: Drafts;
  readonly #listeners = new Set<() => void>();
  #state: State;
  #sent: Sent | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #stopped = true;

  constructor(keeper: Keeper, drafts: Drafts, base: Saved | null, draft: Draft | null = null) {
    this.#keeper = keeper;
    this.#drafts = drafts;
    const content = base?.content ?? NOTHING;
    this.#state = { content, phase: 'saved', base, theirs: null, error: null, restored: false, kept: true };
    if (draft) this.#restore(draft);
  }

  readonly state = (): State => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What is unsaved is wanted no more, because it is kept elsewhere. */
  abandon(): void {
    this.#sent = null;
    this.#set({ content: this.#state.base?.content ?? NOTHING, phase: 'saved', theirs: null, error: null });
    this.#drafts.drop();
  }

  /** Begin to save by itself; the answer ends it. What was begun is still finished. */
  start(): () => void {
    this.#stopped = false;
    if (this.#maySave() && this.#dirty()) this.#later(QUIET_MS);
    return () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
    };
  }

  write(part: Partial<Content>): void {
    this.#set({ content: { ...this.#state.content, ...part }, restored: false });
    this.#keepDraft();
    if (this.#state.phase !== 'conflict' && this.#state.phase !== 'closed') this.#touched();
  }

  /** The server's newest version, as a page read it. What nobody has touched follows it. */
  seen(newest: Saved): void {
    const { base, phase } = this.#state;
    if (phase !== 'saved' || (base !== null && newest.version <= base.version)) return;
    this.#set({ base: newest, content: newest.content });
  }

  /** Save what is unsaved now. False when it could not be. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    await this.#running;
    if (this.#dirty() && this.#maySave()) await this.#run();
    if (this.#state.phase === 'unsaved') return this.flush(); // typed while it was saved
    return this.#state.phase === 'saved';
  }

  /**
   * End a conflict. Both texts become versions of the note whatever is chosen: mine is saved after
   * theirs, and when theirs is wanted, theirs once more after mine.
   */
  async resolve(keep: 'mine' | 'theirs' | 'both'): Promise<void> {
    const { theirs, content } = this.#state;
    if (this.#state.phase !== 'conflict' || !theirs) return;
    this.#sent = null;
    this.#set({ base: theirs, theirs: null, phase: 'unsaved' });
    if (keep === 'both') this.#set({ content: joined(theirs.content, content) });
    this.#keepDraft();
    await this.#run(false);
    if (keep === 'theirs' && !this.#dirty()) {
      this.#set({ content: theirs.content, phase: 'unsaved' });
      await this.#run(false);
    }
  }

  /** Take up what a closed tab left, on top of what the server has now. */
  #restore(draft: Draft): void {
    const now = this.#state.base;
    if (same(draft.content, now?.content ?? NOTHING)) {
      this.#drafts.drop();
      return;
    }
    this.#sent = draft.sent;
    const changed = now !== null && draft.base !== null && now.version !== draft.base.version;
    const conflict = changed && !this.#isOwn(now);
    if (changed && !conflict) this.#sent = null; // it had arrived
    this.#state = {
      ...this.#state,
      content: draft.content,
      base: conflict ? draft.base : (now ?? draft.base),
      phase: conflict ? 'conflict' : 'unsaved',
      theirs: conflict ? now : null,
      restored: true,
    };
  }

  #dirty(): boolean {
    return !same(this.#state.content, this.#state.base?.content ?? NOTHING);
  }

  #maySave(): boolean {
    return this.#state.phase !== 'conflict' && this.#state.phase !== 'closed';
  }

  #isOwn(saved: Saved): boolean {
    return this.#sent !== null && same(saved.content, this.#sent.content);
  }

  #touched(): void {
    if (!this.#dirty()) {
      clearTimeout(this.#timer);
      this.#set({ phase: 'saved', error: null });
      if (this.#sent === null) this.#drafts.drop();
      return;
    }
    if (this.#state.phase !== 'saving') this.#set({ phase: 'unsaved' });
    this.#later(QUIET_MS);
  }

  #later(delay: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#run(), delay);
  }

  #run(autosave = true): Promise<void> {
    this.#running ??= this.#save(autosave).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #save(autosave: boolean): Promise<void> {
    if (!this.#sent && !this.#dirty()) {
      this.#touched();
      return;
    }
    const doubtful = this.#sent;
    const sent: Sent = doubtful ?? { content: this.#state.content, key: uuid7() };
    this.#sent = sent;
    this.#set({ phase: 'saving' });
    this.#keepDraft();
    try {
      const { base } = this.#state;
      const saved = base
        ? await this.#keeper.save(base, sent.content, autosave)
        : await this.#keeper.begin(sent.content, sent.key);
      this.#sent = null;
      this.#set({ base: saved, phase: 'saved', error: null });
      this.#touched();
      if (this.#dirty()) {
        this.#keepDraft();
        if (doubtful) await this.#save(autosave);
      }
    } catch (error) {
      await this.#failed(error);
    }
  }

  async #failed(error: unknown): Promise<void> {
    if (isPassing(error)) {
      this.#again('offline', error);
    } else if (!(error instanceof Problem)) {
      this.#set({ phase: 'refused', error });
    } else if (error.status === 401 || error.kind === 'invalid-grant') {
      this.#again('signed-out', error);
    } else if (error.status === 412) {
      await this.#clash(error);
    } else {
      this.#sent = null; // an answer came: nothing was saved
      this.#set({ phase: error.kind === 'invalid-transition' ? 'closed' : 'refused', error });
      this.#keepDraft();
    }
  }

  #again(phase: Phase, error: unknown): void {
    this.#set({ phase, error });
    this.#later(RETRY_MS);
  }

  /** Somebody saved meanwhile, or an earlier save of ours arrived without its answer. */
  async #clash(error: unknown): Promise<void> {
    const { base } = this.#state;
    if (!base) {
      this.#set({ phase: 'refused', error });
      return;
    }
    try {
      const newest = await this.#keeper.read(base.note);
      const own = this.#isOwn(newest) || same(newest.content, this.#state.content);
      this.#sent = null;
      if (own) {
        this.#set({ base: newest, phase: 'saved', error: null });
        this.#touched();
      } else {
        this.#set({ phase: 'conflict', theirs: newest, error: null });
      }
      if (this.#dirty()) this.#keepDraft();
    } catch (unread) {
      this.#again('offline', unread);
    }
  }

  #keepDraft(): void {
    const { content, base } = this.#state;
    void this.#drafts.keep({ content, base, sent: this.#sent, at: Date.now() }).then((kept) => {
      if (kept !== this.#state.kept) this.#set({ kept });
    });
  }

  #set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    this.#listeners.forEach((listener) => listener());
  }
}

/** Whether the same may succeed a little later. */
function isPassing(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Problem && (error.status >= 500 || error.status === 429));
}
