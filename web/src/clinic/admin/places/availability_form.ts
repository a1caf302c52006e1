/** Opening hours as form fields: empty texts where the contract has null, `HH:MM` times, a key a row. */
import type { TFunction } from 'i18next';
import type { components } from '../../../api/appointments';
import { uuid7 } from '../../../common/uuid';
import { orNull } from '../../kit/or_null';
import { addDays } from '../../language/zone';

type Availability = components['schemas']['Availability'];
type Closure = components['schemas']['Closure-Output'];
type ClosureBody = components['schemas']['Closure-Input'];
type Body = components['schemas']['AvailabilityBody'];

export interface WeeklyRow {
  key: string;
  weekday: string;
  start: string;
  end: string;
  site: string;
  slot_minutes: number | string;
  categories: string[];
  valid_from: string;
  valid_until: string;
}

export interface ClosureRow {
  key: string;
  first: string;
  last: string;
  start: string;
  end: string;
  reason: string;
}

export interface ExtraRow {
  key: string;
  date: string;
  start: string;
  end: string;
  site: string;
  slot_minutes: number | string;
  categories: string[];
}

export type AvailabilityForm = { weekly: WeeklyRow[]; closures: ClosureRow[]; extra: ExtraRow[] };

/** The contract gives seconds; agendas have none. */
const clockOf = (time: string | null) => time?.slice(0, 5) ?? '';

/** Closures of an agenda, or holidays of a site. */
export function rowsOf(closures: readonly Closure[]): ClosureRow[] {
  return closures.map((closure) => ({
    key: uuid7(),
    first: closure.first,
    last: closure.last,
    start: clockOf(closure.start),
    end: clockOf(closure.end),
    reason: closure.reason ?? '',
  }));
}

export function closuresOf(rows: readonly ClosureRow[]): ClosureBody[] {
  return rows.map(({ key: _, ...row }) => ({
    ...row,
    start: orNull(row.start),
    end: orNull(row.end),
    reason: orNull(row.reason),
  }));
}

export function toForm(from: Availability): AvailabilityForm {
  return {
    weekly: from.weekly.map((block) => ({
      key: uuid7(),
      weekday: String(block.weekday),
      start: clockOf(block.start),
      end: clockOf(block.end),
      site: block.site,
      slot_minutes: block.slot_minutes,
      categories: [...block.categories],
      valid_from: block.valid_from ?? '',
      valid_until: block.valid_until ?? '',
    })),
    closures: rowsOf(from.closures),
    extra: from.extra.map((block) => ({
      key: uuid7(),
      date: block.date,
      start: clockOf(block.start),
      end: clockOf(block.end),
      site: block.site,
      slot_minutes: block.slot_minutes,
      categories: [...block.categories],
    })),
  };
}

export function fromForm({ weekly, closures, extra }: AvailabilityForm): Body {
  return {
    weekly: weekly.map(({ key: _, ...row }) => ({
      ...row,
      weekday: Number(row.weekday),
      end: orNull(row.end),
      slot_minutes: Number(row.slot_minutes),
      valid_from: orNull(row.valid_from),
      valid_until: orNull(row.valid_until),
    })),
    closures: closuresOf(closures),
    extra: extra.map(({ key: _, ...row }) => ({
      ...row,
      end: orNull(row.end),
      slot_minutes: Number(row.slot_minutes),
    })),
  };
}

/** The next weekday, with the hours of the block before it. */
export function newWeekly(last: WeeklyRow | undefined, site: string): WeeklyRow {
  if (last) return { ...last, key: uuid7(), weekday: String((Number(last.weekday) % 7) + 1) };
  const hours = { start: '08:00', end: '13:00', slot_minutes: 20 };
  return { key: uuid7(), weekday: '1', ...hours, site, categories: [], valid_from: '', valid_until: '' };
}

export function newClosure(day: string): ClosureRow {
  return { key: uuid7(), first: addDays(day, 1), last: addDays(day, 1), start: '', end: '', reason: '' };
}

export function newExtra(day: string, site: string): ExtraRow {
  return { key: uuid7(), date: addDays(day, 1), start: '08:00', end: '13:00', site, slot_minutes: 20, categories: [] };
}

/** What is wrong with a field: its text is `field.<fault>`. */
type Fault = 'missing' | 'order' | 'quantum' | 'invalid';
export type Faults = Readonly<Record<string, Fault>>;

const QUANTUM_MINUTES = 5;

/** Faults by the path of the form's field; the same rules as `schemas.agendas`. */
export function formFaults({ weekly, closures, extra }: AvailabilityForm): Faults {
  return {
    ...together('weekly', weekly, weeklyFaults),
    ...closureFaults('closures', closures),
    ...together('extra', extra, extraFaults),
  };
}

export function closureFaults(list: string, rows: readonly ClosureRow[]): Faults {
  return together(list, rows, closureFault);
}

function together<Row>(list: string, rows: readonly Row[], of: (at: string, row: Row) => Faults): Faults {
  return Object.fromEntries(rows.flatMap((row, n) => Object.entries(of(`${list}.${n}`, row))));
}

function closureFault(at: string, row: ClosureRow): Faults {
  return {
    ...dayFault(`${at}.first`, row.first, true),
    ...(row.last < row.first && { [`${at}.last`]: 'order' }),
    ...dayFault(`${at}.last`, row.last, true),
    ...clockFaults(at, row),
  };
}

function weeklyFaults(at: string, row: WeeklyRow): Faults {
  const { valid_from: from, valid_until: until } = row;
  return {
    ...blockFaults(at, row),
    ...(from !== '' && until !== '' && until < from && { [`${at}.valid_until`]: 'order' }),
    ...dayFault(`${at}.valid_from`, from, false),
    ...dayFault(`${at}.valid_until`, until, false),
  };
}

function extraFaults(at: string, row: ExtraRow): Faults {
  return { ...blockFaults(at, row), ...dayFault(`${at}.date`, row.date, true) };
}

function blockFaults(at: string, row: WeeklyRow | ExtraRow): Faults {
  const minutes = Number(row.slot_minutes);
  return {
    ...(row.start === '' && { [`${at}.start`]: 'missing' }),
    ...clockFaults(at, row),
    ...(row.site === '' && { [`${at}.site`]: 'missing' }),
    ...((!(minutes > 0) || minutes % QUANTUM_MINUTES !== 0) && { [`${at}.slot_minutes`]: 'quantum' }),
  };
}

/** What was typed and is no date stays in its field as it is. */
function dayFault(at: string, text: string, required: boolean): Faults {
  if (text === '') return required ? { [at]: 'missing' } : {};
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? {} : { [at]: 'invalid' };
}

function clockFaults(at: string, { start, end }: { readonly start: string; readonly end: string }): Faults {
  return {
    ...(start !== '' && end !== '' && end <= start && { [`${at}.end`]: 'order' }),
    ...clockFault(`${at}.start`, start),
    ...clockFault(`${at}.end`, end),
  };
}

function clockFault(at: string, text: string): Faults {
  if (text === '') return {};
  const [, minute] = /^\d{2}:(\d{2})$/.exec(text) ?? [];
  if (minute === undefined) return { [at]: 'invalid' };
  return Number(minute) % QUANTUM_MINUTES === 0 ? {} : { [at]: 'quantum' };
}

/** The faults in the user's words, for `@mantine/form`. */
export function worded(faults: Faults, t: TFunction): Record<string, string> {
  return Object.fromEntries(Object.entries(faults).map(([path, fault]) => [path, t(`field.${fault}`)]));
}
