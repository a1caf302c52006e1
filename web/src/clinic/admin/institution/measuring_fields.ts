/** A reference range in the fields of its form, and back. */
import type { components } from '../../../api/patients';
import { orNull } from '../../kit/or_null';
import { parseFigure, typedNumber } from '../../language/typed_number';
import { UNITS, type VitalName } from '../../language/units';

export type OwnRange = components['schemas']['OwnRange-Output'];
export type ShippedRange = components['schemas']['ShippedRange'];

export const LIMITS = ['critical_low', 'low', 'high', 'critical_high'] as const;
export type Limit = (typeof LIMITS)[number];
export const VITALS = Object.keys(UNITS) as readonly VitalName[];
const ALL_AGES = 2400;
const YEAR = 12;

export interface RangeFields extends Record<string, unknown> {
  vital: VitalName;
  sex: 'any' | 'male' | 'female';
  pregnant: 'any' | 'yes' | 'no';
  ageUnit: 'years' | 'months';
  from: number | string;
  to: number | string;
  lowest: number | string;
  highest: number | string;
  critical_low: string;
  low: string;
  high: string;
  critical_high: string;
  source: string;
}

type Given = Pick<OwnRange, 'vital'> & { readonly [K in keyof OwnRange]?: OwnRange[K] | undefined };

/** Of a new range when nothing is given. */
export function toFields(range: Given | undefined): RangeFields {
  const from = range?.from_months ?? 0;
  const to = range?.to_months ?? ALL_AGES;
  const whole = from % YEAR === 0 && (to >= ALL_AGES || to % YEAR === 0);
  const per = whole ? YEAR : 1;
  return {
    vital: range?.vital ?? 'oxygen_saturation',
    sex: range?.sex ?? 'any',
    pregnant: range?.pregnant == null ? 'any' : range.pregnant ? 'yes' : 'no',
    ageUnit: whole ? 'years' : 'months',
    from: from === 0 ? '' : from / per,
    to: to >= ALL_AGES ? '' : to / per,
    lowest: range?.from_altitude_m ?? '',
    highest: range?.to_altitude_m ?? '',
    critical_low: written(range?.critical_low),
    low: written(range?.low),
    high: written(range?.high),
    critical_high: written(range?.critical_high),
    source: range?.source ?? '',
  };
}

export function fromFields(fields: RangeFields): OwnRange {
  const per = fields.ageUnit === 'years' ? YEAR : 1;
  const limit = (name: Limit) => parseFigure(fields[name]) ?? null;
  return {
    vital: fields.vital,
    sex: fields.sex === 'any' ? null : fields.sex,
    pregnant: fields.pregnant === 'any' ? null : fields.pregnant === 'yes',
    from_months: fields.from === '' ? 0 : Number(fields.from) * per,
    to_months: fields.to === '' ? ALL_AGES : Number(fields.to) * per,
    from_altitude_m: metres(fields.lowest),
    to_altitude_m: metres(fields.highest),
    critical_low: limit('critical_low'),
    low: limit('low'),
    high: limit('high'),
    critical_high: limit('critical_high'),
    source: fields.source.trim(),
  };
}

export type Fault = 'figure' | 'order' | 'noLimit' | 'ages' | 'altitudes' | 'source';

/** What is wrong by field; the rules are the server's. */
export function faultsOf(fields: RangeFields): ReadonlyMap<string, Fault> {
  const faults = new Map<string, Fault>();
  let highest = -Infinity;
  for (const name of LIMITS) {
    if (fields[name].trim() === '') continue;
    const value = parseFigure(fields[name]);
    if (value === undefined) faults.set(name, 'figure');
    else if (value < highest) faults.set(name, 'order');
    else highest = value;
  }
  if (LIMITS.every((name) => fields[name].trim() === '')) faults.set('low', 'noLimit');
  const made = fromFields(fields);
  if (made.from_months >= made.to_months) faults.set('to', 'ages');
  const { from_altitude_m: from, to_altitude_m: to } = made;
  if (from != null && to != null && from >= to) faults.set('highest', 'altitudes');
  if (orNull(fields.source) === null) faults.set('source', 'source');
  return faults;
}

function written(limit: number | null | undefined): string {
  return limit == null ? '' : typedNumber(limit);
}

function metres(typed: number | string): number | null {
  return typed === '' ? null : Number(typed);
}
