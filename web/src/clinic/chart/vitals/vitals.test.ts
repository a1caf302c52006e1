import { describe, expect, test } from 'vitest';
import { chooseLanguage } from '../../language/i18n';
import { columnsOf, latest, type VitalsSet } from '../../data/chart/vitals';
import { bodyOf } from './entry';
import { percentile, pointsOf } from './growth_points';
import { parseFigure, plain, shownIn } from '../../language/units';

const metric = () => 'kg';
const empty = { measuredAt: '2026-03-01T10:00', method: '', lying: undefined, encounterId: undefined, unitOf: metric };

function set(id: string, moment: string, value: number, more: Partial<VitalsSet> = {}): VitalsSet {
  const finding = {
    vital: 'weight',
    loinc: '29463-7',
    value,
    unit: 'kg',
    interpretation: null,
    low: null,
    high: null,
    unusual: false,
    likely_unit: null,
  } as const;
  const growth = [
    {
      indicator: 'weight-for-age',
      loinc: null,
      z_score: 0.5,
      percentile: 69.1,
      implausible: false,
      value: null,
      stature: null,
    },
  ];
  const base = {
    patient: 'p',
    version: 1,
    recorded_at: moment,
    recorded_by: 'u',
    encounter: null,
    temperature_method: null,
  };
  return { ...base, id, measured_at: moment, findings: [finding], growth, entered_in_error: false, ...more };
}

describe('entering vital signs', () => {
  test.each([
    ['36,5', 36.5],
    [' 120 ', 120],
    ['', undefined],
    ['12/8', undefined],
    ['-3', undefined],
    ['1e3', undefined],
  ])('reads %j as a number with comma or point', (text, wanted) => {
    expect(parseFigure(text)).toBe(wanted);
  });

  test('sends each value in the unit it was typed in', () => {
    const body = bodyOf({ ...empty, typed: { weight: '70,5', height: '' }, encounterId: 'e' });
    expect(body).toMatchObject({ values: { weight: { value: 70.5, unit: 'kg' } }, encounter: 'e' });
  });

  test('names the fields that hold no number instead of dropping them', () => {
    expect(bodyOf({ ...empty, typed: { weight: 'heavy', pulse: '80' } })).toEqual({ faulty: ['weight'] });
    expect(bodyOf({ ...empty, typed: { pulse: '80' }, measuredAt: '' })).toEqual({ faulty: ['measured_at'] });
  });

  test('shows stored values in the unit of choice', () => {
    expect(shownIn(37, '[degF]')).toBeCloseTo(98.6);
    expect(shownIn(1, '[lb_av]')).toBeCloseTo(2.20462, 5);
    expect(shownIn(2.54, '[in_i]')).toBeCloseTo(1);
  });
});

describe('the course of measurements', () => {
  const sets = [
    set('b', '2026-02-10T14:00:00Z', 9),
    set('x', '2026-02-09T14:00:00Z', 90, { entered_in_error: true }),
    set('a', '2025-08-10T14:00:00Z', 7),
  ];

  test('takes the latest value that was not voided', () => {
    expect(latest(sets).get('weight')?.finding.value).toBe(9);
    expect(latest(sets.slice(1)).get('weight')?.finding.value).toBe(7);
  });

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
    };
    const points = pointsOf(
      [
        set('a', '2025-08-10T14:00:00Z', 7, { growth: [slim] }),
        set('b', '2025-08-11T14:00:00Z', 7, { growth: [slim] }),
      ],
      'weight-for-length',
      '2025-02-10',
    );
    expect(points.map((point) => point.value)).toEqual([7.1, 7.1]);
    expect(points[0]?.x).toBe(66);
    expect(points[1]?.x).toBeGreaterThan(66);
    expect(points[1]?.x).toBeCloseTo(66, 4);
  });

  test('has a column only for what was measured', () => {
    expect(columnsOf(sets, ['waist'])).toEqual({ pressure: false, columns: ['weight'], others: false });
  });

  test('never writes a negative zero', () => {
    expect([plain(-0.02), plain(-0.06)]).toEqual(['0', '-0.1']);
  });

  test("writes the ends of the percentiles as WHO does, in the page's language", async () => {
    await chooseLanguage('pt');
    expect([percentile(0.04), percentile(99.95), percentile(50)]).toEqual(['< P0,1', '> P99,9', 'P50']);
    await chooseLanguage('en');
    expect(percentile(0.04)).toBe('< P0.1');
  });
});
