import { expect, test } from 'vitest';
import { madeSet } from './made_vitals';
import { columnsOf, latest } from './vitals';

const sets = [
  madeSet('b', '2026-02-10T14:00:00Z', 9),
  madeSet('x', '2026-02-09T14:00:00Z', 90, { entered_in_error: true }),
  madeSet('a', '2025-08-10T14:00:00Z', 7),
];

test('takes the latest value that was not voided', () => {
  expect(latest(sets).get('weight')?.finding.value).toBe(9);
  expect(latest(sets.slice(1)).get('weight')?.finding.value).toBe(7);
});

test('has a column only for what was measured', () => {
  expect(columnsOf(sets, ['waist'])).toEqual({ pressure: false, columns: ['weight'], others: false });
});
