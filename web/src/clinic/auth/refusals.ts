import type { TFunction } from 'i18next';
import { Problem, Unreachable } from '../../common/problem';

/** What went wrong, in the user's words, with what to do next. */
export function explain(error: unknown, t: TFunction): string {
  if (error instanceof Unreachable) return t('error.unreachable');
  if (!(error instanceof Problem)) return t('error.internal', { instance: '' });
  switch (error.status) {
    case 403:
      return t('error.forbidden');
    case 404:
      return t('error.notFound');
    case 409:
      return error.message;
    case 412:
      return t('error.stale');
    case 422:
      return t('error.invalid');
    case 429:
      return t('error.tooMany', { seconds: String(error.extra['retry_after'] ?? 60) });
    case 503:
      return t('error.unavailable');
    default:
      return t('error.internal', { instance: error.instance });
  }
}
