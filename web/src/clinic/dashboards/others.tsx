/** Teleconsultations and how well they went; notifiable diagnoses, unsigned notes, open orders. */
import { Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useConsultActivity, useOpenOrders, useRecordActivity, type ConsultWeek, type Period } from '../data/activity';
import { both, Loaded } from '../kit/states';
import { dateOf } from '../language/format';
import classes from './dashboards.module.css';
import { addWeeks, aligned, inPeriods, mean, mondays, percent, sum } from './numbers';
import { WeekBars } from './plot';
import { Tile } from './tile';

interface OfPeriod {
  readonly period: Period;
}

export function Teleconsultations({ period }: OfPeriod) {
  const { t } = useTranslation('dashboards');
  const activity = useConsultActivity(period);
  const order = mondays(period.first, period.weeks);
  const earlier = mondays(addWeeks(period.first, -period.weeks), period.weeks);
  return (
    <section aria-label={t('institution.consults')}>
      <Title order={2} size="h4" mb="xs">
        {t('institution.consults')}
      </Title>
      <Loaded query={activity} rows={3}>
        {({ weeks }) => {
          const { now, before } = inPeriods(weeks, period.first);
          const pair = (of: (weeks: readonly ConsultWeek[]) => number | null) => ({
            value: of(now),
            before: of(before),
          });
          return (
            <Stack gap="sm">
              <div className={classes.tiles}>
                <Tile name={t('consults.finished')} {...pair((w) => sum(w, (each) => each.finished))} more="better" />
                <Tile
                  name={t('consults.interrupted')}
                  {...pair((w) =>
                    percent(
                      sum(w, (each) => each.interrupted),
                      sum(w, (each) => each.finished),
                    ),
                  )}
                  unit=" %"
                  more="worse"
                />
                <Tile name={t('consults.noDevices')} {...pair((w) => sum(w, (each) => each.no_devices))} more="worse" />
                <Tile
                  name={t('consults.wait')}
                  {...pair((w) =>
                    mean(
                      sum(w, (each) => each.waited_minutes),
                      sum(w, (each) => each.waited),
                    ),
                  )}
                  unit=" min"
                  more="worse"
                />
                <Tile
                  name={t('consults.length')}
                  {...pair((w) =>
                    mean(
                      sum(w, (each) => each.minutes),
                      sum(w, (each) => each.finished),
                    ),
                  )}
                  unit=" min"
                />
                <Tile name={t('consults.noShows')} {...pair((w) => sum(w, (each) => each.no_shows))} more="worse" />
              </div>
              <div className={classes.plots}>
                <WeekBars
                  title={t('consults.byWeek')}
                  weeks={order}
                  file="teleconsultas"
                  series={[
                    {
                      name: t('consults.smooth'),
                      tone: 'main',
                      values: aligned(weeks, order, (each) => each.finished - each.interrupted),
                    },
                    {
                      name: t('consults.interruptedOnes'),
                      tone: 'warn',
                      values: aligned(weeks, order, (each) => each.interrupted),
                    },
                  ]}
                  before={aligned(weeks, earlier, (each) => each.finished)}
                />
                <WeekBars
                  title={t('consults.notHeld')}
                  weeks={order}
                  file="no-realizadas"
                  series={[
                    {
                      name: t('consults.noShows'),
                      tone: 'bad',
                      values: aligned(weeks, order, (each) => each.no_shows),
                    },
                    {
                      name: t('consults.expired'),
                      tone: 'warn',
                      values: aligned(weeks, order, (each) => each.expired),
                    },
                    {
                      name: t('consults.cancelled'),
                      tone: 'second',
                      values: aligned(weeks, order, (each) => each.cancelled),
                    },
                  ]}
                />
              </div>
            </Stack>
          );
        }}
      </Loaded>
    </section>
  );
}

export function CasesAndOrders({ period }: OfPeriod) {
  const { t } = useTranslation('dashboards');
  const query = both(useRecordActivity(period), useOpenOrders());
  const order = mondays(period.first, period.weeks);
  const earlier = mondays(addWeeks(period.first, -period.weeks), period.weeks);
  return (
    <section aria-label={t('institution.record')}>
      <Title order={2} size="h4" mb="xs">
        {t('institution.record')}
      </Title>
      <Loaded query={query} rows={3}>
        {([records, open]) => {
          const { now, before } = inPeriods(records.weeks, period.first);
          const counted = (of: (kind: (typeof open.kinds)[number]) => number) => sum(open.kinds, of);
          return (
            <Stack gap="sm">
              <div className={classes.tiles}>
                <Tile
                  name={t('record.cases')}
                  value={sum(now, ({ cases }) => cases)}
                  before={sum(before, ({ cases }) => cases)}
                />
                <Tile
                  name={t('record.unsigned')}
                  value={records.unsigned}
                  note={
                    records.unsigned_oldest_at === null
                      ? undefined
                      : t('record.oldest', { day: dateOf(records.unsigned_oldest_at) })
                  }
                />
                <Tile
                  name={t('record.openOrders')}
                  value={counted((kind) => kind.open)}
                  note={open.oldest_at === null ? undefined : t('record.oldest', { day: dateOf(open.oldest_at) })}
                />
                <Tile
                  name={t('record.overdue')}
                  value={counted((kind) => kind.overdue)}
                  tone={counted((kind) => kind.overdue) > 0 ? 'bad' : undefined}
                />
                <Tile name={t('record.resulted')} value={counted((kind) => kind.resulted)} />
              </div>
              <div className={classes.plots}>
                <WeekBars
                  title={t('record.casesByWeek')}
                  about={t('record.casesAbout')}
                  weeks={order}
                  file="casos"
                  series={[
                    {
                      name: t('record.cases'),
                      tone: 'main',
                      values: aligned(records.weeks, order, ({ cases }) => cases),
                    },
                  ]}
                  before={aligned(records.weeks, earlier, ({ cases }) => cases)}
                />
              </div>
            </Stack>
          );
        }}
      </Loaded>
    </section>
  );
}
