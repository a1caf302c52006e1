import { day } from '../language/format';
import type { LotBalance } from './pharmacy';

/** The name by which a lot is known: its expiry and its number. */
export function lotName(number: string, expiry: string | null): string {
  return `${expiry ?? 'none'}.${number}`;
}

/** The number and the last day that a lot's name tells. */
export function partsOf(lot: string): { readonly number: string; readonly expiry: string | null } {
  const at = lot.indexOf('.');
  const expiry = lot.slice(0, at);
  return { number: lot.slice(at + 1), expiry: expiry === 'none' ? null : expiry };
}

/** A lot as people say it: `L1 · 31/01/2027`. */
export function lotText(lot: string): string {
  const { number, expiry } = partsOf(lot);
  return expiry === null ? number : `${number} · ${day(expiry)}`;
}

/** Whether a lot may reach a patient now. */
export function usable({ expired, state }: LotBalance): boolean {
  return !expired && state === 'open';
}
