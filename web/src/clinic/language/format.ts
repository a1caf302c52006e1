/** Dates and numbers as the user's language writes them. */
import { datesLocale, numbersLocale } from './i18n';

/** Constructing one costs far more than formatting with it, and a page shows hundreds of dates. */
const formats = new Map<string, Intl.DateTimeFormat>();

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = datesLocale() + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(datesLocale(), options);
    formats.set(key, format);
  }
  return format;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A calendar date `YYYY-MM-DD`, which has no time zone; or as much as is known of it: `2019`, `2019-03`. */
export function day(date: string): string {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
  if (date.length === 4) return date;
  if (date.length === 7)
    return dates({ month: 'short', year: 'numeric', timeZone: 'UTC' }).format(Date.UTC(year, month - 1));
  return dates({ dateStyle: 'medium', timeZone: 'UTC' }).format(Date.UTC(year, month - 1, dayOfMonth));
}

/** In the device's zone unless another is named. */
export function time(moment: string | Date, zone?: string): string {
  return dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone }).format(new Date(moment));
}

/** In the device's zone unless another is named. */
export function dayAndTime(moment: string | Date, zone?: string): string {
  return dates({
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(moment));
}

/** The date of a moment where the reader is. */
export function dateOf(moment: string | Date): string {
  return dates({ dateStyle: 'medium' }).format(new Date(moment));
}

/** With the year, for what may be long ago. */
export function dateAndTime(moment: string | Date): string {
  return dates({ dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }).format(new Date(moment));
}

/** To the second, for what may have to be put in order. */
export function exactly(moment: string | Date): string {
  return dates({ dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }).format(new Date(moment));
}

export function longDay(moment: Date): string {
  return capital(dates({ weekday: 'long', day: 'numeric', month: 'long' }).format(moment));
}

/** Parts of a calendar date `YYYY-MM-DD`, such as its weekday; a capital letter begins it. */
export function dateParts(date: string, parts: Intl.DateTimeFormatOptions): string {
  return capital(dates({ ...parts, timeZone: 'UTC' }).format(Date.parse(`${date}T00:00:00Z`)));
}

export function number(value: number): string {
  return new Intl.NumberFormat(numbersLocale(), { maximumFractionDigits: 2 }).format(value);
}
