import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { components } from '../../../api/identity';
import { Problem } from '../../../common/problem';
import { forgetDrafts } from '../notes/drafts';
import { identity, unwrap } from '../server/client';
import { forgetToken, keepToken, onSignedOut } from '../server/tokens';
import { isSignedIn, markSignedIn, whoseSession, type Me } from './restoring';

const AGAIN_MS = 3000;
/** Tells the other tabs that the user signed out in this one. */
const SIGNED_OUT = 'telesalud.signedOut';

export type { Me } from './restoring';
export type Started = components['schemas']['SessionStarted'];

interface Session {
  readonly me: Me;
  readonly signOut: () => Promise<void>;
}

interface Door {
  /** `unknown` until the cookie has been tried. */
  readonly state: 'unknown' | 'out' | 'in' | 'expired';
  readonly me: Me | undefined;
  readonly enter: (started: Started) => void;
  /** Reads again who the user is: his second factor has changed. */
  readonly refresh: () => Promise<void>;
  /** The session has ended on the server: sign in again above what is open. */
  readonly expire: () => void;
  readonly signOut: () => Promise<void>;
}

const DoorContext = createContext<Door | undefined>(undefined);

/** Restores the session from the refresh cookie, and keeps what is open when it expires. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const [state, setState] = useState<Door['state']>('unknown');
  const [me, setMe] = useState<Me>();

  useEffect(() => {
    if (!isSignedIn()) {
      setState('out'); // no cookie to try: nobody has signed in here
      return undefined;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const restore = async () => {
      try {
        setMe(await whoseSession());
        setState('in');
      } catch (error) {
        if (error instanceof Problem && error.status < 500 && error.status !== 429) {
          markSignedIn(false);
          setState('out');
        } else {
          timer = setTimeout(() => void restore(), AGAIN_MS); // no answer says nothing about the session
        }
      }
    };
    void restore();
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => onSignedOut(() => setState((now) => (now === 'in' ? 'expired' : now))), []);

  const close = useCallback(() => {
    forgetToken();
    queries.clear(); // what one user read is not the next one's
    setMe(undefined);
    setState('out');
  }, [queries]);
  useEffect(() => {
    const tabs = new BroadcastChannel(SIGNED_OUT);
    tabs.onmessage = () => void forgetDrafts().finally(close);
    return () => tabs.close();
  }, [close]);

  const enter = useCallback(
    (started: Started) => {
      keepToken(started.access_token, started.expires_in);
      markSignedIn(true);
      if (me && me.id !== started.user.id) queries.clear();
      setMe(started.user);
      setState('in');
    },
    [me, queries],
  );
  const signOut = useCallback(async () => {
    await unwrap(identity.POST('/identity/sessions/end')).catch(() => undefined); // it expires by itself
    await forgetDrafts();
    markSignedIn(false);
    const tabs = new BroadcastChannel(SIGNED_OUT);
    tabs.postMessage(null);
    tabs.close();
    close();
  }, [close]);
  const refresh = useCallback(async () => setMe(await unwrap(identity.GET('/identity/me'))), []);
  const expire = useCallback(() => {
    forgetToken();
    setState('expired');
  }, []);
  const door = useMemo(
    () => ({ state, me, enter, refresh, expire, signOut }),
    [state, me, enter, refresh, expire, signOut],
  );
  return <DoorContext.Provider value={door}>{children}</DoorContext.Provider>;
}

export function useDoor(): Door {
  const door = useContext(DoorContext);
  if (!door) throw new Error('outside the session provider');
  return door;
}

/** The signed-in user; only below the shell. */
export function useSession(): Session {
  const { me, signOut } = useDoor();
  if (!me) throw new Error('nobody is signed in');
  return { me, signOut };
}
