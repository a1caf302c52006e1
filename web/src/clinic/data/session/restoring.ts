/** Whose session the refresh cookie holds, asked for once, before the application is there. */
import type { components } from '../../../api/identity';
import { inBrowser } from '../../../common/kept';
import { read, Unreachable } from '../../../common/problem';
import { accessToken } from '../server/tokens';

export type Me = components['schemas']['Me'];

/** Says only that this browser has a session; the token itself is out of scripts' reach. */
const SIGNED_IN = 'telesalud.signedIn';

let asked: Promise<Me> | undefined;

export function isSignedIn(): boolean {
  return inBrowser.get(SIGNED_IN) !== undefined;
}

export function markSignedIn(signedIn: boolean): void {
  if (signedIn) inBrowser.set(SIGNED_IN, 'yes');
  else inBrowser.drop(SIGNED_IN);
  asked = undefined;
}

/** Throws Problem 4xx when signed out; after a failure the next call asks again. */
export function whoseSession(): Promise<Me> {
  asked ??= ask().catch((error: unknown) => {
    asked = undefined;
    throw error;
  });
  return asked;
}

async function ask(): Promise<Me> {
  const headers = { Authorization: `Bearer ${await accessToken()}` };
  let response: Response;
  try {
    response = await fetch('/api/identity/me', { headers });
  } catch {
    throw new Unreachable();
  }
  return (await read(response)) as Me;
}
