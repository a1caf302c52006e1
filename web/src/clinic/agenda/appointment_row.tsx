import { ActionIcon, Badge, Button, Group, Menu, Modal, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconDots, IconVideo } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { appointments, ifMatch, unwrap, unwrapVersioned } from '../api';
import { explain } from '../auth/refusals';
import { DESK, useHasRole } from '../auth/roles';
import { useSession } from '../auth/session';
import { time } from '../layout/format';
import { BookAppointment } from './book';
import { MOVABLE, OVER, usePractitioners, type Appointment, type Status } from './data';
import classes from './row.module.css';
import { ScopeField, type SeriesScope } from './series';
import { today, wallClock } from './zone';

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
/** What may follow which; the server has the last word (`telesalud.appointments.statuses`). */
const TURNED_UP: readonly Status[] = ['arrived', 'in_room', 'checked_out'];
const NEXT: Readonly<Record<Status, readonly Status[]>> = {
  pending: ['confirmed', ...TURNED_UP, 'no_show'],
  booked: ['confirmed', 'late', ...TURNED_UP, 'no_show'],
  reminded: ['confirmed', 'late', ...TURNED_UP, 'no_show'],
  confirmed: ['late', ...TURNED_UP, 'no_show'],
  late: [...TURNED_UP, 'no_show'],
  arrived: ['in_room', 'checked_out', 'left', 'booked'],
  in_room: ['checked_out', 'left', 'arrived'],
  in_call: ['in_room', 'checked_out', 'left'],
  no_show: TURNED_UP,
  checked_out: [],
  left: [],
  cancelled: [],
  cancelled_late: [],
};

interface RowProps {
  readonly appointment: Appointment;
  readonly zone: string;
  /** Whether to say whose it is. */
  readonly named?: boolean;
}

export function AppointmentRow({ appointment, zone, named = false }: RowProps) {
  const { t } = useTranslation();
  const over = OVER.has(appointment.status);
  return (
    <Paper component="li" p="sm" className={classes.row}>
      <Stack gap={0} className={classes.time}>
        <Text fw={650} className="numeric">
          {time(appointment.start, zone)}
        </Text>
        <Text size="xs" c="dimmed">
          {t('agenda.minutes', { minutes: appointment.minutes })}
        </Text>
      </Stack>
      <Stack gap={2} className={classes.info}>
        <Text component={Link} to={`/patients/${appointment.patient.id}`} fw={600} c="inherit">
          {appointment.patient.display_name}
        </Text>
        <Group gap={6}>
          <Badge variant="light" color={STATUS_COLOURS[appointment.status] ?? 'gray'}>
            {t(`status.${appointment.status}`)}
          </Badge>
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
          {named && <Text size="sm">{appointment.practitioners.map((p) => p.name).join(', ')}</Text>}
          {appointment.reason && (
            <Text size="sm" c="dimmed" lineClamp={1}>
              {appointment.reason}
            </Text>
          )}
        </Group>
      </Stack>
      <div className={classes.join}>{!over && <Join appointment={appointment} />}</div>
      <div className={classes.menu}>
        <Actions appointment={appointment} zone={zone} />
      </div>
    </Paper>
  );
}

/** The way into the consultation, for the practitioner whose it is. */
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
  if (appointment.link_status === 'failed') {
    return (
      <Text size="sm" c="var(--mantine-color-error)">
        {t('agenda.linkFailed')}
      </Text>
    );
  }
  if (appointment.link_status !== 'linked' || !appointment.consult || !mine) return null;
  return (
    <Button
      component={Link}
      to={`/room/${appointment.consult}?patient=${appointment.patient.id}`}
      leftSection={<IconVideo size={18} aria-hidden />}
    >
      {t('agenda.join')}
    </Button>
  );
}

