import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Problem, Unreachable } from '../../../common/problem';
import {
  Autosave,
  NOTHING,
  QUIET_MS,
  RETRY_MS,
  type Content,
  type Draft,
  type Drafts,
  type Keeper,
  type Saved,
} from './autosave';

const plan = (text: string): Content => ({ ...NOTHING, plan: text });
const stale = new Problem(412, { type: 'urn:telesalud:problem:stale-version' });

/** A note as the server keeps it: versions, one of which each save has to name. */
class Server implements Keeper {
  readonly versions: Saved[] = [];
  readonly keys = new Map<string, Saved>();
  /** What happens instead of, or after, each of the next calls. */
  readonly faults: (Error | 'lost' | undefined)[] = [];
  delay = 0;

  begin(content: Content, key: string): Promise<Saved> {
    return this.#answer(() => {
      const known = this.keys.get(key);
      if (known) return known;
      const saved = this.put(content, 'me');
      this.keys.set(key, saved);
      return saved;
    });
  }

  save(base: Saved, content: Content): Promise<Saved> {
    return this.#answer(() => {
      if (this.versions.at(-1)?.version !== base.version) throw stale;
      return this.put(content, 'me');
    });
  }

  async read(): Promise<Saved> {
    const last = this.versions.at(-1);
    if (!last) throw new Error('nothing was saved');
    return last;
  }

  put(content: Content, author: string): Saved {
    const saved = { note: 'note', version: this.versions.length + 1, content, at: '2026-11-21T10:00:00Z', author };
    this.versions.push(saved);
    return saved;
  }

  async #answer(work: () => Saved): Promise<Saved> {
    const fault = this.faults.shift();
    if (this.delay > 0) await new Promise((done) => setTimeout(done, this.delay));
    if (fault instanceof Error) throw fault;
    const answer = work();
    if (fault === 'lost') throw new Unreachable();
    return answer;
  }
}

class Kept implements Drafts {
  draft: Draft | null = null;

  async keep(draft: Draft): Promise<boolean> {
    this.draft = draft;
    return true;
  }

  drop(): void {
    this.draft = null;
  }
}

let server: Server;
let drafts: Kept;

function editor(base: Saved | null = null, draft: Draft | null = null): Autosave {
  const autosave = new Autosave(server, drafts, base, draft);
  autosave.start();
  return autosave;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const written = () => server.versions.map(({ content }) => content.plan);

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  drafts = new Kept();
});
afterEach(() => vi.useRealTimers());

describe('saving', () => {
  test('begins a note when typing pauses, and saves what is typed later as its next version', async () => {
    const autosave = editor();
    autosave.write(plan('Control'));
    await pass(QUIET_MS - 1);
    expect(written()).toEqual([]);
    await pass(1);
    expect(autosave.state().phase).toBe('saved');
    autosave.write(plan('Control en 30 días'));
    await pass(QUIET_MS);
    expect(written()).toEqual(['Control', 'Control en 30 días']);
    expect(drafts.draft).toBeNull();
  });

  test('keeps what is typed while a save is under way, and saves it after', async () => {
    const autosave = editor();
    server.delay = 100;
    autosave.write(plan('a'));
    await pass(QUIET_MS + 50);
    autosave.write(plan('ab'));
    expect(autosave.state()).toMatchObject({ phase: 'saving', content: plan('ab') });
    await pass(50);
    expect(autosave.state()).toMatchObject({ phase: 'unsaved', content: plan('ab') });
    await pass(QUIET_MS + 100);
    expect(written()).toEqual(['a', 'ab']);
  });

  test('being asked to save everything waits for what is under way and saves the rest', async () => {
    const autosave = editor();
    server.delay = 100;
    autosave.write(plan('a'));
    await pass(QUIET_MS + 50);
    autosave.write(plan('ab'));
    const flushed = autosave.flush();
    await pass(200);
    expect(await flushed).toBe(true);
    expect(written()).toEqual(['a', 'ab']);
  });

  test('sends nothing when the text is again what was saved', async () => {
    const autosave = editor(server.put(plan('a'), 'me'));
    autosave.write(plan('ab'));
    autosave.write(plan('a'));
    await pass(QUIET_MS * 2);
    expect(written()).toEqual(['a']);
    expect(autosave.state().phase).toBe('saved');
    expect(drafts.draft).toBeNull();
  });

  test('takes up a newer version while nothing is typed, and leaves what is typed alone', async () => {
    const autosave = editor(server.put(plan('a'), 'me'));
    autosave.seen(server.put(plan('b'), 'you'));
    expect(autosave.state().content).toEqual(plan('b'));
    autosave.write(plan('mine'));
    autosave.seen(server.put(plan('c'), 'you'));
    expect(autosave.state().content).toEqual(plan('mine'));
  });
});

