import { describe, expect, test } from 'vitest';
import { amountText, priceOf } from './amounts';

describe('an amount', () => {
  test('keeps every digit of a sum that no binary fraction holds', () => {
    expect(amountText('90071992547409.93', 'PEN').replace(/\D/g, '')).toBe('9007199254740993');
  });
  test.each([
    ['0.2500', '0.25'],
    ['0.2550', '0.255'],
    ['12.5000', '12.50'],
  ])('of one unit, %s, is written without zeros that say nothing', (amount, shown) => {
    expect(
      amountText(amount, 'PEN')
        .replace(/[^\d.,]/g, '')
        .replace(',', '.'),
    ).toBe(shown);
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
