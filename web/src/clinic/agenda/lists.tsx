import { Button, Paper, Stack, Title } from '@mantine/core';
import { IconCalendarOff, IconChevronDown } from '@tabler/icons-react';
import { Fragment, memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Appointment } from '../data/agenda';
import { Empty } from '../kit/states';
import { dateParts, time } from '../language/format';
import { today, wallClock } from '../language/zone';
import { AppointmentRow } from './appointment_row';
import { placeOfNow, splitPast } from './past';
import classes from './row.module.css';
import { ALL, type AgendaView } from './view';

interface ListsProps {
  readonly agenda: AgendaView;
  readonly items: readonly Appointment[];
  readonly onBook: () => void;
}

/** Rows at once: everybody's day at a large site has hundreds. */
const ROWS = 40;

/** By day and time; what a phone shows for a day and a week too. */
export const Lists = memo(function Lists({ agenda, items, onBook }: ListsProps) {
  const { t } = useTranslation();
  const [rows, setRows] = useState(ROWS);
  const [all, setAll] = useState(false);
  if (items.length === 0) {
    return (
      <Paper p="lg">
        <Empty
          icon={IconCalendarOff}
          title={t(agenda.view === 'week' ? 'agenda.emptyWeek' : 'agenda.empty')}
          body={t('agenda.emptyBody')}
        >
          <Button variant="light" onClick={onBook}>
            {t('agenda.book')}
          </Button>
        </Empty>
      </Paper>
    );
  }
  const present = today(agenda.zone);
  const folds = agenda.view !== 'week' && agenda.day === present && !all;
  const { past, rest } = folds ? splitPast(items) : { past: [], rest: items };
  const days = byDay(rest.slice(0, rows), agenda.zone);
  return (
    <Stack gap="lg">
      {past.length > 0 && (
        <Button
          variant="subtle"
          size="compact-sm"
          className={classes.fold ?? ''}
          leftSection={<IconChevronDown size={16} aria-hidden />}
          onClick={() => setAll(true)}
        >
          {t('agenda.over', { count: past.length })}
        </Button>
      )}
      {[...days].map(([day, ofDay]) => (
        <section key={day} aria-label={dateParts(day, { weekday: 'long', day: 'numeric', month: 'long' })}>
          {days.size > 1 && (
            <Title order={2} size="h5" mb="xs">
              {dateParts(day, { weekday: 'long', day: 'numeric', month: 'long' })}
            </Title>
          )}
          <Day items={ofDay} agenda={agenda} present={day === present} />
        </section>
      ))}
      {rest.length > rows && (
        <Button variant="default" onClick={() => setRows(rows + ROWS)}>
          {t('agenda.more', { count: rest.length - rows })}
        </Button>
      )}
    </Stack>
  );
});

interface DayProps extends Omit<ListsProps, 'onBook'> {
  readonly present: boolean;
}

/** The rows of one day; today with a line where the present is. */
function Day({ items, agenda, present }: DayProps) {
  const { t } = useTranslation();
  const now = Date.now();
  const place = present ? placeOfNow(items, now) : undefined;
  return (
    <ul className={classes.rows}>
      {items.map((appointment, index) => (
        <Fragment key={appointment.id}>
          {index === place && (
            <li className={`${classes.now ?? ''} numeric`}>
              {t('agenda.now', { time: time(new Date(now), agenda.zone) })}
            </li>
          )}
          <AppointmentRow appointment={appointment} zone={agenda.zone} named={agenda.who === ALL} />
        </Fragment>
      ))}
    </ul>
  );
}

function byDay(items: readonly Appointment[], zone: string): ReadonlyMap<string, readonly Appointment[]> {
  const days = new Map<string, Appointment[]>();
  for (const item of items) {
    const { day } = wallClock(item.start, zone);
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return days;
}
