import { describe, expect, it } from 'vitest';
import { parsePartialDate, grouped, isMoment, parseDate, parseTime, writtenDate } from './typed_date';

describe('a typed date', () => {
  it.each([
    ['03/04/1980', '1980-04-03'],
    ['3.4.1980', '1980-04-03'],
    ['3-4-1980', '1980-04-03'],
    ['03041980', '1980-04-03'],
    [' 29/02/2024 ', '2024-02-29'],
    ['1980-04-03', '1980-04-03'],
  ])('%s is the day before the month, whatever the browser says', (typed, value) =>
    expect(parseDate(typed)).toBe(value),
  );

  it.each(['12/31/1980', '30/02/2024', '29/02/2023', '3/4/80', '00/01/2000', '3/4', 'mañana', '', '01/01/0099'])(
    '%s is none',
    (typed) => expect(parseDate(typed)).toBeUndefined(),
  );

  it('is written as it is read', () => {
    expect(writtenDate('1980-04-03')).toBe('03/04/1980');
    expect(parseDate(writtenDate('2000-12-31'))).toBe('2000-12-31');
    expect(writtenDate('31/31')).toBe('31/31');
  });

  it('gets its slashes while digits are typed, and lets them be deleted', () => {
    let text = '';
    for (const digit of '03041980') text = grouped(text + digit);
    expect(text).toBe('03/04/1980');
    expect(grouped('03/0')).toBe('03/0');
    expect(grouped('03/')).toBe('03/');
    expect(grouped('03')).toBe('03');
  });
});

describe('a typed time', () => {
  it.each([
    ['9:05', '09:05'],
    ['0905', '09:05'],
    ['23h59', '23:59'],
  ])('%s has 24 hours', (typed, value) => expect(parseTime(typed)).toBe(value));
  it.each(['24:00', '9:60', '9', '9:05 pm', ''])('%s is none', (typed) => expect(parseTime(typed)).toBeUndefined());

  it('makes a moment with a date only', () => {
    expect(isMoment('2026-11-21T09:05')).toBe(true);
    for (const bad of ['2026-11-21', '2026-11-21T', 'T09:05', '2026-02-30T09:05', '2026-11-21T9:05', '21/11T09:05']) {
      expect(isMoment(bad)).toBe(false);
    }
  });
});

describe('a date of which not all is known', () => {
  it.each([
    ['2019', '2019'],
    ['3/2019', '2019-03'],
    ['2019-03', '2019-03'],
    ['07/03/2019', '2019-03-07'],
    ['13/2019', undefined],
    ['0/2019', undefined],
    ['19', undefined],
  ])('%s is %s', (typed, value) => {
    expect(parsePartialDate(typed)).toBe(value);
  });

  it('is written as it was typed', () => {
    expect(writtenDate('2019-03')).toBe('03/2019');
    expect(writtenDate('2019')).toBe('2019');
  });
});
