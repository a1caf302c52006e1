import { expect, test } from 'vitest';
import type { VitalsSet } from '../../data/chart/vitals';
import { courseOf, lineOf } from './course';

const set = (value: number, entered_in_error = false) =>
  ({ entered_in_error, findings: [{ vital: 'pulse', value }] }) as unknown as VitalsSet;

test('a course runs from the oldest to the newest, at most ten of them', () => {
  expect(courseOf([set(72), set(80), set(76)], 'pulse')).toEqual([76, 80, 72]);
  expect(
    courseOf(
      Array.from({ length: 14 }, (_, n) => set(n)),
      'pulse',
    ),
  ).toHaveLength(10);
});

test('what was entered in error is no part of the course, nor another sign', () => {
  expect(courseOf([set(72), set(720, true), set(76)], 'pulse')).toEqual([76, 72]);
  expect(courseOf([set(72)], 'weight')).toEqual([]);
});

test('a line keeps within its picture, the highest at the top', () => {
  expect(lineOf([10, 20], 64, 18)).toBe('2.0,16.0 62.0,2.0');
});

test('values that are all the same make a level line, one alone a point', () => {
  expect(lineOf([5, 5], 64, 18)).toBe('2.0,9.0 62.0,9.0');
  expect(lineOf([5], 64, 18)).toBe('2.0,9.0');
});
