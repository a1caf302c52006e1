/** Sums over weeks, shares, and how one period differs from the one before. */
import { addDays } from '../language/zone';

const DAYS = 7;

/** The Monday of a day's week: weeks of sums begin on it in every country. */
export function mondayOf(day: string): string {
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % DAYS));
}

/** The Mondays of `count` weeks from that of `first` on. */
export function mondays(first: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, week) => addDays(mondayOf(first), week * DAYS));
}

export function addWeeks(day: string, count: number): string {
  return addDays(day, count * DAYS);
}

/** What is known of each week, in order; nothing was counted in a week that is not there. */
export function aligned<T extends { readonly week: string }>(
  weeks: readonly T[],
  order: readonly string[],
  of: (week: T) => number | null,
): readonly (number | null)[] {
  const known = new Map(weeks.map((week) => [week.week, week]));
  return order.map((week) => {
    const found = known.get(week);
    return found ? of(found) : 0;
  });
}

/** What is counted in weeks, in two periods of the same length. */
export interface Periods<T> {
  readonly now: readonly T[];
  readonly before: readonly T[];
}

export function inPeriods<T extends { readonly week: string }>(weeks: readonly T[], first: string): Periods<T> {
  const since = mondayOf(first);
  return { now: weeks.filter(({ week }) => week >= since), before: weeks.filter(({ week }) => week < since) };
}

export function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** A part of a whole in per cent; nothing where there is no whole. */
export function percent(part: number, whole: number): number | null {
  return whole > 0 ? (100 * part) / whole : null;
}

/** How much each; nothing where there was none. */
export function mean(total: number, count: number): number | null {
  return count > 0 ? total / count : null;
}

/** By how much a figure differs from the one before, to one decimal. */
export function change(now: number | null, before: number | null): number | null {
  if (now === null || before === null) return null;
  return Math.round((now - before) * 10) / 10;
}

/** A round number at or above the largest value, whose half is whole: where the axis ends. */
export function ceiling(largest: number): number {
  if (largest <= 10) return 2 * Math.max(1, Math.ceil(largest / 2));
  const step = 10 ** Math.floor(Math.log10(largest));
  const round = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8].find((each) => each * step >= largest) ?? 10;
  return Math.round(round * step);
}
