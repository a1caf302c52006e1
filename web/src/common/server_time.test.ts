import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hearTime, serverNow } from './server_time';

const NOON = Date.parse('2026-11-30T12:00:00Z');
const answer = (at: number) => new Response('{}', { headers: { Date: new Date(at).toUTCString() } });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['an hour slow', -3_600_000],
  ['an hour fast', 3_600_000],
  ['a day fast', 86_400_000],
])('a device that is %s counts by the server', (_, wrong) => {
  vi.setSystemTime(NOON + wrong);
  hearTime(answer(NOON));
  expect(Math.abs(serverNow() - NOON)).toBeLessThanOrEqual(1000);
  vi.advanceTimersByTime(60_000);
  expect(Math.abs(serverNow() - NOON - 60_000)).toBeLessThanOrEqual(1000);
});

test('a clock that is set while the page is open is noticed at the next answer', () => {
  vi.setSystemTime(NOON);
  hearTime(answer(NOON));
  vi.setSystemTime(NOON + 3_600_000);
  hearTime(answer(NOON + 5000));
  expect(Math.abs(serverNow() - NOON - 5000)).toBeLessThanOrEqual(1000);
});

test('an answer without a date, or with one that is none, changes nothing', () => {
  vi.setSystemTime(NOON);
  hearTime(answer(NOON));
  const before = serverNow();
  hearTime(new Response('{}'));
  hearTime(new Response('{}', { headers: { Date: 'yesterday' } }));
  expect(serverNow()).toBe(before);
});
