/**
 * What survives a reload. The session and the link's secret live in sessionStorage (this tab only):
 * with the secret, whoever was away longer than a session lasts comes back by himself. localStorage
 * keeps nothing but a random device mark, which is worthless without the secret.
 */
import type { Session } from '../../common/consult_types';

const SESSION = 'telesalud.session';
const SECRET = 'telesalud.secret';
const DEVICE = 'telesalud.device';
const PASSED = 'telesalud.passed';

export function deviceMark(): string {
  const kept = localStorage.getItem(DEVICE);
  if (kept) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  const mark = btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  localStorage.setItem(DEVICE, mark);
  return mark;
}

/** The secret of this tab's link: from the address bar, which is cleaned at once, or from before. */
export function takeSecret(): string | undefined {
  const secret = location.hash.slice(1);
  if (secret === '') return sessionStorage.getItem(SECRET) ?? undefined;
  history.replaceState(null, '', location.pathname);
  if (secret !== sessionStorage.getItem(SECRET)) forgetSession();
  sessionStorage.setItem(SECRET, secret);
  return secret;
}

export function keepSession(session: Session): void {
  sessionStorage.setItem(SESSION, JSON.stringify(session));
}

export function keptSession(): Session | undefined {
  const text = sessionStorage.getItem(SESSION);
  if (text === null) return undefined;
  const session = JSON.parse(text) as Session;
  return Date.parse(session.expires_at) > Date.now() ? session : undefined;
}

/** The secret stays: with it a reload says what became of the consult. */
export function forgetSession(): void {
  sessionStorage.removeItem(SESSION);
  sessionStorage.removeItem(PASSED);
}

/** How far this consult's patient had come: a reload goes back there. */
export type Passed = 'consented' | 'checked';

export function keepPassed(consultId: string, passed: Passed): void {
  sessionStorage.setItem(PASSED, `${consultId}:${passed}`);
}

export function passed(consultId: string): Passed | undefined {
  const [id, step] = (sessionStorage.getItem(PASSED) ?? '').split(':');
  if (id !== consultId) return undefined;
  return step === 'consented' || step === 'checked' ? step : undefined;
}
