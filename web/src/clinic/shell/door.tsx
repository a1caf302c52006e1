import { useEffect, useState, type ComponentType } from 'react';
import { SignIn } from '../auth/sign_in';
import { useDoor } from '../data/session/session';
import { NotFetched, Opening } from '../kit/opening';
import { withTexts } from '../language/i18n';
import classes from './door.module.css';

/** So long after the sign-in page is there, the pages behind it are fetched. */
const AHEAD_MS = 500;

/** The pages behind the door, fetched beside the session, or ahead while somebody signs in. */
function usePages(ahead: boolean): ComponentType | 'missing' | undefined {
  const [pages, setPages] = useState<ComponentType | 'missing'>();
  useEffect(() => {
    const fetchPages = () =>
      void withTexts(import('./routes'), 'desk').then(
        ({ Pages }) => setPages(() => Pages),
        () => setPages('missing'),
      );
    const timer = setTimeout(fetchPages, ahead ? AHEAD_MS : 0);
    return () => clearTimeout(timer);
  }, [ahead]);
  return pages;
}

/** Signed out: the sign-in page. Expired: the same above what was open, which stays as it is. */
export function Door() {
  const { state, me } = useDoor();
  const Pages = usePages(state === 'out');
  if (state === 'out') return <SignIn />;
  if (state === 'unknown' || !Pages) return <Opening />;
  if (Pages === 'missing') return <NotFetched />;
  return (
    <>
      {state === 'expired' && (
        <div className={classes.above}>
          <SignIn />
        </div>
      )}
      {/* Another user begins anew: nothing that the one before had open is his. */}
      <Pages key={me?.id} />
    </>
  );
}
