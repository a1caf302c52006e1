/** Measured values in a sentence, as they are written in a note. */
import type { TFunction } from 'i18next';
import type { components } from '../../api/patients';
import { plain, symbol, type VitalName } from './units';

type Measured = components['schemas']['MeasuredValue'];

/** `Presión arterial 120/80 mmHg · Pulso 72 /min`. */
export function measuredText(measured: readonly Measured[], t: TFunction): string {
  return paired(measured)
    .map(({ first, second }) => `${nameOf(first.vital, second !== undefined, t)} ${figures(first, second)}`)
    .join(' · ');
}

/** Values in their order, the two pressures as one; the mean pressure follows from them and is left out. */
export function paired<V extends { readonly vital: VitalName }>(values: readonly V[]): readonly Pair<V>[] {
  const diastolic = values.find((one) => one.vital === 'diastolic');
  const both = diastolic !== undefined && values.some((one) => one.vital === 'systolic');
  return values
    .filter(({ vital }) => vital !== 'mean_pressure' && !(both && vital === 'diastolic'))
    .map((first) => (both && first.vital === 'systolic' ? { first, second: diastolic } : { first }));
}

export interface Pair<V> {
  readonly first: V;
  /** The diastolic pressure beside the systolic. */
  readonly second?: V;
}

export function nameOf(vital: VitalName, both: boolean, t: TFunction): string {
  return both ? t('vitals.bloodPressure') : t(`chart.vital.${vital}`);
}

/** `188/112 mmHg`, `7/10`, `36,5 °C`. */
export function figures(first: Figure, second?: Figure): string {
  const value = second ? `${plain(first.value)}/${plain(second.value)}` : plain(first.value);
  const unit = symbol(first.unit);
  return unit.startsWith('/1') ? `${value}${unit}` : `${value} ${unit}`;
}

interface Figure {
  readonly value: number;
  readonly unit: string;
}
