/** Figures and bars of appointments: seen, missed, waiting, occupation. */
import { useTranslation } from 'react-i18next';
import type { AgendaWeek, Period } from '../data/activity';
import classes from './dashboards.module.css';
import { addWeeks, aligned, inPeriods, mean, mondays, percent, sum } from './numbers';
import { WeekBars } from './plot';
import { Tile } from './tile';

interface AgendasProps {
  readonly weeks: readonly AgendaWeek[];
  readonly period: Period;
}

type Of = (weeks: readonly AgendaWeek[]) => number | null;

const total =
  (name: 'seen' | 'televisits' | 'no_shows' | 'cancelled_late'): Of =>
  (weeks) =>
    sum(weeks, (week) => week[name]);

/** Of those who were waited for, how many did not come. */
export const missed: Of = (weeks) =>
  percent(
    sum(weeks, ({ no_shows }) => no_shows),
    sum(weeks, ({ seen, no_shows, left }) => seen + no_shows + left),
  );

export const wait: Of = (weeks) =>
  mean(
    sum(weeks, ({ waited_minutes }) => waited_minutes),
    sum(weeks, ({ waited }) => waited),
  );

/** How much of the time in which agendas were open is taken. */
const occupation: Of = (weeks) => {
  const known = weeks.filter(({ open_minutes }) => open_minutes !== null);
  return percent(
    sum(known, ({ booked_minutes }) => booked_minutes),
    sum(known, ({ open_minutes }) => open_minutes ?? 0),
  );
};

export function AgendaTiles({ weeks, period }: AgendasProps) {
  const { t } = useTranslation('dashboards');
  const { now, before } = inPeriods(weeks, period.first);
  const both = (of: Of) => ({ value: of(now), before: of(before) });
  return (
    <div className={classes.tiles}>
      <Tile name={t('counts.seen')} {...both(total('seen'))} more="better" />
      <Tile name={t('counts.televisits')} {...both(total('televisits'))} />
      <Tile name={t('counts.noShowShare')} {...both(missed)} unit=" %" more="worse" />
      <Tile name={t('counts.cancelledLate')} {...both(total('cancelled_late'))} more="worse" />
      <Tile name={t('counts.wait')} {...both(wait)} unit=" min" more="worse" />
      {weeks.some(({ open_minutes }) => open_minutes !== null) && (
        <Tile name={t('counts.occupation')} {...both(occupation)} unit=" %" />
      )}
    </div>
  );
}

export function AgendaPlots({ weeks, period }: AgendasProps) {
  const { t } = useTranslation('dashboards');
  const order = mondays(period.first, period.weeks);
  const earlier = mondays(addWeeks(period.first, -period.weeks), period.weeks);
  const now = (of: (week: AgendaWeek) => number | null) => aligned(weeks, order, of);
  const before = (of: (week: AgendaWeek) => number | null) => aligned(weeks, earlier, of);
  const occupied = (week: AgendaWeek) => occupation([week]);
  return (
    <div className={classes.plots}>
      <WeekBars
        title={t('institution.seenByWeek')}
        weeks={order}
        file="atenciones"
        series={[
          { name: t('counts.inPerson'), tone: 'main', values: now(({ seen, televisits }) => seen - televisits) },
          { name: t('counts.televisits'), tone: 'second', values: now(({ televisits }) => televisits) },
        ]}
        before={before(({ seen }) => seen)}
      />
      <WeekBars
        title={t('institution.missedByWeek')}
        weeks={order}
        file="inasistencias"
        series={[
          { name: t('counts.noShows'), tone: 'bad', values: now(({ no_shows }) => no_shows) },
          { name: t('counts.left'), tone: 'warn', values: now(({ left }) => left) },
          { name: t('counts.cancelledLate'), tone: 'second', values: now(({ cancelled_late }) => cancelled_late) },
        ]}
        before={before((week) => week.no_shows + week.left + week.cancelled_late)}
      />
      <WeekBars
        title={t('institution.waits')}
        about={t('institution.waitsAbout')}
        weeks={order}
        file="esperas"
        series={[
          { name: t('waits.15'), tone: 'second', values: now(({ waited_15 }) => waited_15) },
          { name: t('waits.30'), tone: 'main', values: now(({ waited_30 }) => waited_30) },
          { name: t('waits.60'), tone: 'warn', values: now(({ waited_60 }) => waited_60) },
          { name: t('waits.more'), tone: 'bad', values: now(({ waited_more }) => waited_more) },
        ]}
      />
      {weeks.some(({ open_minutes }) => open_minutes !== null) && (
        <WeekBars
          title={t('counts.occupation')}
          about={t('institution.occupationAbout')}
          weeks={order}
          file="ocupacion"
          unit=" %"
          series={[{ name: t('counts.occupation'), tone: 'main', values: now(occupied) }]}
          before={before(occupied)}
        />
      )}
    </div>
  );
}
