import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ConsultApi } from './consult_api';
import type { Note, NoteDraft } from './consult_types';
import { NoteKeeper } from './note_keeper';
import { Problem, Unreachable } from './problem';

/** A consults service with one note. */
class Service {
  text = '';
  version = 0;
  down = false;
  finished = false;

  note = async (): Promise<Note> => Promise.resolve(this.#note());
  saveNote = async (draft: NoteDraft): Promise<Note> => {
    await Promise.resolve();
    if (this.down) throw new Unreachable();
    if (draft.base_version !== this.version) throw new Problem(412, { type: 'note-changed' });
    this.text = draft.text;
    this.version += 1;
    return this.#note();
  };
  finish = async (draft: NoteDraft | null) => {
    await Promise.resolve();
    if (this.down) throw new Unreachable();
    this.finished = true;
    if (draft) await this.saveNote(draft);
    return { note_version: this.version };
  };

  #note(): Note {
    return { text: this.text, version: this.version, saved_at: null, author: null, after_end: false };
  }
}

let kept: string | undefined;
const unsaved = {
  get: () => kept,
  set: (text: string) => (kept = text),
  drop: () => (kept = undefined),
};

async function keeperOf(service: Service): Promise<NoteKeeper> {
  const keeper = new NoteKeeper(service as unknown as ConsultApi, unsaved);
  await vi.advanceTimersByTimeAsync(0);
  return keeper;
}

beforeEach(() => {
  vi.useFakeTimers();
  kept = undefined;
});
afterEach(() => {
  vi.useRealTimers();
});

test('is saved when typing pauses', async () => {
  const service = new Service();
  const keeper = await keeperOf(service);
  keeper.write('uno');
  expect(keeper.state.saving).toBe('unsaved');
  await vi.advanceTimersByTimeAsync(2000);
  expect([service.text, keeper.state.saving, kept]).toEqual(['uno', 'saved', undefined]);
});

test('what the network did not take is kept through a reload and goes when it is back', async () => {
  const service = new Service();
  service.down = true;
  const keeper = await keeperOf(service);
  keeper.write('sin red');
  await vi.advanceTimersByTimeAsync(2000);
  expect(keeper.state.saving).toBe('failed');
  keeper.stop();
  await vi.advanceTimersByTimeAsync(0);
  service.down = false;
  const again = await keeperOf(service);
  expect(again.state.text).toBe('sin red');
  await vi.advanceTimersByTimeAsync(2000);
  expect(service.text).toBe('sin red');
});

test('a text that was saved elsewhere is shown, and neither is lost', async () => {
  const service = new Service();
  const keeper = await keeperOf(service);
  service.text = 'de otro equipo';
  service.version = 1;
  keeper.write('mío');
  await vi.advanceTimersByTimeAsync(2000);
  expect([keeper.state.saving, keeper.state.theirs?.text]).toEqual(['conflict', 'de otro equipo']);
  keeper.resolve('mine');
  await vi.advanceTimersByTimeAsync(2000);
  expect([service.text, keeper.state.saving]).toEqual(['mío', 'saved']);
});

test('the end carries what is unsaved, and a failed end ends nothing', async () => {
  const service = new Service();
  const keeper = await keeperOf(service);
  keeper.write('al terminar');
  service.down = true;
  await expect(keeper.finish()).rejects.toThrow();
  expect(service.finished).toBe(false);
  service.down = false;
  await keeper.finish();
  expect([service.text, keeper.state.saving]).toEqual(['al terminar', 'saved']);
});

test('when the limit came first, the text follows', async () => {
  const service = new Service();
  const keeper = await keeperOf(service);
  keeper.write('tarde');
  keeper.ended();
  await vi.advanceTimersByTimeAsync(100);
  expect([service.text, service.finished]).toEqual(['tarde', true]);
});
