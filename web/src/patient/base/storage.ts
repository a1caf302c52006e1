/**
 * What survives a reload. The session and the link's secret live in sessionStorage (this tab only):
 * with the secret, whoever was away longer than a session lasts comes back by themselves. localStorage
 * keeps nothing but a random device mark, which is worthless without the secret. Where the browser
 * blocks both, secret and mark stay in the address, behind the sign that no server sees.
 */
import type { Session } from '../../common/consult_types';
import { inBrowser, inTab } from '../../common/kept';

const SESSION = 'telesalud.session';
const SECRET = 'telesalud.secret';
const DEVICE = 'telesalud.device';
const PASSED = 'telesalud.passed';

const SECRET_LENGTH = 43;
/** Secrets of the earlier module's interface, and the marks that messengers put around a link. */
const EARLIER = /^([0-9a-f]{40})[_-]*$/;
const WORD = /[A-Za-z0-9_-]{40,}/;
const MARK = /~([A-Za-z0-9_-]{22,128})/;

/** The secret in a link's fragment, whatever mail and messengers have put around it. */
export function secretIn(fragment: string): string | undefined {
  const word = WORD.exec(decoded(fragment))?.[0];
  if (word === undefined) return undefined;
  return EARLIER.exec(word)?.[1] ?? word.slice(0, SECRET_LENGTH);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign
  }
}

/** A random mark of this browser, to which the link is bound. */
export function deviceMark(): string {
  const kept = inBrowser.get(DEVICE) ?? MARK.exec(location.hash)?.[1];
  const mark = kept ?? newMark();
  inBrowser.set(DEVICE, mark);
  const secret = inTab.get(SECRET);
  if (secret !== undefined && !isKept()) history.replaceState(null, '', `${location.pathname}#${secret}~${mark}`);
  return mark;
}

function newMark(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

function isKept(): boolean {
  return inBrowser.lasting && inTab.lasting;
}

/** The secret of this tab's link: from the address bar, which is cleared where it can be, or before. */
export function takeSecret(): string | undefined {
  const given = location.hash.length > 1 ? location.hash.slice(1) : location.pathname.replace(/^\/c\/?/, '');
  if (given === '') return inTab.get(SECRET);
  const secret = secretIn(given.split('~')[0] ?? '');
  if (isKept()) history.replaceState(null, '', '/c/');
  if (secret === undefined) return undefined;
  if (secret !== inTab.get(SECRET)) {
    forgetSession();
    inTab.drop(PASSED);
  }
  inTab.set(SECRET, secret);
  return secret;
}

/** The secret of this tab's link, as it was taken. */
export function heldSecret(): string | undefined {
  return inTab.get(SECRET);
}

export function keepSession(session: Session): void {
  inTab.set(SESSION, JSON.stringify(session));
}

/** A session of before the reload; whether it still holds, the server says. */
export function keptSession(): Session | undefined {
  const text = inTab.get(SESSION);
  if (text === undefined) return undefined;
  return { ...(JSON.parse(text) as Session), expires_in: 0 };
}

/** The secret stays: with it a reload says what became of the consult. */
export function forgetSession(): void {
  inTab.drop(SESSION);
}

/** Whoever comes back is asked again. */
export function forgetVisit(): void {
  forgetSession();
  inTab.drop(PASSED);
}

/** How far this consult's patient had come: a reload, or a session that grew too old, goes back there. */
export type Passed = 'consented' | 'checked';

export function keepPassed(consultId: string, passed: Passed): void {
  inTab.set(PASSED, `${consultId}:${passed}`);
}

export function passed(consultId: string): Passed | undefined {
  const [id, step] = (inTab.get(PASSED) ?? '').split(':');
  if (id !== consultId) return undefined;
  return step === 'consented' || step === 'checked' ? step : undefined;
}
