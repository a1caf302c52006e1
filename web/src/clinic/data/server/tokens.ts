/**
 * The access token of this tab. It lives in memory only; the refresh token is an HttpOnly cookie
 * that scripts cannot read. Tabs that need a new token at the same moment share one refresh.
 */
import { Problem, read, Unreachable } from '../../../common/problem';

interface Kept {
  readonly token: string;
  readonly until: number;
}

const EARLY_MS = 30_000;

let kept: Kept | undefined;
let refreshing: Promise<string> | undefined;
const listeners = new Set<() => void>();

/** Called when the session has ended for good and the user has to sign in again. */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function keepToken(token: string, expiresIn: number): void {
  kept = { token, until: Date.now() + expiresIn * 1000 - EARLY_MS };
}

export function forgetToken(): void {
  kept = undefined;
}

/** Whose token it is (the claim `sub`, RFC 7519). Throws Problem 401 when signed out. */
export async function tokenOwner(): Promise<string | undefined> {
  const [, payload = ''] = (await accessToken()).split('.');
  const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { readonly sub?: string };
  return claims.sub;
}

/** A token that is still good, refreshed if need be. Throws Problem 401 when signed out. */
export async function accessToken(): Promise<string> {
  if (kept && kept.until > Date.now()) return kept.token;
  refreshing ??= refresh().finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

async function refresh(): Promise<string> {
  try {
    // One tab at a time: a rotated refresh token used twice would end the session.
    return await navigator.locks.request('telesalud.refresh', async () => {
      const answer = (await post('/api/identity/sessions/refresh')) as {
        readonly access_token: string;
        readonly expires_in: number;
      };
      keepToken(answer.access_token, answer.expires_in);
      return answer.access_token;
    });
  } catch (error) {
    // 400 invalid-grant: the cookie is gone, expired or was used twice (RFC 6749 §5.2).
    if (error instanceof Problem && [400, 401, 403].includes(error.status)) {
      forgetToken();
      listeners.forEach((listener) => listener());
    }
    throw error;
  }
}

async function post(path: string): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
  } catch {
    throw new Unreachable();
  }
  return read(response);
}
