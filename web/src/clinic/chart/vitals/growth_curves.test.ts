import { describe, expect, test } from 'vitest';
import { between, nearest, referenceOf, windowOf, type GrowthCurves } from './growth_curves';

const x = [0, 12, 24, 60, 120];
const byAge = { x, x_unit: 'mo' } as const;
const curve = (percentile: number | null, deviations: number | null, factor: number) => ({
  percentile,
  deviations,
  values: x.map((age) => factor * (age + 10)),
});
const chart: GrowthCurves = {
  indicator: 'weight-for-age',
  sex: 'female',
  unit: 'kg',
  ...byAge,
  x,
  curves: [
    curve(null, -3, 1),
    curve(null, -2, 2),
    curve(3, null, 3),
    curve(15, null, 4),
    curve(50, 0, 5),
    curve(85, null, 6),
    curve(97, null, 7),
    curve(null, 2, 8),
    curve(null, 3, 9),
  ],
};

describe('the part of the chart that is shown', () => {
  test.each([
    [[0.5], [0, 6]],
    [
      [1, 11],
      [0, 12],
    ],
    [
      [2, 23.9],
      [0, 24],
    ],
    [
      [30, 58],
      [24, 60],
    ],
    [
      [2, 30],
      [0, 60],
    ],
    [
      [62, 119],
      [60, 120],
    ],
    [
      [1, 119],
      [0, 120],
    ],
  ])('at the ages %j is %j, as on a printed chart', (ages, window) => {
    expect(windowOf(ages, byAge)).toEqual(window);
  });

  test('never goes beyond the standard', () => {
    expect(windowOf([30], { ...byAge, x: [0, 58] })).toEqual([24, 58]);
    expect(windowOf([47, 70], { x: [45, 110], x_unit: 'cm' })).toEqual([45, 78]);
  });
});

describe('the curves', () => {
  test('are the five percentiles, cut at the edges of the window, and shaded from P3 to P97', () => {
    const { curves, shaded, x: at } = referenceOf(chart, 'percentiles', [6, 24], (level) => `P${level}`);
    expect(curves.map((each) => each.label)).toEqual(['P3', 'P15', 'P50', 'P85', 'P97']);
    expect(at).toEqual([6, 12, 24]);
    expect(curves[2]?.values).toEqual([80, 110, 170]);
    expect(shaded).toEqual([0, 4]);
    expect(curves.map((each) => each.dash.length)).toEqual([2, 2, 0, 2, 2]);
  });

  test('are the median and two and three standard deviations, shaded from -2 to +2', () => {
    const { curves, shaded } = referenceOf(chart, 'deviations', [0, 120], String);
    expect(curves.map((each) => each.label)).toEqual(['-3', '-2', '0', '2', '3']);
    expect(shaded).toEqual([1, 3]);
  });

  test('are straight between their points', () => {
    expect([between([0, 10], [1, 3], 5), between([0, 10], [1, 3], 0), between([0, 10], [1, 3], 10)]).toEqual([2, 1, 3]);
  });
});

test('the pointer reads the nearest measurement', () => {
  expect([nearest([1, 5, 9], 6.9), nearest([1, 5, 9], 7.1), nearest([], 3)]).toEqual([1, 2, 0]);
});
