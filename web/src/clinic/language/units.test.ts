import { describe, expect, it, test } from 'vitest';
import { plain, shownIn, symbol } from './units';

describe('a UCUM unit', () => {
  it.each([
    ['mm[Hg]', 'mmHg'],
    ['10*3/uL', '10³/µL'],
    ['10*-6', '10⁻⁶'],
    ['ug/L', 'µg/L'],
    ['{cells}/uL', '/µL'],
    ['mg/dL', 'mg/dL'],
  ])('%s is written as %s', (unit, written) => expect(symbol(unit)).toBe(written));
});

test('shows stored values in the unit of choice', () => {
  expect(shownIn(37, '[degF]')).toBeCloseTo(98.6);
  expect(shownIn(1, '[lb_av]')).toBeCloseTo(2.20462, 5);
  expect(shownIn(2.54, '[in_i]')).toBeCloseTo(1);
});

test('a negative zero is never written', () => {
  expect([plain(-0.02), plain(-0.06)]).toEqual(['0', '-0.1']);
});
