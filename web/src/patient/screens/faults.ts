import { Problem, Unreachable } from '../../common/problem';
import type { Key } from '../../locales/patient';

/** What a failed act is called: the connection only where it was the connection. */
export function faultOf(error: unknown): Key {
  if (error instanceof Unreachable) return 'faultConnection';
  if (!(error instanceof Problem)) return 'faultOurs';
  if (error.status === 401 || error.status === 410) return 'faultOver';
  if (error.status === 429 || error.status === 503) return 'faultBusy';
  if (error.status >= 500) return 'faultOurs';
  return 'faultRefused';
}

/** Why an upload was not taken. */
export function uploadFault(error: unknown): Key {
  if (error instanceof Problem && error.status === 409) return 'fileTooMany';
  if (error instanceof Problem && [400, 413, 422].includes(error.status)) return 'fileInvalid';
  if (error instanceof DOMException) return 'fileUnreadable';
  return faultOf(error);
}

const REFUSALS: Readonly<Record<string, Key>> = {
  'type-not-allowed': 'fileTypeRefused',
  'type-mismatch': 'fileMismatch',
  'hash-mismatch': 'fileDamaged',
  infected: 'fileInfected',
  missing: 'fileDamaged',
  encrypted: 'fileEncrypted',
  active: 'fileActive',
};

/** Why a file was not passed on once it had been examined. */
export function refusalOf(code: string | null | undefined): Key {
  return REFUSALS[code ?? ''] ?? 'fileRefused';
}
