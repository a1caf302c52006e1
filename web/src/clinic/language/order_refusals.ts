import type { TFunction } from 'i18next';
import { Problem } from '../../common/problem';
import { explain } from './refusals';

const REFUSALS = [
  'patient-deceased',
  'blocking-alerts',
  'no-catalogue',
  'prescriber-not-registered',
  'result-superseded',
  'upload-missing',
  'invalid-transition',
  'session-expired',
] as const;

/** A refusal of orders in the user's words. */
export function refusal(error: unknown, t: TFunction): string {
  const kind = error instanceof Problem ? REFUSALS.find((each) => each === error.kind) : undefined;
  return kind ? t(`orders.refused.${kind}`) : explain(error, t);
}
