/** What the form of vital signs holds, and the request that is made of it. */
import dayjs from 'dayjs';
import type { VitalsBody, VitalsSet } from '../../data/chart/vitals';
import { isMoment } from '../../language/typed_date';
import { parseFigure, typedNumber } from '../../language/typed_number';
import { shownIn, type VitalName } from '../../language/units';

export type Typed = Readonly<Partial<Record<VitalName, string>>>;
type Given<Name extends keyof VitalsBody> = NonNullable<VitalsBody[Name]>;
export type Reason = NonNullable<VitalsBody['not_measured']>[VitalName];

export interface Filled {
  readonly typed: Typed;
  readonly measuredAt: string;
  readonly method: string;
  readonly lying: boolean | undefined;
  readonly consciousness: Given<'consciousness'> | '';
  readonly oxygen: Given<'oxygen'> | '';
  readonly oedema: Given<'oedema'> | '';
  readonly absent: Readonly<Partial<Record<VitalName, Reason>>>;
  readonly site: string | undefined;
  /** Values that somebody looked at again. */
  readonly confirmed: readonly VitalName[];
  /** The set that this one replaces. */
  readonly corrects: VitalsSet | undefined;
  readonly encounterId: string | undefined;
}

/** An empty form, or that of a set to correct. */
export function filledOf(set: VitalsSet | undefined, encounterId: string | undefined, unitOf: UnitOf): Filled {
  const given = set?.findings.filter(({ vital }) => vital !== 'bmi' && vital !== 'mean_pressure') ?? [];
  return {
    typed: Object.fromEntries(given.map(({ vital, value }) => [vital, typedOf(value, unitOf(vital))])),
    measuredAt: dayjs(set?.measured_at).format('YYYY-MM-DDTHH:mm'),
    method: set?.temperature_method ?? '',
    lying: set?.lying ?? undefined,
    consciousness: set?.consciousness ?? '',
    oxygen: set?.oxygen ?? '',
    oedema: set?.oedema ?? '',
    absent: Object.fromEntries(set?.not_measured.map(({ vital, reason }) => [vital, reason]) ?? []),
    site: set?.site ?? undefined,
    confirmed: [],
    corrects: set,
    encounterId: set ? (set.encounter ?? undefined) : encounterId,
  };
}

type UnitOf = (vital: VitalName) => string;

/** A stored value as somebody would type it in this unit. */
export function typedOf(value: number, unit: string): string {
  return typedNumber(Math.round(shownIn(value, unit) * 1000) / 1000);
}

/** The request, or which fields hold no number. */
export function bodyOf(
  filled: Filled,
  unitOf: UnitOf,
): VitalsBody | { readonly faulty: readonly (VitalName | 'measured_at')[] } {
  const given = (Object.entries(filled.typed) as [VitalName, string][]).filter(([, text]) => text.trim() !== '');
  const faulty: (VitalName | 'measured_at')[] = given
    .filter(([, text]) => parseFigure(text) === undefined)
    .map(([vital]) => vital);
  if (!isMoment(filled.measuredAt)) faulty.push('measured_at');
  if (faulty.length > 0) return { faulty };
  const names = given.map(([vital]) => vital);
  const { typed, lying, method, consciousness, oxygen, oedema, absent, site, encounterId, corrects } = filled;
  return {
    measured_at: dayjs(filled.measuredAt).toISOString(),
    values: Object.fromEntries(
      given.map(([vital, text]) => [vital, { value: parseFigure(text) ?? 0, unit: unitOf(vital) }]),
    ),
    not_measured: Object.fromEntries(Object.entries(absent).filter(([vital]) => !names.includes(vital as VitalName))),
    confirmed: filled.confirmed.filter((vital) => names.includes(vital)),
    ...(lying !== undefined && typed.height !== undefined && { lying }),
    ...(method !== '' && typed.temperature !== undefined && { temperature_method: method }),
    ...(consciousness !== '' && { consciousness }),
    ...(oxygen !== '' && { oxygen }),
    ...(oedema !== '' && { oedema }),
    ...(site !== undefined && { site }),
    ...(encounterId !== undefined && { encounter: encounterId }),
    ...(corrects && { corrects: { set: corrects.id, version: corrects.version } }),
  };
}

/** Whether there is anything to keep. */
export function isEmpty({ typed, consciousness, oedema, absent }: Filled): boolean {
  const values = Object.values(typed).some((text) => text.trim() !== '');
  return !values && consciousness === '' && oedema === '' && Object.keys(absent).length === 0;
}
