import dayjs from 'dayjs';
import type { TFunction } from 'i18next';
import type { components } from '../../../api/patients';
import type { VitalsSet } from '../../data/chart/vitals';
import { plain, type VitalName } from '../../language/units';

export type Indicator = components['schemas']['GrowthCurves']['indicator'];
type Finding = components['schemas']['GrowthFinding'];

/** What WHO's charts judge, and the measure that is judged. */
const MEASURES: Readonly<Record<Indicator, VitalName>> = {
  'weight-for-age': 'weight',
  'length-height-for-age': 'height',
  'weight-for-length': 'weight',
  'weight-for-height': 'weight',
  'bmi-for-age': 'bmi',
  'head-circumference-for-age': 'head_circumference',
};
export const INDICATORS: readonly Indicator[] = [
  'weight-for-age',
  'length-height-for-age',
  'weight-for-length',
  'weight-for-height',
  'bmi-for-age',
  'head-circumference-for-age',
];
/** As WHO counts them. */
const DAYS_PER_MONTH = 30.4375;
/** uPlot takes each x once; a child may be measured twice at one age or length. */
const APART = 1e-6;

/** A child's place at one measurement. */
export interface Point {
  readonly set: string;
  readonly on: string;
  readonly months: number;
  /** Months, or cm where a weight is judged by length or height. */
  readonly x: number;
  readonly value: number;
  readonly z: number;
  readonly percentile: number;
  readonly implausible: boolean;
  /** Compared with preterm children, before the day on which birth was due. */
  readonly preterm: boolean;
}

/** Beyond these deviations a value would squeeze all others flat; it stands in the table. */
const DRAWN_TO = 6;

export function isDrawn({ z, preterm }: Point): boolean {
  return Math.abs(z) <= DRAWN_TO && !preterm;
}

export function live(set: VitalsSet): VitalsSet['growth'] {
  return set.entered_in_error ? [] : set.growth;
}

/** By age or stature, ascending. */
export function pointsOf(sets: readonly VitalsSet[], indicator: Indicator, birthDate: string): readonly Point[] {
  return sets
    .flatMap((set) =>
      live(set)
        .filter((found) => found.indicator === indicator)
        .flatMap((found) => pointOf(set, found, indicator, birthDate)),
    )
    .sort((one, other) => one.x - other.x)
    .map((point, place) => ({ ...point, x: point.x + place * APART }));
}

/** Records of before what was compared was kept have the measured value alone. */
function pointOf(set: VitalsSet, found: Finding, indicator: Indicator, birthDate: string): readonly Point[] {
  const value = found.value ?? set.findings.find((one) => one.vital === MEASURES[indicator])?.value;
  if (value === undefined) return [];
  const days = found.age_days ?? dayjs(set.measured_at).diff(dayjs(birthDate), 'day');
  const months = days / DAYS_PER_MONTH;
  return [
    {
      set: set.id,
      on: dayjs(set.measured_at).format('YYYY-MM-DD'),
      months,
      x: found.stature ?? months,
      value,
      z: found.z_score,
      percentile: found.percentile,
      implausible: found.implausible,
      preterm: found.standard === 'intergrowth-21st',
    },
  ];
}

/** `P50`; the ends are written as WHO's tables do. */
export function percentile(value: number): string {
  if (value < 0.1) return `< P${plain(0.1)}`;
  if (value > 99.9) return `> P${plain(99.9)}`;
  return `P${plain(value)}`;
}

/** An age as a paediatrician says it: days to one month, months to two years, then years and months. */
export function ageText(months: number, t: TFunction): string {
  const whole = Math.floor(months + 0.02); // months of 30.4375 days are a little off the calendar's
  if (months < 0) return t('vitals.growth.beforeTerm', { count: Math.round(-months * DAYS_PER_MONTH) });
  if (whole < 1) return t('vitals.growth.days', { count: Math.round(months * DAYS_PER_MONTH) });
  if (whole < 24) return t('vitals.growth.months', { count: whole });
  const years = t('vitals.growth.years', { count: Math.floor(whole / 12) });
  return whole % 12 === 0 ? years : `${years} ${t('vitals.growth.months', { count: whole % 12 })}`;
}

/** An age at the axis: `6 m`, `2 a`. */
export function ageTick(months: number, t: TFunction): string {
  if (months === 0) return '0';
  return months % 12 === 0
    ? t('vitals.growth.yearsShort', { years: months / 12 })
    : t('vitals.growth.monthsShort', { months: plain(months) });
}
