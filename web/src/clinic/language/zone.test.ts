import { describe, expect, test } from 'vitest';
import { addDays, addMonths, isDay, momentAt, startOfWeek, wallClock } from './zone';

describe('the site’s wall clock', () => {
  test.each([
    ['America/Lima', '2026-11-21T23:30:00Z', { day: '2026-11-21', minutes: 18 * 60 + 30 }],
    ['America/Lima', '2026-11-22T04:59:00Z', { day: '2026-11-21', minutes: 23 * 60 + 59 }],
    ['America/Sao_Paulo', '2026-11-22T02:59:00Z', { day: '2026-11-21', minutes: 23 * 60 + 59 }],
  ])('shows %s at %s', (zone, moment, shown) => expect(wallClock(moment, zone)).toEqual(shown));

  test.each(['America/Lima', 'America/Santiago', 'America/Asuncion', 'Asia/Kathmandu', 'Europe/Madrid'])(
    'is turned back into the same moment in %s, across a year of changes of the hour',
    (zone) => {
      for (let hour = 0; hour < 366 * 24; hour += 7) {
        const moment = Date.UTC(2026, 0, 1, hour);
        const { day, minutes } = wallClock(moment, zone);
        const back = wallClock(momentAt(day, minutes, zone).getTime(), zone);
        expect(back).toEqual({ day, minutes });
      }
    },
  );

  test('an hour that summer time skips is not lost', () => {
    // Santiago, 6 September 2026: 00:00 becomes 01:00.
    expect(momentAt('2026-09-06', 30, 'America/Santiago').toISOString()).toBe('2026-09-06T04:30:00.000Z');
  });
});

test('days are counted on the calendar, not in hours', () => {
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
  expect(addMonths('2026-01-31', 1)).toBe('2026-02-01');
  expect(addMonths('2026-01-15', -1)).toBe('2025-12-01');
  expect(startOfWeek('2026-11-22')).toBe('2026-11-16');
  expect(startOfWeek('2026-11-16')).toBe('2026-11-16');
});

test.each([
  ['2026-11-21', true],
  ['2026-13-01', false],
  ['21/11/2026', false],
  [null, false],
] as const)('%s as a day of the address: %s', (text, good) => expect(isDay(text)).toBe(good));
