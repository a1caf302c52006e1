import { expect, test } from 'vitest';
import { timesFrom } from './times';

test('doses are planned every so many hours from the first, over midnight too', () => {
  expect(timesFrom('2026-12-01T20:00:00-05:00', 8, 3)).toEqual([
    '2026-12-02T01:00:00.000Z',
    '2026-12-02T09:00:00.000Z',
    '2026-12-02T17:00:00.000Z',
  ]);
});
