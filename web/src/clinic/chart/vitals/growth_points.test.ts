import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';
import { madeSet } from '../../data/chart/made_vitals';
import { chooseLanguage } from '../../language/i18n';
import { ageText, percentile, pointsOf } from './growth_points';

const sets = [
  madeSet('b', '2026-02-10T14:00:00Z', 9),
  madeSet('x', '2026-02-09T14:00:00Z', 90, { entered_in_error: true }),
  madeSet('a', '2025-08-10T14:00:00Z', 7),
];

test('plots growth by age, oldest first, without voided sets', () => {
  const points = pointsOf(sets, 'weight-for-age', '2025-02-10');
  expect(points.map((point) => [point.set, point.value])).toEqual([
    ['a', 7],
    ['b', 9],
  ]);
  expect(points[1]?.months).toBeCloseTo(12, 0);
});

test('plots what was compared at its length, and both of two at one length', () => {
  const slim = {
    indicator: 'weight-for-length',
    loinc: null,
    z_score: 0,
    percentile: 50,
    implausible: false,
    value: 7.1,
    stature: 66,
    standard: 'who',
    age_days: null,
  };
  const points = pointsOf(
    [
      madeSet('a', '2025-08-10T14:00:00Z', 7, { growth: [slim] }),
      madeSet('b', '2025-08-11T14:00:00Z', 7, { growth: [slim] }),
    ],
    'weight-for-length',
    '2025-02-10',
  );
  expect(points.map((point) => point.value)).toEqual([7.1, 7.1]);
  expect(points[0]?.x).toBe(66);
  expect(points[1]?.x).toBeGreaterThan(66);
  expect(points[1]?.x).toBeCloseTo(66, 4);
});

test("writes the ends of the percentiles as WHO does, in the page's language", async () => {
  await chooseLanguage('pt');
  expect([percentile(0.04), percentile(99.95), percentile(50)]).toEqual(['< P0,1', '> P99,9', 'P50']);
  await chooseLanguage('en');
  expect(percentile(0.04)).toBe('< P0.1');
});

test('an age is in days, months, then years and months', () => {
  const t = ((key: string, { count }: { readonly count: number }) =>
    `${count} ${key.split('.').at(-1)}`) as unknown as TFunction;
  expect([0.4, 11.99, 23.5, 36, 40.3].map((months) => ageText(months, t))).toEqual([
    '12 days',
    '12 months',
    '23 months',
    '3 years',
    '3 years 4 months',
  ]);
});