/** Everything that may be done with an appointment by keyboard or touch, moving it included. */
export function Actions({ appointment, zone }: { readonly appointment: Appointment; readonly zone: string }) {
  const { t } = useTranslation();
  const has = useHasRole();
  const queries = useQueryClient();
  const [moving, move] = useDisclosure();
  const [cancelling, cancel] = useDisclosure();
  const refresh = () => queries.invalidateQueries({ queryKey: ['agenda'] });
  const onError = (error: Error) => notifications.show({ color: 'red', message: explain(error, t) });
  const params = { path: { appointment_id: appointment.id }, header: ifMatch(appointment.version) };
  const status = useMutation({
    mutationFn: (next: Status) =>
      unwrap(appointments.POST('/appointments/{appointment_id}/status', { params, body: { status: next } })),
    onSettled: refresh,
    onError,
  });
  const copy = useMutation({
    mutationFn: async () => {
      const path = { appointment_id: appointment.id };
      const found = await unwrap(appointments.GET('/appointments/{appointment_id}/links', { params: { path } }));
      const link = found.links.find((each) => each.participant === 'patient');
      await navigator.clipboard.writeText(link?.url ?? '');
    },
    onSuccess: () => notifications.show({ message: t('agenda.copied') }),
    onError,
  });
  const next = NEXT[appointment.status];
  const movable = MOVABLE.has(appointment.status);
  const ownDay = wallClock(appointment.start, zone).day;
  if (!has(DESK) || (next.length === 0 && !movable)) return null;
  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={`${t('agenda.moreActions')}: ${appointment.patient.display_name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {next.map((each) => (
            <Menu.Item key={each} onClick={() => status.mutate(each)}>
              {t(`status.${each}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {appointment.link_status === 'linked' && (
            <Menu.Item onClick={() => copy.mutate()}>{t('agenda.copyLink')}</Menu.Item>
          )}
          {/* A place moves only with its session. */}
          {movable && appointment.group === null && <Menu.Item onClick={move.open}>{t('agenda.reschedule')}</Menu.Item>}
          {movable && (
            <Menu.Item color="red" onClick={cancel.open}>
              {t('agenda.cancel')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <BookAppointment
        opened={moving}
        practitioner={appointment.practitioners[0]?.id ?? null}
        site={appointment.site}
        from={ownDay > today(zone) ? ownDay : today(zone)}
        moving={appointment}
        onClose={move.close}
      />
      <CancelAppointment appointment={appointment} opened={cancelling} onClose={cancel.close} />
    </>
  );
}

interface CancelProps {
  readonly appointment: Appointment;
  readonly opened: boolean;
  readonly onClose: () => void;
}

function CancelAppointment({ appointment, opened, onClose }: CancelProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [scope, setScope] = useState<SeriesScope>('this');
  const cancelling = useMutation({
    mutationFn: async (): Promise<unknown> => {
      const body = reason.trim() === '' ? {} : { reason };
      if (appointment.series !== null && scope !== 'this') {
        const path = { series_id: appointment.series };
        const [, version] = await unwrapVersioned(appointments.GET('/appointments/series/{series_id}', { params: { path } }));
        const params = { path, header: { 'If-Match': version } };
        return unwrap(
          appointments.POST('/appointments/series/{series_id}/cancel', {
            params,
            body: { ...body, scope, ...(scope === 'following' && { day: appointment.day }) },
          }),
        );
      }
      const params = { path: { appointment_id: appointment.id }, header: ifMatch(appointment.version) };
      return unwrap(appointments.POST('/appointments/{appointment_id}/cancel', { params, body }));
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['agenda'] });
      onClose();
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={t('agenda.cancel')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <TextInput
          label={t('agenda.cancelReason')}
          value={reason}
          data-autofocus
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {appointment.series !== null && <ScopeField scope={scope} onChange={setScope} />}
        <Text role="alert" c="var(--mantine-color-error)">
          {cancelling.isError ? explain(cancelling.error, t) : ''}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.back')}
          </Button>
          <Button color="red" loading={cancelling.isPending} onClick={() => cancelling.mutate()}>
            {t('agenda.cancel')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
