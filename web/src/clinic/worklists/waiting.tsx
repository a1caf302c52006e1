import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { inOrder, useTodaysConsults } from '../data/waiting_room';
import { time } from '../language/format';
import classes from './worklists.module.css';

/** How many patients wait for a call now, and since when the first of them; it leads to their room. */
export function WaitingNow({ user }: { readonly user: string | undefined }) {
  const { t } = useTranslation();
  const consults = useTodaysConsults(user);
  const { waiting } = inOrder(consults.data ?? []);
  const since = waiting[0]?.waiting_since;
  return (
    <Link
      to="/waiting"
      className={classes.counter}
      data-some={waiting.length > 0 || undefined}
      data-urgent={waiting.length > 0 || undefined}
    >
      <span className={`${classes.count} numeric`} aria-busy={consults.isPending || undefined}>
        {consults.data ? waiting.length : '–'}
      </span>
      <span className={classes.name}>
        {t('worklists.waitingNow')}
        {since != null && ` · ${t('worklists.since', { moment: time(since) })}`}
      </span>
    </Link>
  );
}
