import { describe, expect, test } from 'vitest';
import { amountText, priceOf } from './amounts';

describe('an amount', () => {
  test('keeps every digit of a sum that no binary fraction holds', () => {
    expect(amountText('90071992547409.93', 'PEN').replace(/\D/g, '')).toBe('9007199254740993');
  });
  test('has no cents where its currency has none', () => {
    expect(amountText('1500', 'CLP').replace(/\D/g, '')).toBe('1500');
  });
});

describe('a price', () => {
  test.each([
    ['12.5', '12.5'],
    ['12,50', '12.50'],
    [' 7 ', '7'],
  ])('is read from %s', (typed, price) => {
    expect(priceOf(typed)).toBe(price);
  });
  test.each(['', '-1', '1.2.3', '1,234.5', '1e3', '1.23456', 'abc'])('is not %s', (typed) => {
    expect(priceOf(typed)).toBeUndefined();
  });
});
