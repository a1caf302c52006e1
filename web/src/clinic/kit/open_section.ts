import { useEffect, useRef, type RefObject } from 'react';
import { useLocation } from 'react-router';

/** For a row of links that scrolls on a phone, where the open one may be beyond the edge: it is brought into sight. */
export function useOpenInSight(): RefObject<HTMLElement | null> {
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [pathname]);
  return nav;
}
