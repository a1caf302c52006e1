import type { TFunction } from 'i18next';
import { Problem } from '../../common/problem';
import { explain } from '../language/refusals';

const KINDS = [
  'not-enough-stock',
  'lot-unusable',
  'warehouse-leased',
  'being-counted',
  'beyond-prescription',
  'not-dispensable',
  'alerts-unseen',
] as const;
/** Why nothing of a prescription may be dispensed. */
export const WHY = [
  'deceased',
  'draft',
  'on_hold',
  'stopped',
  'completed',
  'entered_in_error',
  'expired',
  'dispensed',
  'line-stopped',
] as const;
const FIELDS = ['equivalent', 'substitution', 'unit', 'more-than-given', 'too-much', 'not-counted'] as const;

export function why(reason: string, t: TFunction<'pharmacy'>): string {
  const known = WHY.find((each) => each === reason);
  return known ? t(`why.${known}`) : t('why.other');
}

/** A refusal of the pharmacy in the user's words, with what to do next. */
export function refusal(error: unknown, t: TFunction<'pharmacy'>, common: TFunction): string {
  if (!(error instanceof Problem)) return explain(error, common);
  const kind = KINDS.find((each) => each === error.kind);
  const told = (name: string) => {
    const value = error.extra[name];
    return Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : '';
  };
  if (kind === 'not-dispensable') return why(told('why'), t);
  if (kind) return t(`refused.${kind}`, { left: told('left'), lot: told('lot') });
  const fault = error.fields[0];
  if (error.status === 422 && fault) {
    const field = FIELDS.find((each) => each === fault.code);
    if (field) return t(`faults.${field}`);
    if (fault.pointer.endsWith('/lot_reason')) return t('faults.lotReason');
    if (fault.pointer.endsWith('reason')) return t('faults.reason');
    if (fault.pointer.endsWith('/expiry')) return t('faults.expiry');
    if (fault.pointer === '/receiver') return t('faults.receiver');
  }
  return explain(error, common);
}
