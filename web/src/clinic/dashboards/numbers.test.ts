import { describe, expect, test } from 'vitest';
import { csvOf } from './csv';
import { ceiling, change, inPeriods, mean, mondayOf, mondays, percent } from './numbers';

describe('weeks', () => {
  test('begin on Monday wherever the institution is', () => {
    expect(mondayOf('2026-12-06')).toBe('2026-11-30');
    expect(mondayOf('2026-11-30')).toBe('2026-11-30');
    expect(mondays('2026-12-30', 2)).toEqual(['2026-12-28', '2027-01-04']);
  });

  test('are told apart from those before', () => {
    const weeks = [{ week: '2026-11-23' }, { week: '2026-11-30' }, { week: '2026-12-07' }];
    expect(inPeriods(weeks, '2026-12-02')).toEqual({ before: weeks.slice(0, 1), now: weeks.slice(1) });
  });
});

describe('figures', () => {
  test('that have nothing to stand on are not made up', () => {
    expect(percent(0, 0)).toBeNull();
    expect(mean(10, 0)).toBeNull();
    expect(change(null, 4)).toBeNull();
    expect(change(7.26, 5)).toBe(2.3);
  });

  test.each([
    [0, 2],
    [3, 4],
    [7, 8],
    [11, 12],
    [13, 16],
    [31, 40],
    [100, 100],
    [101, 120],
    [4200, 5000],
    [9100, 10_000],
  ])('up to %i stand on an axis that ends at %i', (largest, end) => {
    expect(ceiling(largest)).toBe(end);
  });
});

describe('a CSV file', () => {
  test('keeps quotes, separators and accents', () => {
    expect(csvOf(['Semana', 'Sede'], [['2026-11-30', 'Clínica "Norte", Ñ']])).toBe(
      '\uFEFF"Semana","Sede"\r\n"2026-11-30","Clínica ""Norte"", Ñ"\r\n',
    );
  });

  test.each(['=1+1', '+1', '-1', '@x', 'x;=1+1', 'x,@y'])('has no formula in %s', (text) => {
    expect(csvOf(['a'], [[text]])).toContain(`"'${text}"`);
  });

  test('rounds numbers and leaves out what is not known', () => {
    expect(csvOf(['a', 'b'], [[1.2345, null]])).toContain('1.23,\r\n');
  });
});
