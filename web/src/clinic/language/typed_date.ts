/**
 * Dates as people type them: day, month, year, as all three languages of this application write
 * them (es-PE, pt-BR, en-GB). Values are `YYYY-MM-DD`, `HH:mm` and `YYYY-MM-DDTHH:mm` without a zone.
 */
import { isDay } from './zone';

const TYPED = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/;
const DIGITS = /^(\d{2})(\d{2})(\d{4})$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^([01]?\d|2[0-3])[:.h]?([0-5]\d)$/;

/** The calendar date that was typed; undefined when there is none. */
export function parseDate(text: string): string | undefined {
  const typed = text.trim();
  const iso = ISO.exec(typed); // pasted from a computer
  const [, first = '', month = '', last = ''] = iso ?? TYPED.exec(typed) ?? DIGITS.exec(typed) ?? [];
  const [day, year] = iso ? [last, first] : [first, last];
  const value = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(value) ? value : undefined;
}

/** The same, or a year, or a month and a year, where no more may be known: `2019`, `2019-03`. */
export function parsePartialDate(text: string): string | undefined {
  const typed = text.trim();
  if (/^[12]\d{3}$/.test(typed)) return typed;
  const [, month = '', year = ''] = /^(\d{1,2})[/.\- ]([12]\d{3})$/.exec(typed) ?? [];
  if (Number(month) >= 1 && Number(month) <= 12) return `${year}-${month.padStart(2, '0')}`;
  return /^[12]\d{3}-(0[1-9]|1[0-2])$/.test(typed) ? typed : parseDate(typed);
}

/** A value as it stands in the field; what is no date stays as it was typed. */
export function writtenDate(value: string): string {
  return isDay(value) || /^\d{4}-\d{2}$/.test(value) ? value.split('-').reverse().join('/') : value;
}

/** Puts the slashes where only digits are typed. */
export function grouped(text: string): string {
  return text.replace(/^(\d{2})(\d+)$/, '$1/$2').replace(/^(\d{2}\/\d{2})(\d+)$/, '$1/$2');
}

/** `HH:mm` of the day's 24 hours; undefined when it is no time. */
export function parseTime(text: string): string | undefined {
  const [, hours, minutes] = TIME.exec(text.trim()) ?? [];
  return hours === undefined ? undefined : `${hours.padStart(2, '0')}:${minutes}`;
}

/** Whether it is a date with a time, `YYYY-MM-DDTHH:mm`. */
export function isMoment(value: string): boolean {
  const [date = '', time = '', ...rest] = value.split('T');
  return rest.length === 0 && isDay(date) && time.length === 5 && parseTime(time) === time;
}
