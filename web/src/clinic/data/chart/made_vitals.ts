/** A made-up set of vital signs, for tests. */
import type { VitalsSet } from './vitals';

export function madeSet(id: string, moment: string, value: number, more: Partial<VitalsSet> = {}): VitalsSet {
  const finding = {
    vital: 'weight',
    loinc: '29463-7',
    value,
    unit: 'kg',
    interpretation: null,
    low: null,
    high: null,
    unusual: false,
    likely_unit: null,
    grade: null,
    source: null,
  } as const;
  const growth = [
    {
      indicator: 'weight-for-age',
      loinc: null,
      z_score: 0.5,
      percentile: 69.1,
      implausible: false,
      value: null,
      stature: null,
      standard: 'who',
      age_days: null,
    },
  ];
  const base = {
    patient: 'p',
    version: 1,
    recorded_at: moment,
    recorded_by: 'u',
    encounter: null,
    temperature_method: null,
    lying: null,
    site: null,
    altitude_m: null,
    consciousness: null,
    oxygen: null,
    oedema: null,
    not_measured: [],
    nutrition: [],
    scores: [],
    gestation_days: null,
    corrects: null,
  };
  return { ...base, id, measured_at: moment, findings: [finding], growth, entered_in_error: false, ...more };
}
