import { expect, test } from 'vitest';
import type { Appointment, Status } from '../data/agenda';
import { placeOfNow, splitPast } from './past';

const day = (...statuses: readonly Status[]) =>
  statuses.map((status, hour) => ({ status, start: `2026-11-30T${10 + hour}:00:00Z` }) as Appointment);

test('what is over at the head of the day is folded, however it ended', () => {
  const { past, rest } = splitPast(day('checked_out', 'no_show', 'cancelled', 'arrived', 'checked_out', 'booked'));
  expect(past.map(({ status }) => status)).toEqual(['checked_out', 'no_show', 'cancelled']);
  expect(rest.map(({ status }) => status)).toEqual(['arrived', 'checked_out', 'booked']);
});

test('somebody who still waits is never folded away, although later ones are over', () => {
  expect(splitPast(day('arrived', 'checked_out', 'checked_out', 'checked_out')).past).toEqual([]);
});

test('one or two are not folded, nor a day that is all over', () => {
  expect(splitPast(day('checked_out', 'left', 'booked')).past).toEqual([]);
  expect(splitPast(day('checked_out', 'left', 'no_show', 'checked_out')).rest).toHaveLength(4);
});

test('the present falls before the first that has not begun', () => {
  const items = day('booked', 'booked', 'booked');
  expect(placeOfNow(items, Date.parse('2026-11-30T10:30:00Z'))).toBe(1);
  expect(placeOfNow(items, Date.parse('2026-11-30T09:00:00Z'))).toBe(0);
  expect(placeOfNow(items, Date.parse('2026-11-30T18:00:00Z'))).toBeUndefined();
});
