/** Measured values in a sentence, as they are written in a note. */
import type { TFunction } from 'i18next';
import type { components } from '../../api/patients';
import { plain, symbol } from './units';

type Measured = components['schemas']['MeasuredValue'];

/** `Presión arterial 120/80 mmHg · Pulso 72 /min`. */
export function measuredText(measured: readonly Measured[], t: TFunction): string {
  const of = (vital: Measured['vital']) => measured.find((one) => one.vital === vital);
  const [systolic, diastolic] = [of('systolic'), of('diastolic')];
  const both = systolic && diastolic;
  const pressure = both
    ? [`${t('vitals.bloodPressure')} ${plain(systolic.value)}/${plain(diastolic.value)} ${symbol(systolic.unit)}`]
    : [];
  const others = measured.filter(({ vital }) => !both || (vital !== 'systolic' && vital !== 'diastolic'));
  return [
    ...pressure,
    ...others.map((one) => `${t(`chart.vital.${one.vital}`)} ${plain(one.value)} ${symbol(one.unit)}`),
  ].join(' · ');
}
