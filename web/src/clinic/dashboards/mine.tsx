/** A practitioner's day: who comes, who waits, what is to be signed and read, who did not come. */
import { Anchor, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useOwnActivity } from '../data/activity';
import { OVER, useAgenda, usePractitioners, useSites, type Appointment, type Practitioner } from '../data/agenda';
import { useSession } from '../data/session/session';
import { usePending, useWork } from '../data/worklists';
import { both, Empty, Loaded } from '../kit/states';
import { time } from '../language/format';
import { addDays, HERE, today } from '../language/zone';
import { missed, wait } from './agendas';
import classes from './dashboards.module.css';
import { addWeeks, aligned, inPeriods, mondayOf, mondays, sum } from './numbers';
import { WeekBars } from './plot';
import { Tile } from './tile';

const WEEKS = 8;
const HERE_NOW: ReadonlySet<Appointment['status']> = new Set(['arrived', 'in_room', 'in_call']);

export function MinePage() {
  const { me } = useSession();
  return (
    <Loaded query={both(usePractitioners(), useSites())}>
      {([practitioners, sites]) => (
        <Mine
          practitioner={practitioners.find(({ active, user_id }) => active && user_id === me.id)}
          zoneOf={(site) => sites.find(({ id }) => id === site)?.zone ?? HERE}
        />
      )}
    </Loaded>
  );
}

interface MineProps {
  readonly practitioner: Practitioner | undefined;
  readonly zoneOf: (site: string | undefined) => string;
}

function Mine({ practitioner, zoneOf }: MineProps) {
  const { t } = useTranslation('dashboards');
  const zone = zoneOf(practitioner?.sites[0]);
  const now = today(zone);
  return (
    <Stack>
      <Waiting />
      {practitioner ? (
        <Today practitioner={practitioner} zone={zone} day={now} />
      ) : (
        <Empty title={t('mine.noAgenda')} body={t('mine.noAgendaBody')} />
      )}
      <Own day={now} />
    </Stack>
  );
}

/** What waits for a signature or a look: it leads to the list. */
function Waiting() {
  const { t } = useTranslation('dashboards');
  const work = useWork('mine');
  const pending = usePending('mine', true);
  const count = (reasons: readonly string[]) => work.data?.filter(({ reason }) => reasons.includes(reason)).length;
  const critical = count(['critical_result']);
  const more = (query: { readonly hasNextPage: boolean }) => (query.hasNextPage ? '+' : '');
  return (
    <section aria-label={t('mine.waiting')}>
      <Title order={2} size="h4" mb="xs">
        {t('mine.waiting')}
      </Title>
      <Loaded query={both(work, pending)} rows={1}>
        {() => (
          <div className={classes.tiles}>
            <Tile
              name={t('mine.toSign')}
              value={pending.data?.length}
              unit={more(pending)}
              tone={pending.data?.length ? 'main' : undefined}
              to="/work?show=sign"
            />
            <Tile
              name={t('mine.results')}
              value={count(['critical_result', 'unsigned_result_late', 'unsigned_result'])}
              unit={more(work)}
              tone={critical ? 'bad' : 'main'}
              note={critical ? t('mine.critical', { count: critical }) : undefined}
              to="/work?show=results"
            />
            <Tile
              name={t('mine.unanswered')}
              value={count(['unanswered_order'])}
              unit={more(work)}
              to="/work?show=unanswered"
            />
          </div>
        )}
      </Loaded>
    </section>
  );
}

interface TodayProps {
  readonly practitioner: Practitioner;
  readonly zone: string;
  readonly day: string;
}

function Today({ practitioner, zone, day }: TodayProps) {
  const { t } = useTranslation('dashboards');
  const agenda = useAgenda({ practitioner: practitioner.id }, zone, day, addDays(day, 1));
  return (
    <section aria-label={t('mine.today')}>
      <Title order={2} size="h4" mb="xs">
        {t('mine.today')}
      </Title>
      <Loaded query={agenda} rows={2}>
        {(all) => {
          const here = all.filter(({ status }) => HERE_NOW.has(status));
          const coming = all.filter(({ status }) => !OVER.has(status) && !HERE_NOW.has(status));
          return (
            <Stack gap="sm">
              <div className={classes.tiles}>
                <Tile
                  name={t('mine.hereNow')}
                  value={here.length}
                  tone={here.length ? 'main' : undefined}
                  to="/agenda"
                />
                <Tile name={t('mine.coming')} value={coming.length} to="/agenda" />
                <Tile name={t('mine.seen')} value={all.filter(({ status }) => status === 'checked_out').length} />
                <Tile name={t('mine.missed')} value={all.filter(({ status }) => status === 'no_show').length} />
              </div>
              <People appointments={[...here, ...coming].slice(0, 6)} zone={zone} />
            </Stack>
          );
        }}
      </Loaded>
    </section>
  );
}

function People({ appointments, zone }: { readonly appointments: readonly Appointment[]; readonly zone: string }) {
  const { t } = useTranslation('dashboards');
  if (appointments.length === 0) return <Text c="dimmed">{t('mine.nobody')}</Text>;
  return (
    <ul className={classes.people}>
      {appointments.map(({ id, start, patient, status, telemedicine }) => (
        <li key={id} className={classes.person}>
          <span className={`numeric ${classes.at ?? ''}`}>{time(start, zone)}</span>
          <Anchor component={Link} to={`/patients/${patient.id}`}>
            {patient.display_name}
          </Anchor>
          <span className={classes.what}>
            {t(`status.${HERE_NOW.has(status) ? 'here' : 'coming'}`)}
            {telemedicine && ` · ${t('status.video')}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** One's own weeks: seen and missed, against the weeks before. */
function Own({ day }: { readonly day: string }) {
  const { t } = useTranslation('dashboards');
  const first = addWeeks(mondayOf(day), 1 - WEEKS);
  const activity = useOwnActivity({ first, weeks: WEEKS }, true);
  return (
    <section aria-label={t('mine.own')}>
      <Title order={2} size="h4" mb="xs">
        {t('mine.own')}
      </Title>
      <Loaded query={activity} rows={3}>
        {({ weeks }) => {
          const periods = inPeriods(weeks, first);
          const order = mondays(first, WEEKS);
          return (
            <Stack gap="sm">
              <div className={classes.tiles}>
                <Tile
                  name={t('counts.seen')}
                  value={sum(periods.now, ({ seen }) => seen)}
                  before={sum(periods.before, ({ seen }) => seen)}
                />
                <Tile
                  name={t('counts.noShowShare')}
                  value={missed(periods.now)}
                  before={missed(periods.before)}
                  unit=" %"
                  more="worse"
                />
                <Tile
                  name={t('counts.wait')}
                  value={wait(periods.now)}
                  before={wait(periods.before)}
                  unit=" min"
                  more="worse"
                />
              </div>
              <WeekBars
                title={t('mine.visits')}
                weeks={order}
                file="mis-semanas"
                series={[
                  { name: t('counts.seen'), tone: 'main', values: aligned(weeks, order, ({ seen }) => seen) },
                  { name: t('counts.noShows'), tone: 'bad', values: aligned(weeks, order, ({ no_shows }) => no_shows) },
                ]}
              />
            </Stack>
          );
        }}
      </Loaded>
    </section>
  );
}