describe('without a network', () => {
  test('says so, keeps a draft, and saves once the network is back', async () => {
    const autosave = editor(server.put(plan('a'), 'me'));
    server.faults.push(new Unreachable());
    autosave.write(plan('ab'));
    await pass(QUIET_MS);
    expect(autosave.state().phase).toBe('offline');
    expect(drafts.draft?.content).toEqual(plan('ab'));
    await pass(RETRY_MS);
    expect(written()).toEqual(['a', 'ab']);
    expect(autosave.state().phase).toBe('saved');
  });

  test('a first save whose answer was lost is one note, with what was typed since as its next version', async () => {
    const autosave = editor();
    server.faults.push('lost');
    autosave.write(plan('a'));
    await pass(QUIET_MS);
    autosave.write(plan('ab'));
    await pass(RETRY_MS);
    expect(written()).toEqual(['a', 'ab']);
    expect(autosave.state()).toMatchObject({ phase: 'saved', content: plan('ab') });
  });

  test('a later save whose answer was lost is recognised as our own, not as a conflict', async () => {
    const autosave = editor(server.put(plan('a'), 'me'));
    server.faults.push('lost');
    autosave.write(plan('ab'));
    await pass(QUIET_MS);
    autosave.write(plan('abc'));
    await pass(RETRY_MS + QUIET_MS);
    expect(written()).toEqual(['a', 'ab', 'abc']);
    expect(autosave.state().phase).toBe('saved');
  });

  test('an expired session is waited out', async () => {
    const autosave = editor();
    server.faults.push(new Problem(400, { type: 'urn:telesalud:problem:invalid-grant' }));
    autosave.write(plan('a'));
    await pass(QUIET_MS);
    expect(autosave.state().phase).toBe('signed-out');
    await pass(RETRY_MS);
    expect(written()).toEqual(['a']);
  });

  test('nothing more is tried after the page was left, but the draft stays', async () => {
    const autosave = new Autosave(server, drafts, null);
    const leave = autosave.start();
    server.faults.push(new Unreachable());
    autosave.write(plan('a'));
    await pass(QUIET_MS);
    leave();
    await pass(RETRY_MS * 3);
    expect(written()).toEqual([]);
    expect(drafts.draft?.content).toEqual(plan('a'));
  });
});

describe('when somebody else saved', () => {
  async function conflict(): Promise<Autosave> {
    const autosave = editor(server.put(plan('a'), 'me'));
    server.put(plan('theirs'), 'you');
    autosave.write(plan('mine'));
    await pass(QUIET_MS);
    return autosave;
  }

  test('shows both texts and overwrites neither', async () => {
    const autosave = await conflict();
    expect(autosave.state()).toMatchObject({ phase: 'conflict', content: plan('mine') });
    expect(autosave.state().theirs?.content).toEqual(plan('theirs'));
    await pass(RETRY_MS * 2);
    expect(written()).toEqual(['a', 'theirs']);
    expect(await autosave.flush()).toBe(false);
  });

  test.each([
    ['mine', ['a', 'theirs', 'mine'], 'mine'],
    ['theirs', ['a', 'theirs', 'mine', 'theirs'], 'theirs'],
    ['both', ['a', 'theirs', 'theirs\n\nmine'], 'theirs\n\nmine'],
  ] as const)('keeping %s leaves both texts among the versions', async (keep, versions, shown) => {
    const autosave = await conflict();
    await autosave.resolve(keep);
    expect(written()).toEqual(versions);
    expect(autosave.state()).toMatchObject({ phase: 'saved', content: plan(shown) });
    expect(drafts.draft).toBeNull();
  });
});

describe('refusals', () => {
  test('a signed encounter takes no more; the text stays', async () => {
    const autosave = editor(server.put(plan('a'), 'me'));
    server.faults.push(new Problem(409, { type: 'urn:telesalud:problem:invalid-transition' }));
    autosave.write(plan('ab'));
    await pass(QUIET_MS + RETRY_MS);
    expect(autosave.state()).toMatchObject({ phase: 'closed', content: plan('ab') });
    expect(drafts.draft?.content).toEqual(plan('ab'));
    autosave.abandon();
    expect(drafts.draft).toBeNull();
  });

  test('a refused text is kept and tried again when it is changed', async () => {
    const autosave = editor();
    server.faults.push(new Problem(422, { type: 'urn:telesalud:problem:invalid' }));
    autosave.write(plan('too long'));
    await pass(QUIET_MS + RETRY_MS);
    expect(autosave.state().phase).toBe('refused');
    autosave.write(plan('short'));
    await pass(QUIET_MS);
    expect(written()).toEqual(['short']);
  });
});

describe('a closed tab', () => {
  const left = (draft: Partial<Draft>): Draft => ({ content: plan('left'), base: null, sent: null, at: 0, ...draft });

  test('is taken up again and saved', async () => {
    const base = server.put(plan('a'), 'me');
    const autosave = editor(base, left({ base }));
    expect(autosave.state()).toMatchObject({ restored: true, phase: 'unsaved', content: plan('left') });
    await pass(QUIET_MS);
    expect(written()).toEqual(['a', 'left']);
  });

  test('does not overwrite what somebody saved since', async () => {
    const base = server.put(plan('a'), 'me');
    const newest = server.put(plan('theirs'), 'you');
    const autosave = editor(newest, left({ base }));
    await pass(QUIET_MS + RETRY_MS);
    expect(autosave.state()).toMatchObject({ phase: 'conflict', content: plan('left') });
    expect(written()).toEqual(['a', 'theirs']);
  });

  test('whose last save had arrived goes on from it', async () => {
    const base = server.put(plan('a'), 'me');
    const arrived = server.put(plan('ab'), 'me');
    editor(arrived, left({ base, content: plan('abc'), sent: { content: plan('ab'), key: 'k' } }));
    await pass(QUIET_MS);
    expect(written()).toEqual(['a', 'ab', 'abc']);
  });

  test('that had begun a note without an answer does not begin a second one', async () => {
    const first = editor();
    server.faults.push('lost');
    first.write(plan('a'));
    await pass(QUIET_MS);
    const draft = drafts.draft;
    editor(null, draft);
    await pass(QUIET_MS);
    expect(written()).toEqual(['a']);
  });
});
