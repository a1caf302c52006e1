import { Badge, Button, Stack, Text } from '@mantine/core';
import { IconVideo } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { OVER, usePractitioners, type Appointment, type Status } from '../data/agenda';
import { useSession } from '../data/session/session';
import { time } from '../language/format';
import { Actions } from './actions';
import { BeginVisit, isDue } from './begin_visit';
import classes from './row.module.css';

export const STATUS_COLOURS: Readonly<Partial<Record<Status, string>>> = {
  arrived: 'blue',
  late: 'orange',
  in_room: 'lake',
  in_call: 'lake',
  checked_out: 'green',
  no_show: 'red',
  left: 'red',
  cancelled: 'gray',
  cancelled_late: 'gray',
};

interface RowProps {
  readonly appointment: Appointment;
  readonly zone: string;
  /** Whether to say whose it is. */
  readonly named?: boolean;
}

/** Drawn again only when its own appointment changes. */
export const AppointmentRow = memo(function AppointmentRow({ appointment, zone, named = false }: RowProps) {
  const { t } = useTranslation();
  const over = OVER.has(appointment.status);
  return (
    <li className={classes.row} data-over={over || undefined}>
      <div className={`${classes.time ?? ''} numeric`}>
        <strong>{time(appointment.start, zone)}</strong>
        <span className={classes.minutes}>{t('agenda.minutes', { minutes: appointment.minutes })}</span>
      </div>
      <Text component={Link} to={`/patients/${appointment.patient.id}`} className={classes.name ?? ''}>
        {appointment.patient.display_name}
      </Text>
      <div className={classes.state}>
        <Badge variant="light" color={STATUS_COLOURS[appointment.status] ?? 'gray'}>
          {t(`status.${appointment.status}`)}
        </Badge>
        {appointment.deceased && <Badge color="gray">{t('find.deceased')}</Badge>}
        {appointment.overbooked && (
          <Badge variant="outline" color="orange">
            {t('agenda.overbooked')}
          </Badge>
        )}
        {appointment.telemedicine && (
          <Badge variant="outline" leftSection={<IconVideo size={12} aria-hidden />}>
            {t('agenda.telemedicine')}
          </Badge>
        )}
      </div>
      <div className={classes.about}>
        {[named && appointment.practitioners.map((p) => p.name).join(', '), appointment.reason, appointment.room]
          .filter(Boolean)
          .join(' · ')}
      </div>
      <div className={classes.join}>{!over && <Join appointment={appointment} />}</div>
      <div className={classes.menu}>
        <Actions appointment={appointment} zone={zone} />
      </div>
    </li>
  );
});

/** The way into the consultation, for the practitioner whose it is; in person, to its encounter. */
export function Join({ appointment }: { readonly appointment: Appointment }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const people = usePractitioners().data ?? [];
  const mine = appointment.practitioners.some(({ id }) => people.find((p) => p.id === id)?.user_id === me.id);
  if (appointment.link_status === 'pending') {
    return (
      <Text size="sm" c="dimmed" role="status">
        {t('agenda.linkPending')}
      </Text>
    );
  }
  const nurse = me.roles.includes('nurse');
  const begins = (mine || nurse) && !appointment.deceased && isDue(appointment);
  if (appointment.link_status === 'failed') {
    return (
      <Stack gap={4}>
        <Text size="sm" c="var(--mantine-color-error)">
          {t('agenda.linkFailed')}
        </Text>
        {begins && <BeginVisit appointment={appointment} />}
      </Stack>
    );
  }
  if (appointment.link_status !== 'linked' || !appointment.consult) {
    return begins ? <BeginVisit appointment={appointment} /> : null;
  }
  if (!mine) return null;
  return (
    <Button
      component={Link}
      to={`/room/${appointment.consult}?patient=${appointment.patient.id}`}
      size="xs"
      leftSection={<IconVideo size={18} aria-hidden />}
    >
      {t('agenda.join')}
    </Button>
  );
}
