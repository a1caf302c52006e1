import { expect, test } from 'vitest';
import { fromForm, newWeekly, toForm } from './availability_form';

const SITE = '01a2003b-1bed-7dff-9b48-a1c9f7bbcb74';

test('what was read is written back unchanged, but for the seconds', () => {
  const read = {
    practitioner: SITE,
    version: 3,
    affected: [],
    weekly: [
      { weekday: 1, start: '08:00:00', end: null, site: SITE, slot_minutes: 20, categories: ['control'], valid_from: null, valid_until: '2026-12-31' },
    ],
    closures: [{ first: '2026-12-24', last: '2026-12-25', start: null, end: '13:00:00', reason: 'Navidad' }],
    extra: [{ date: '2026-12-27', start: '09:00:00', end: '10:00:00', site: SITE, slot_minutes: 15, categories: [] }],
  };
  expect(fromForm(toForm(read))).toEqual({
    weekly: [{ ...read.weekly[0], start: '08:00' }],
    closures: [{ ...read.closures[0], end: '13:00' }],
    extra: [{ ...read.extra[0], start: '09:00', end: '10:00' }],
  });
});

test('a new block continues the week with the hours of the one before', () => {
  const sunday = { ...newWeekly(undefined, SITE), weekday: '7', start: '10:00' };
  expect(newWeekly(sunday, SITE)).toMatchObject({ weekday: '1', start: '10:00', site: SITE });
});
