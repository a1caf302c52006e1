/** Units of vital signs: UCUM codes with what people write, and the conversions offered here. */
import type { components } from '../../api/patients';
import { currentLanguage, numbersLocale } from './i18n';

export type VitalName = components['schemas']['VitalFinding']['vital'];

/** UCUM codes and how they are written. */
const SYMBOLS: Readonly<Record<string, string>> = {
  'mm[Hg]': 'mmHg',
  '/min': '/min',
  Cel: '°C',
  '[degF]': '°F',
  '%': '%',
  'L/min': 'L/min',
  kg: 'kg',
  g: 'g',
  '[lb_av]': 'lb',
  cm: 'cm',
  m: 'm',
  '[in_i]': 'in',
  'kg/m2': 'kg/m²',
  kPa: 'kPa',
  'cm[Hg]': 'cmHg',
  mm: 'mm',
  '[oz_av]': 'oz',
  '1': '1',
  '{score}': '/10',
};

/** What each vital sign can be entered and read in; the first is what the record stores. */
export const UNITS: Readonly<Record<VitalName, readonly [string, ...string[]]>> = {
  systolic: ['mm[Hg]'],
  diastolic: ['mm[Hg]'],
  pulse: ['/min'],
  respiration: ['/min'],
  temperature: ['Cel', '[degF]'],
  oxygen_saturation: ['%'],
  oxygen_flow: ['L/min'],
  oxygen_concentration: ['%'],
  weight: ['kg', 'g', '[lb_av]'],
  height: ['cm', 'm', '[in_i]'],
  head_circumference: ['cm', '[in_i]'],
  waist: ['cm', '[in_i]'],
  bmi: ['kg/m2'],
  arm_circumference: ['cm', 'mm'],
  mean_pressure: ['mm[Hg]'],
  pain: ['{score}'],
  glucose: ['mg/dL', 'mmol/L'],
  peak_flow: ['L/min'],
  fundal_height: ['cm'],
  fetal_heart_rate: ['/min'],
};

/** How many of the unit make one of the stored unit: by definition (NIST SP 811), glucose by its mole of 180.16 g. */
const FACTORS: Readonly<Record<string, number>> = {
  g: 1000,
  '[lb_av]': 1 / 0.45359237,
  m: 0.01,
  mm: 10,
  'mmol/L': 1 / 18.016,
  '[in_i]': 1 / 2.54,
};

const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/** A UCUM unit as people write it: `10*3/uL` is 10³/µL, annotations such as `{cells}` are left out. */
export function symbol(unit: string): string {
  return (
    SYMBOLS[unit] ??
    unit
      .replace(/\{[^}]*\}/g, '')
      .replace(
        /10[*^](-?\d+)/g,
        (_, power: string) => `10${Array.from(power, (digit) => SUPERSCRIPTS[digit]).join('')}`,
      )
      .replace(/\bu(?=[gLm])/g, 'µ')
      .replace('[iU]', currentLanguage() === 'en' ? 'IU' : 'UI')
      .replace('mm[Hg]', 'mmHg')
  );
}

/** A stored value in another unit of the same vital sign. */
export function shownIn(value: number, unit: string): number {
  if (unit === '[degF]') return (value * 9) / 5 + 32;
  return value * (FACTORS[unit] ?? 1);
}

/** Figures as they are written down: one decimal, two for metres. */
export function figure(value: number, unit: string): string {
  const digits = unit === 'm' ? 2 : unit === 'g' ? 0 : 1;
  return new Intl.NumberFormat(numbersLocale(), { maximumFractionDigits: digits }).format(shownIn(value, unit));
}

/** A number with one decimal at most, as the user's language writes it. */
export function plain(value: number): string {
  return new Intl.NumberFormat(numbersLocale(), { maximumFractionDigits: 1 }).format(
    Math.round(value * 10) / 10 || 0, // never a negative zero
  );
}
