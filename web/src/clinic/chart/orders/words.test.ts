import { describe, expect, test } from 'vitest';
import { quantityOf } from './words';

describe('the quantity of a prescription', () => {
  const line = (value: number, times: number, hours: number, days: number, unit = 'tablet') => ({
    dose: { value, unit },
    frequency: { times, hours },
    duration_days: days,
  });

  test.each([
    [line(1, 1, 8, 7), 21],
    [line(2, 1, 12, 10), 40],
    [line(0.5, 1, 24, 7), 4],
    [line(1, 1, 168, 28), 4],
    [line(0.1, 3, 24, 10), 3],
  ])('follows from dose, rhythm and days', (given, wanted) => {
    expect(quantityOf(given, 'tablet')).toBe(wanted);
  });

  test('is left to the prescriber when the dose is not counted in the product’s unit', () => {
    expect(quantityOf(line(500, 1, 8, 7, 'mg'), 'tablet')).toBeUndefined();
    expect(quantityOf(line(0, 1, 8, 7), 'tablet')).toBeUndefined();
  });
});
