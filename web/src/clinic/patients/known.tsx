import { Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { CALLED_OFF, OVER, useAgenda, usePractitioners, useSites, type Appointment } from '../data/agenda';
import { useRecent } from '../data/recent';
import { useSession } from '../data/session/session';
import { Loaded } from '../kit/states';
import { ageText } from '../language/age';
import { day, dateOf, time } from '../language/format';
import { addDays, HERE, today } from '../language/zone';
import classes from './find.module.css';

const DAYS_BACK = 14;
const SHOWN = 12;

/** Whom one is most likely to look for: today's, those opened last, those attended of late. */
export function KnownPatients() {
  const { me } = useSession();
  const people = usePractitioners();
  const sites = useSites();
  if (!people.data || !sites.data) return null;
  const mine = people.data.find((one) => one.active && one.user_id === me.id);
  const site = sites.data.find(({ id }) => mine?.sites.includes(id)) ?? sites.data[0];
  return (
    <div className={classes.known}>
      <Recent />
      {site && <Days owner={mine ? { practitioner: mine.id } : { site: site.id }} zone={site.zone} attended={!!mine} />}
    </div>
  );
}

function Recent() {
  const { t } = useTranslation();
  const recent = useRecent();
  if (recent.length === 0) return null;
  return (
    <Group title={t('patients.recent')}>
      {recent.map((one) => (
        <Patient key={one.id} id={one.id} name={one.display_name}>
          {[ageText(one, t), day(one.birth_date), t('find.record', { number: one.record_number })].join(' · ')}
        </Patient>
      ))}
    </Group>
  );
}

interface DaysProps {
  readonly owner: Parameters<typeof useAgenda>[0];
  readonly zone: string | undefined;
  /** Whether to say who was attended of late: a practitioner's own. */
  readonly attended: boolean;
}

function Days({ owner, zone = HERE, attended }: DaysProps) {
  const { t } = useTranslation();
  const present = today(zone);
  const now = useAgenda(owner, zone, present, addDays(present, 1));
  return (
    <>
      <Loaded query={now}>
        {(items) => (
          <Group title={t('patients.today')} none={t('patients.nobodyToday')}>
            {once(toCome(items))
              .slice(0, SHOWN)
              .map((one) => (
                <Patient key={one.id} id={one.patient.id} name={one.patient.display_name}>
                  {[time(one.start, zone), t(`status.${one.status}`), one.reason].filter(Boolean).join(' · ')}
                </Patient>
              ))}
          </Group>
        )}
      </Loaded>
      {attended && <Attended owner={owner} zone={zone} until={present} />}
    </>
  );
}

function Attended({
  owner,
  zone,
  until,
}: Pick<DaysProps, 'owner'> & { readonly zone: string; readonly until: string }) {
  const { t } = useTranslation();
  const before = useAgenda(owner, zone, addDays(until, -DAYS_BACK), until);
  return (
    <Loaded query={before}>
      {(items) => (
        <Group title={t('patients.attended')} none={t('patients.nobodyAttended')}>
          {once(items.filter(({ status }) => status === 'checked_out').reverse())
            .slice(0, SHOWN)
            .map((one) => (
              <Patient key={one.id} id={one.patient.id} name={one.patient.display_name}>
                {[dateOf(one.start), one.reason].filter(Boolean).join(' · ')}
              </Patient>
            ))}
        </Group>
      )}
    </Loaded>
  );
}

/** Of today's, those who are still to be attended before those who were. */
function toCome(items: readonly Appointment[]): readonly Appointment[] {
  const due = items.filter(({ status }) => !CALLED_OFF.has(status));
  return [...due].sort((a, b) => Number(OVER.has(a.status)) - Number(OVER.has(b.status)));
}

/** The first appointment of each patient. */
function once(items: readonly Appointment[]): readonly Appointment[] {
  return items.filter((one, place) => items.findIndex(({ patient }) => patient.id === one.patient.id) === place);
}

interface GroupProps {
  readonly title: string;
  readonly none?: string;
  readonly children: readonly ReactNode[];
}

function Group({ title, none, children }: GroupProps) {
  return (
    <Paper component="section" p="sm" aria-label={title}>
      <Title order={2} size="h6" mb={4}>
        {title}
      </Title>
      {children.length === 0 ? (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      ) : (
        <ul className={classes.list}>{children}</ul>
      )}
    </Paper>
  );
}

interface PatientProps {
  readonly id: string;
  readonly name: string;
  readonly children: string;
}

function Patient({ id, name, children }: PatientProps) {
  return (
    <li>
      <Link to={`/patients/${id}`} className={classes.one}>
        <strong>{name}</strong>
        <span className="numeric">{children}</span>
      </Link>
    </li>
  );
}
