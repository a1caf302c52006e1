import { expect, test } from 'vitest';
import { ANY, asked, sound } from './filters';

test('both days are included, as they are where the reader is', () => {
  const { since, until } = asked({ ...ANY, since: '2026-11-29', until: '2026-11-30' });
  expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(2 * 86_400_000);
  expect(new Date(since ?? '').getHours()).toBe(0);
});

test('what is not chosen is not asked for', () => {
  expect(asked(ANY)).toEqual({});
  expect(asked({ ...ANY, outcome: 'denied', actor: 'u' })).toEqual({ outcome: 'denied', actor: 'u' });
});

test('days in the wrong order, or half typed, ask nothing', () => {
  expect(sound(ANY)).toBe(true);
  expect(sound({ ...ANY, since: '2026-11-30', until: '2026-11-30' })).toBe(true);
  expect(sound({ ...ANY, since: '2026-12-01', until: '2026-11-30' })).toBe(false);
  expect(sound({ ...ANY, since: '30/1' })).toBe(false);
});
