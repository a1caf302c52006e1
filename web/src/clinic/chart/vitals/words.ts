/** The server's codes of grades, nutrition and scores in words; a code of a later release stands for itself. */
import type { TFunction } from 'i18next';
import type { VitalName } from '../../language/units';
import { INDICATORS } from './growth_points';

const GRADES = [
  'elevated',
  'stage-1',
  'stage-2',
  'emergency',
  'high-normal',
  'grade-1',
  'grade-2',
  'severe',
  'hypertension',
  'pregnancy-severe',
  'overweight',
  'obesity-1',
  'obesity-2',
  'obesity-3',
] as const;
const NUTRITION = [
  'severe-acute-malnutrition',
  'moderate-acute-malnutrition',
  'severe-stunting',
  'stunting',
  'severe-underweight',
  'underweight',
  'severe-thinness',
  'thinness',
  'overweight',
  'obesity',
] as const;
const BANDS = ['low', 'low-medium', 'medium', 'high'] as const;
const PARTS: readonly VitalName[] = ['respiration', 'systolic', 'pulse', 'temperature', 'oxygen_saturation'];

export function gradeText(code: string, t: TFunction): string {
  const known = GRADES.find((each) => each === code);
  return known === undefined ? code : t(`vitals.grade.${known}`);
}

export function nutritionText(code: string, t: TFunction): string {
  const known = NUTRITION.find((each) => each === code);
  return known === undefined ? code : t(`vitals.nutrition.${known}`);
}

export function bandText(code: string, t: TFunction): string {
  const known = BANDS.find((each) => each === code);
  return known === undefined ? code : t(`vitals.news2.band.${known}`);
}

/** What malnutrition was found by. */
export function basisText(code: string, t: TFunction): string {
  if (code === 'oedema') return t('vitals.oedema.label');
  if (code === 'arm_circumference') return t('vitals.name.arm_circumference');
  const known = INDICATORS.find((each) => each === code);
  return known === undefined ? code : t(`vitals.growth.${known}`);
}

/** A part of NEWS2. */
export function partText(code: string, t: TFunction): string {
  if (code === 'oxygen') return t('vitals.oxygen.label');
  if (code === 'consciousness') return t('vitals.consciousness.label');
  if (code === 'altitude') return t('vitals.news2.altitude');
  const known = PARTS.find((each) => each === code);
  return known === undefined ? code : t(`vitals.name.${known}`);
}
