import { expect, test } from 'vitest';
import { madeSet } from '../../data/chart/made_vitals';
import { bodyOf, filledOf, isEmpty, typedOf } from './entry_body';

const metric = () => 'kg';
const empty = { ...filledOf(undefined, undefined, metric), measuredAt: '2026-03-01T10:00' };

test('sends each value in the unit it was typed in', () => {
  const body = bodyOf({ ...empty, typed: { weight: '70,5', height: '' }, encounterId: 'e' }, metric);
  expect(body).toMatchObject({ values: { weight: { value: 70.5, unit: 'kg' } }, encounter: 'e' });
});

test('names the fields that hold no number instead of dropping them', () => {
  expect(bodyOf({ ...empty, typed: { weight: 'heavy', pulse: '80' } }, metric)).toEqual({ faulty: ['weight'] });
  expect(bodyOf({ ...empty, typed: { pulse: '80' }, measuredAt: '' }, metric)).toEqual({ faulty: ['measured_at'] });
});

test('a confirmed value is confirmed only while it stands there', () => {
  const confirmed = ['weight'] as const;
  expect(bodyOf({ ...empty, typed: { weight: '119' }, confirmed }, metric)).toMatchObject({ confirmed: ['weight'] });
  expect(bodyOf({ ...empty, typed: { pulse: '80' }, confirmed }, metric)).toMatchObject({ confirmed: [] });
});

test('what could not be measured is enough, and never stands beside a value', () => {
  const absent = { systolic: 'undetectable', pulse: 'declined' } as const;
  expect(isEmpty(empty)).toBe(true);
  expect(isEmpty({ ...empty, absent })).toBe(false);
  expect(bodyOf({ ...empty, absent, typed: { pulse: '80' } }, metric)).toMatchObject({
    not_measured: { systolic: 'undetectable' },
  });
});

test('a correction begins with what was typed and names the set that it replaces', () => {
  const wrong = madeSet('a', '2026-02-10T14:00:00Z', 119);
  const filled = filledOf(wrong, 'other', metric);
  expect(filled.typed).toEqual({ weight: '119' });
  expect(bodyOf({ ...filled, typed: { weight: '11.9' } }, metric)).toMatchObject({
    measured_at: '2026-02-10T14:00:00.000Z',
    values: { weight: { value: 11.9, unit: 'kg' } },
    corrects: { set: 'a', version: 1 },
  });
});

test('what was meant is written in the unit of the field', () => {
  expect(typedOf(11.9, 'kg')).toBe('11.9');
  expect(typedOf(11.9, 'g')).toBe('11900');
});
