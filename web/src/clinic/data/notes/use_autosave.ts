import { useEffect, useState, useSyncExternalStore } from 'react';
import { Autosave, type State } from './autosave';

/** An Autosave bound to the page: saves when the tab is hidden, the network returns, the page is left. */
export function useAutosave(make: () => Autosave): readonly [Autosave, State] {
  const [autosave] = useState(make);
  const state = useSyncExternalStore(autosave.subscribe, autosave.state);
  useEffect(() => {
    const stop = autosave.start();
    const flush = () => void autosave.flush();
    const hidden = () => document.visibilityState === 'hidden' && flush();
    const leaving = (event: BeforeUnloadEvent) => {
      if (autosave.state().phase !== 'saved') event.preventDefault();
    };
    addEventListener('online', flush);
    addEventListener('beforeunload', leaving);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      stop();
      flush();
      removeEventListener('online', flush);
      removeEventListener('beforeunload', leaving);
      document.removeEventListener('visibilitychange', hidden);
    };
  }, [autosave]);
  return [autosave, state];
}
