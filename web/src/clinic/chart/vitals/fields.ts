/** Which values the form asks for first, by age and pregnancy; the others stand under "more". */
import type { VitalName } from '../../language/units';

const BASIC: readonly VitalName[] = [
  'systolic',
  'diastolic',
  'pulse',
  'respiration',
  'temperature',
  'oxygen_saturation',
  'weight',
  'height',
];
const ALL: readonly VitalName[] = [
  ...BASIC,
  'head_circumference',
  'arm_circumference',
  'pain',
  'glucose',
  'waist',
  'peak_flow',
  'oxygen_flow',
  'oxygen_concentration',
  'fundal_height',
  'fetal_heart_rate',
];
/** The head is measured at every visit until three years, the arm from six months to five years. */
const HEAD_UNTIL_MONTHS = 36;
const ARM_MONTHS = [6, 60] as const;

export function fieldsOf(
  months: number | undefined,
  pregnant: boolean,
): { readonly usual: readonly VitalName[]; readonly rare: readonly VitalName[] } {
  const age = months ?? Infinity;
  const usual: readonly VitalName[] = [
    ...BASIC,
    ...(age < HEAD_UNTIL_MONTHS ? (['head_circumference'] as const) : []),
    ...(age >= ARM_MONTHS[0] && age < ARM_MONTHS[1] ? (['arm_circumference'] as const) : []),
    ...(pregnant ? (['fundal_height', 'fetal_heart_rate'] as const) : []),
  ];
  return { usual, rare: ALL.filter((each) => !usual.includes(each)) };
}
