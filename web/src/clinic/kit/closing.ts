import { useCallback, useRef } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * For a panel that can be closed with something unsaved in it: what is in it says so with `changed`,
 * and `mayClose` asks before it is lost.
 */
export function useClosing(): {
  readonly changed: (unsaved: boolean) => void;
  readonly mayClose: () => boolean;
} {
  const { t } = useTranslation();
  const unsaved = useRef(false);
  const changed = useCallback((now: boolean) => {
    unsaved.current = now;
  }, []);
  const mayClose = useCallback(() => !unsaved.current || window.confirm(t('documents.leave')), [t]);
  return { changed, mayClose };
}
