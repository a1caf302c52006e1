/** What the user's roles let him see. The server decides; this only leaves out what it would refuse. */
import type { Me } from './session';
import { useSession } from './session';

export type Role = Me['roles'][number];

export const ROLES = [
  'administrator',
  'physician',
  'nurse',
  'front_desk',
  'pharmacist',
  'laboratory',
  'auditor',
  'pharmacy_assistant',
  'ward_nurse',
  'admissions',
  'billing',
] as const satisfies readonly Role[];

/** Who sees the agenda. */
export const AGENDA: readonly Role[] = [
  'administrator',
  'physician',
  'nurse',
  'front_desk',
  'pharmacist',
  'laboratory',
  'auditor',
  'admissions',
];
/** Who books, receives and joins patients. */
export const DESK: readonly Role[] = ['administrator', 'physician', 'nurse', 'front_desk'];
/** Who registers patients and corrects who they are. */
export const REGISTRARS: readonly Role[] = [...DESK, 'admissions'];
/** Who may overrule opening hours. */
export const OVERRULE: readonly Role[] = ['administrator', 'physician'];
export const ADMINISTRATOR: readonly Role[] = ['administrator'];
/** Who reads clinical records; the server decides again for each patient. */
export const RECORDS: readonly Role[] = ['physician', 'nurse'];
/** Who reads orders and their results. */
export const ORDERS: readonly Role[] = ['physician', 'nurse', 'laboratory'];
/** Who works in the pharmacy, or sets it up. */
export const PHARMACY: readonly Role[] = ['pharmacist', 'pharmacy_assistant', 'administrator'];
/** Who works with patients who are admitted. */
export const HOSPITAL: readonly Role[] = ['physician', 'nurse', 'ward_nurse', 'admissions', 'administrator'];
/** Who asks the pharmacy for what a patient needs, and records what is given. */
export const WARD: readonly Role[] = ['physician', 'nurse', 'ward_nurse'];
/** Who admits patients. */
export const ADMIT: readonly Role[] = ['physician', 'nurse', 'admissions', 'administrator'];
export const PHYSICIAN: readonly Role[] = ['physician'];
/** Who sees payers, contracts, vouchers or invoices. */
export const BILLING: readonly Role[] = ['billing', 'admissions', 'administrator', 'auditor'];
/** Who issues vouchers. */
export const VOUCHERS: readonly Role[] = ['billing', 'admissions'];
export const INVOICES: readonly Role[] = ['billing'];
/** Who sees invoices and prices. */
export const MONEY: readonly Role[] = ['billing', 'administrator', 'auditor'];
/** Who keeps contracts and prices. */
export const CONTRACTS: readonly Role[] = ['billing', 'administrator'];
/** Who writes which contracts pay for a patient. */
export const COVERS: readonly Role[] = ['administrator', 'physician', 'nurse', 'front_desk', 'admissions'];
/** Who moves stock. */
export const STOCK: readonly Role[] = ['pharmacist', 'pharmacy_assistant'];
export const PHARMACIST: readonly Role[] = ['pharmacist'];
/** Who may ask for some report. */
export const REPORTS: readonly Role[] = ['administrator', 'physician', 'nurse', 'front_desk', 'laboratory'];
/** Who has a dashboard: of their own day, or of the institution. */
export const DASHBOARDS: readonly Role[] = ['administrator', 'physician', 'nurse'];
/** Who has audit trails checked, and reads those of accounts. */
export const AUDITOR: readonly Role[] = ['auditor'];
/** Who reads audit trails. */
export const TRAIL: readonly Role[] = ['administrator', 'auditor'];

export function useHasRole(): (wanted: readonly Role[]) => boolean {
  const { me } = useSession();
  return (wanted) => wanted.some((role) => me.roles.includes(role));
}
