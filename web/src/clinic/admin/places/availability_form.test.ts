import { expect, test } from 'vitest';
import { formFaults, fromForm, newExtra, newWeekly, toForm } from './availability_form';

const SITE = '01a2003b-1bed-7dff-9b48-a1c9f7bbcb74';

test('what was read is written back unchanged, but for the seconds', () => {
  const read = {
    practitioner: SITE,
    version: 3,
    affected: [],
    weekly: [
      {
        weekday: 1,
        start: '08:00:00',
        end: null,
        site: SITE,
        slot_minutes: 20,
        categories: ['control'],
        valid_from: null,
        valid_until: '2026-12-31',
      },
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

test('a form that the server would refuse is marked at its fields', () => {
  const block = { ...newWeekly(undefined, SITE), start: '13:02', end: '12:00' };
  const form = {
    weekly: [
      newWeekly(undefined, SITE),
      { ...block, slot_minutes: 7, valid_from: '2026-02-01', valid_until: '2026-01-31' },
    ],
    closures: [{ key: 'a', first: '2026-12-25', last: '2026-12-24', start: '', end: '', reason: '' }],
    extra: [
      { ...newExtra('2026-12-24', SITE), date: '', site: '' },
      { ...newExtra('2026-12-24', SITE), date: '31/02' },
    ],
  };
  expect(formFaults(form)).toEqual({
    'weekly.1.start': 'quantum',
    'weekly.1.end': 'order',
    'weekly.1.slot_minutes': 'quantum',
    'weekly.1.valid_until': 'order',
    'closures.0.last': 'order',
    'extra.0.date': 'missing',
    'extra.0.site': 'missing',
    'extra.1.date': 'invalid',
  });
});
