/** Opening hours as form fields: empty texts where the contract has null, `HH:MM` times, a key a row. */
import type { components } from '../../api/appointments';
import { uuid7 } from '../../common/uuid';
import { addDays } from '../agenda/zone';

type Availability = components['schemas']['Availability'];
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

export interface AvailabilityForm {
  weekly: WeeklyRow[];
  closures: ClosureRow[];
  extra: ExtraRow[];
}

/** The contract gives seconds; agendas have none. */
const clockOf = (time: string | null) => time?.slice(0, 5) ?? '';
const orNull = (text: string) => (text.trim() === '' ? null : text.trim());

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
    closures: from.closures.map((closure) => ({
      key: uuid7(),
      first: closure.first,
      last: closure.last,
      start: clockOf(closure.start),
      end: clockOf(closure.end),
      reason: closure.reason ?? '',
    })),
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
    closures: closures.map(({ key: _, ...row }) => ({
      ...row,
      start: orNull(row.start),
      end: orNull(row.end),
      reason: orNull(row.reason),
    })),
    extra: extra.map(({ key: _, ...row }) => ({ ...row, end: orNull(row.end), slot_minutes: Number(row.slot_minutes) })),
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
