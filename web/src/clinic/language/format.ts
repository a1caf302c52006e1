/** Dates and numbers as the user's language writes them. */
import { currentLanguage, LOCALES } from './i18n';

function locale(): string {
  return LOCALES[currentLanguage()];
}

/** Constructing one costs far more than formatting with it, and a page shows hundreds of dates. */
const formats = new Map<string, Intl.DateTimeFormat>();

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale() + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale(), options);
    formats.set(key, format);
  }
  return format;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A calendar date `YYYY-MM-DD`, which has no time zone. */
export function day(date: string): string {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
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

/** With the year, for what may be long ago. */
export function dateAndTime(moment: string | Date): string {
  return dates({ dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }).format(new Date(moment));
}

export function longDay(moment: Date): string {
  return capital(dates({ weekday: 'long', day: 'numeric', month: 'long' }).format(moment));
}

/** Parts of a calendar date `YYYY-MM-DD`, such as its weekday; a capital letter begins it. */
export function dateParts(date: string, parts: Intl.DateTimeFormatOptions): string {
  return capital(dates({ ...parts, timeZone: 'UTC' }).format(Date.parse(`${date}T00:00:00Z`)));
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 2 }).format(value);
}

/** An institution's own code, such as `medicina-general`, as words. */
export function specialtyName(code: string): string {
  return capital(code.replaceAll('-', ' '));
}
