import { expect, test } from 'vitest';
import { bodyOf } from './entry';

const metric = () => 'kg';
const empty = { measuredAt: '2026-03-01T10:00', method: '', lying: undefined, encounterId: undefined, unitOf: metric };

test('sends each value in the unit it was typed in', () => {
  const body = bodyOf({ ...empty, typed: { weight: '70,5', height: '' }, encounterId: 'e' });
  expect(body).toMatchObject({ values: { weight: { value: 70.5, unit: 'kg' } }, encounter: 'e' });
});

test('names the fields that hold no number instead of dropping them', () => {
  expect(bodyOf({ ...empty, typed: { weight: 'heavy', pulse: '80' } })).toEqual({ faulty: ['weight'] });
  expect(bodyOf({ ...empty, typed: { pulse: '80' }, measuredAt: '' })).toEqual({ faulty: ['measured_at'] });
});
