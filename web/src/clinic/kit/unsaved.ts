import { useCallback, useEffect, useEffectEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useBlocker } from 'react-router';

/** Every form on the page that could hold something unsaved: the router asks only one of them. */
const forms = new Set<() => boolean>();

/**
 * Asks before what was typed is left behind: by a link, the back button, or closing the tab. Call
 * what it returns once everything is saved, before leaving. `onChanged` tells a panel around it
 * whether there is something to ask about when it is closed.
 */
export function useUnsaved(unsaved: boolean, onChanged?: (unsaved: boolean) => void): () => void {
  const { t } = useTranslation();
  const saved = useRef(false);
  const isUnsaved = useEffectEvent(() => unsaved && !saved.current);
  useEffect(() => {
    const ask = () => isUnsaved();
    forms.add(ask);
    return () => void forms.delete(ask);
  }, []);
  const blocker = useBlocker(
    ({ currentLocation: from, nextLocation: to }) =>
      [...forms].some((ask) => ask()) && from.pathname + from.search !== to.pathname + to.search,
  );
  useEffect(() => {
    if (blocker.state !== 'blocked') return;
    if (window.confirm(t('documents.leave'))) blocker.proceed();
    else blocker.reset();
  }, [blocker, t]);
  useEffect(() => {
    if (!unsaved) return undefined;
    const ask = (event: BeforeUnloadEvent) => {
      if (!saved.current) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [unsaved]);
  useEffect(() => {
    onChanged?.(unsaved);
    return () => onChanged?.(false);
  }, [unsaved, onChanged]);
  return useCallback(() => {
    saved.current = true;
  }, []);
}
