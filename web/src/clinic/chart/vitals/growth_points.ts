import dayjs from 'dayjs';
import type { VitalsSet } from './data';
import { plain } from './units';

/** What WHO's standards judge by age. */
export const INDICATORS = ['weight-for-age', 'length-height-for-age', 'bmi-for-age', 'head-circumference-for-age'] as const;
export type Indicator = (typeof INDICATORS)[number];

/** A child's place at one measurement. */
export interface Point {
  readonly set: string;
  readonly on: string;
  readonly months: number;
  readonly z: number;
  readonly percentile: number;
  readonly implausible: boolean;
}

export function live(set: VitalsSet): VitalsSet['growth'] {
  return set.entered_in_error === true ? [] : set.growth;
}

/** Oldest first; age in months as WHO counts them (30.4375 days). */
export function pointsOf(sets: readonly VitalsSet[], indicator: Indicator, birthDate: string): readonly Point[] {
  return sets
    .flatMap((set) =>
      live(set)
        .filter((found) => found.indicator === indicator)
        .map((found) => ({
          set: set.id,
          on: dayjs(set.measured_at).format('YYYY-MM-DD'),
          months: dayjs(set.measured_at).diff(dayjs(birthDate), 'day') / 30.4375,
          z: found.z_score,
          percentile: found.percentile,
          implausible: found.implausible,
        })),
    )
    .sort((one, other) => one.months - other.months);
}

/** `P50`; the ends are written as WHO's tables do. */
export function percentile(value: number): string {
  if (value < 0.1) return '< P0.1';
  if (value > 99.9) return '> P99.9';
  return `P${plain(value)}`;
}
