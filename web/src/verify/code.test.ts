import { describe, expect, test } from 'vitest';
import { grouped, normal, takeCode } from './code';

describe('a printed code', () => {
  test.each([
    ['7K2QD-00000-AAAAA-ZZZZZ', '7K2QD00000AAAAAZZZZZ'],
    ['7k2qd ooooo aaaaa zzzzz', '7K2QD00000AAAAAZZZZZ'],
    ['lI2QD00000AAAAAZZZZZ', '112QD00000AAAAAZZZZZ'],
  ])('is read as it may be typed: %s', (typed, plain) => {
    expect(normal(typed)).toBe(plain);
  });

  test.each(['', '7K2QD', '7K2QD-00000-AAAAA-ZZZZU', '7K2QD-00000-AAAAA-ZZZZZ-1', '../../identity/me'])(
    'is told from what is none: %s',
    (typed) => {
      expect(normal(typed)).toBeUndefined();
    },
  );

  test('is shown in groups as on the paper', () => {
    expect(grouped('7K2QD00000AAAAAZZZZZ')).toBe('7K2QD-00000-AAAAA-ZZZZZ');
  });

  test('does not stay in the address bar', () => {
    history.replaceState(null, '', '/verify/#7K2QD-00000-AAAAA-ZZZZZ');
    expect(takeCode()).toBe('7K2QD-00000-AAAAA-ZZZZZ');
    expect(location.href).not.toContain('7K2QD');
  });
});
