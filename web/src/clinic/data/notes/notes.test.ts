import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepToken } from '../server/tokens';
import { NOTHING } from './autosave';
import { bodyOf, contentOf, isBlank, keeperOf } from './notes';

const calls: string[] = [];

vi.mock('../server/client', async (original) => ({
  ...(await original<object>()),
  patients: {
    POST: async (path: string) => {
      calls.push(path);
      const data = { note: 'n', version: 1, saved_at: '2026-11-21T10:00:00Z', author: 'ana' };
      return { data, response: new Response('{}') };
    },
  },
}));

/** A token that says whose it is; nobody here checks its signature. */
const tokenOf = (user: string) => `h.${btoa(JSON.stringify({ sub: user }))}.s`;

beforeEach(() => {
  calls.length = 0;
});
afterEach(() => vi.restoreAllMocks());

test('a note is saved by the one who wrote it', async () => {
  keepToken(tokenOf('ana'), 600);
  const begun: string[] = [];
  await keeperOf('ana', 'e', (note) => begun.push(note)).begin({ ...NOTHING, plan: 'x' }, 'key');
  expect(begun).toEqual(['n']);
});

test("one user's text is never saved under the name of another who signed in since", async () => {
  keepToken(tokenOf('luz'), 600);
  const keeper = keeperOf('ana', 'e', () => undefined);
  await expect(keeper.begin({ ...NOTHING, plan: 'x' }, 'key')).rejects.toMatchObject({ status: 401 });
  expect(calls).toEqual([]);
});

test('a note without sections is its narrative alone, and reads back as it was', () => {
  const narrative = { ...NOTHING, text: 'Evolución.' };
  expect(bodyOf(narrative)).toEqual({ text: 'Evolución.', soap: null });
  expect(contentOf({ text: 'Evolución.', soap: null })).toEqual(narrative);
  const full = { text: '', subjective: 'a', objective: 'b', assessment: 'c', plan: 'd' };
  const { text, soap } = bodyOf(full);
  expect(contentOf({ text: text ?? '', soap: soap as Required<NonNullable<typeof soap>> })).toEqual(full);
});

test('white space is no note', () => {
  expect(isBlank({ ...NOTHING, plan: ' \n' })).toBe(true);
  expect(isBlank({ ...NOTHING, text: '.' })).toBe(false);
});
