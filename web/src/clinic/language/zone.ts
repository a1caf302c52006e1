/**
 * Days and wall-clock times at a site, whatever zone this device is set to. A day is `YYYY-MM-DD`;
 * a time of day is minutes since midnight on the site's wall clock.
 */
import { firstWeekday } from './country';

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

export interface WallClock {
  readonly day: string;
  readonly minutes: number;
}

export const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function wallClock(moment: string | number, zone: string): WallClock {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(zone, format);
  }
  const at: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of format.formatToParts(new Date(moment))) at[type] = value;
  return { day: `${at.year}-${at.month}-${at.day}`, minutes: Number(at.hour) * 60 + Number(at.minute) };
}

/**
 * The moment at which the site's clock shows this: the first, in an hour that comes twice; an hour
 * that summer time skips is read with the offset before it.
 */
export function momentAt(day: string, minutes: number, zone: string): Date {
  const wanted = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000;
  const offset = (at: number) => {
    const shown = wallClock(at, zone);
    return Date.parse(`${shown.day}T00:00:00Z`) + shown.minutes * 60_000 - at;
  };
  const [before, after] = [wanted - offset(wanted - DAY_MS), wanted - offset(wanted + DAY_MS)];
  return new Date(after + offset(after) === wanted && before + offset(before) !== wanted ? after : before);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

/** The day on which its week begins in the institution's country. */
export function startOfWeek(day: string): string {
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 7 - firstWeekday()) % 7));
}

export function startOfMonth(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

export function isDay(text: string | null): text is string {
  if (text === null || !/^[1-9]\d{3}-\d{2}-\d{2}$/.test(text)) return false;
  const midnight = new Date(`${text}T00:00:00Z`);
  // Some engines take 30 February for the first of March.
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}

export function today(zone: string): string {
  return wallClock(Date.now(), zone).day;
}

/** `HH:MM` of minutes since midnight. */
export function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
