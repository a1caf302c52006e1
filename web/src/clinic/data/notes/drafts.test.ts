// @vitest-environment node
import 'fake-indexeddb/auto';
import { entries, createStore } from 'idb-keyval';
import { beforeEach, expect, test, vi } from 'vitest';
import { NOTHING, type Draft, type Saved } from './autosave';
import { draftsIn, draftsOf, forgetDrafts, hasDrafts } from './drafts';

const base: Saved = { note: 'note-1', version: 3, content: NOTHING, at: '2026-11-21T10:00:00Z', author: 'me' };
const HALF_DAY_MS = 12 * 60 * 60 * 1000;

const draft = (plan: string, more: Partial<Draft> = {}): Draft => ({
  content: { ...NOTHING, plan },
  base: null,
  sent: null,
  at: Date.now(),
  ...more,
});

beforeEach(async () => {
  vi.useRealTimers();
  await forgetDrafts();
});

test('a draft survives a closed tab, by user, encounter and note', async () => {
  await draftsIn('ana', 'e1', undefined).keep(draft('new note'));
  await draftsIn('ana', 'e1', 'note-1').keep(draft('known note', { base }));
  await draftsIn('ana', 'e2', undefined).keep(draft('elsewhere'));
  const found = await draftsOf('ana', 'e1');
  expect([...found].map(([slot, { content }]) => [slot, content.plan]).sort()).toEqual([
    ['new', 'new note'],
    ['note-1', 'known note'],
  ]);
});

test('one user does not see the drafts of another', async () => {
  await draftsIn('ana', 'e1', undefined).keep(draft('hers'));
  expect(await draftsOf('luz', 'e1')).toEqual(new Map());
  expect(await hasDrafts('luz')).toBe(false);
  expect(await hasDrafts('ana')).toBe(true);
});

test('the text is not in clear where the browser keeps it', async () => {
  await draftsIn('ana', 'e1', undefined).keep(draft('palabra clínica'));
  const kept = await entries<string, { data?: ArrayBuffer }>(createStore('telesalud-drafts', 'drafts'));
  const bytes = kept.flatMap(([, { data }]) => (data ? [Buffer.from(data).toString('utf8')] : []));
  expect(bytes).toHaveLength(1);
  expect(bytes.join()).not.toContain('clínica');
});

test('signing out erases everything, and what an open editor keeps afterwards is not kept', async () => {
  const open = draftsIn('ana', 'e1', undefined);
  await open.keep(draft('before'));
  await forgetDrafts();
  expect(await open.keep(draft('after'))).toBe(false);
  expect(await hasDrafts('ana')).toBe(false);
  expect(await entries(createStore('telesalud-drafts', 'drafts'))).toEqual([]);
});

test('what is older than half a day goes by itself', async () => {
  await draftsIn('ana', 'e1', undefined).keep(draft('old', { at: Date.now() - HALF_DAY_MS - 1 }));
  await draftsIn('ana', 'e1', 'note-1').keep(draft('fresh', { base }));
  expect([...(await draftsOf('ana', 'e1')).keys()]).toEqual(['note-1']);
});

test('a note that the server now knows takes its draft with it', async () => {
  const kept = draftsIn('ana', 'e1', undefined);
  await kept.keep(draft('a'));
  await kept.keep(draft('ab', { base }));
  expect([...(await draftsOf('ana', 'e1')).keys()]).toEqual(['note-1']);
});

test('a saved note leaves no draft, also one that a tab before had left', async () => {
  await draftsIn('ana', 'e1', 'note-1').keep(draft('left', { base }));
  draftsIn('ana', 'e1', 'note-1').drop();
  await vi.waitFor(async () => expect(await hasDrafts('ana')).toBe(false));
});

test('of many writes in a row the last one stays', async () => {
  const kept = draftsIn('ana', 'e1', undefined);
  await Promise.all(['a', 'ab', 'abc'].map((plan) => kept.keep(draft(plan))));
  expect((await draftsOf('ana', 'e1')).get('new')?.content.plan).toBe('abc');
});
