import type { TFunction } from 'i18next';
import { Problem, Unreachable, type FieldProblem } from '../../common/problem';

/** Refusals with words of their own, by the last part of their type. */
const KINDS = [
  'slot-taken',
  'patient-busy',
  'outside-hours',
  'agenda-changed',
  'invalid-transition',
  'patient-deceased',
  'patient-merged',
  'group-full',
  'series-busy',
  'series-conflicts',
  'consult-ended',
  'likely-duplicate',
  'document-taken',
  'session-expired',
  'on-hold',
  'retention-runs',
  'too-early',
  'no-record-number',
  'no-offer',
  'upload-missing',
  'no-terminology',
  'user-name-taken',
  'seat-taken',
  'superseded',
  'not-open-yet',
] as const;

/** What went wrong, in the user's words, with what to do next. */
export function explain(error: unknown, t: TFunction): string {
  if (error instanceof Unreachable) return t('error.unreachable');
  if (!(error instanceof Problem)) return t('error.internalPlain');
  const kind = KINDS.find((each) => each === error.kind);
  if (kind) return t(`refusal.${kind}`);
  switch (error.status) {
    case 401:
      return t('refusal.session-expired');
    case 403:
      return t('error.forbidden');
    case 404:
      return t('error.notFound');
    case 409:
      return t('error.conflict');
    case 410:
      return t('error.gone');
    case 413:
      return t('error.tooLarge');
    case 412:
      return t('error.stale');
    case 422:
      return t('error.invalid');
    case 429:
      return t('error.tooMany', { count: secondsToWait(error) });
    case 503:
      return t('error.unavailable');
    default:
      return error.instance === '' ? t('error.internalPlain') : t('error.internal', { instance: error.instance });
  }
}

/** How long to wait before trying again, a minute when the server does not say. */
function secondsToWait({ extra }: Problem): number {
  const seconds = extra['retry_after'];
  return typeof seconds === 'number' ? seconds : 60;
}

/** Codes of refused fields (ours, and pydantic's) by what the person can do about them. */
const FIELD_CODES: readonly (readonly [
  RegExp,
  (
    | 'missing'
    | 'short'
    | 'long'
    | 'taken'
    | 'unknown'
    | 'checkDigit'
    | 'future'
    | 'afterDeath'
    | 'beforeBirth'
    | 'digits'
  ),
])[] = [
  [/^(missing|required)$/, 'missing'],
  [/(too_short|too-short|greater_than)/, 'short'],
  [/(too_long|too-long|less_than|too-far|too_far)/, 'long'],
  [/^(duplicate|repeated|same)$/, 'taken'],
  [/^(unknown|not-granted)/, 'unknown'],
  [/^check-digit$/, 'checkDigit'],
  [/^(future|in-future|too-early)$/, 'future'],
  [/^after-death$/, 'afterDeath'],
  [/^before-birth$/, 'beforeBirth'],
  [/^digits$/, 'digits'],
];

/** What is wrong with one field. */
export function explainField(fault: FieldProblem, t: TFunction): string {
  if (fault.code === 'unprintable') {
    return t('field.unprintable', { characters: String(fault.params?.['characters'] ?? '') });
  }
  if (fault.code === 'below-law') return t('field.belowLaw', { least: Number(fault.params?.['least'] ?? 0) });
  const found = FIELD_CODES.find(([codes]) => codes.test(fault.code));
  return t(`field.${found ? found[1] : 'invalid'}`);
}
