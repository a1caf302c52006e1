import { Text, VisuallyHidden } from '@mantine/core';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { CALLED_OFF, type Appointment } from '../data/agenda';
import { dateParts } from '../language/format';
import { addDays, clock, startOfMonth, startOfWeek, today, wallClock } from '../language/zone';
import classes from './month.module.css';
import { toneOf } from './tone';
import type { AgendaView } from './view';

const SHOWN = 3;

interface MonthProps {
  readonly agenda: AgendaView;
  readonly items: readonly Appointment[];
}

/** A month as a table of weeks; each day leads to its list. */
export const Month = memo(function Month({ agenda, items }: MonthProps) {
  const first = startOfWeek(startOfMonth(agenda.day));
  const weeks = Array.from({ length: 6 }, (_, week) => addDays(first, week * 7)).filter(
    (monday) => monday.slice(0, 7) <= agenda.day.slice(0, 7),
  );
  const days = new Map<string, Appointment[]>();
  for (const item of items.filter((each) => !CALLED_OFF.has(each.status))) {
    const { day } = wallClock(item.start, agenda.zone);
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return (
    <table className={classes.month}>
      <thead>
        <tr>
          {Array.from({ length: 7 }, (_, n) => addDays(first, n)).map((day) => (
            <th key={day} scope="col">
              <abbr title={dateParts(day, { weekday: 'long' })}>{dateParts(day, { weekday: 'short' })}</abbr>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((monday) => (
          <tr key={monday}>
            {Array.from({ length: 7 }, (_, n) => addDays(monday, n)).map((day) => (
              <Day key={day} day={day} items={days.get(day) ?? []} agenda={agenda} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
});

function Day({ day, items, agenda }: MonthProps & { readonly day: string }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  if (day.slice(0, 7) !== agenda.day.slice(0, 7)) return <td />;
  const next = new URLSearchParams(params);
  next.set('view', 'list');
  next.set('day', day);
  return (
    <td className={classes.day} data-today={day === today(agenda.zone) || undefined}>
      <Link to={`?${next.toString()}`} className={classes.link}>
        <VisuallyHidden>{`${dateParts(day, { day: 'numeric', month: 'long' })}: ${t('agenda.count', { count: items.length })}`}</VisuallyHidden>
        <span className={classes.number} aria-hidden>
          {Number(day.slice(8))}
        </span>
        {items.length > 0 && (
          <span className={classes.count} aria-hidden>
            {items.length}
          </span>
        )}
        <span className={classes.items}>
          {items.slice(0, SHOWN).map((item) => (
            <span key={item.id} className={classes.item} data-tone={toneOf(item.status)}>
              <span className="numeric">{clock(wallClock(item.start, agenda.zone).minutes)}</span>{' '}
              {item.patient.display_name}
            </span>
          ))}
          {items.length > SHOWN && (
            <Text size="xs" c="dimmed" span>
              {t('agenda.more', { count: items.length - SHOWN })}
            </Text>
          )}
        </span>
      </Link>
    </td>
  );
}
