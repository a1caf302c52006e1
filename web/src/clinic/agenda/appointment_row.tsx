import { ActionIcon, Badge, Button, Group, Menu, Modal, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconDots, IconVideo } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { appointments, ifMatch, unwrap } from '../api';
import { explain } from '../auth/refusals';
import { time } from '../layout/format';
import { BookAppointment } from './book';
import type { Appointment, Status } from './data';

const COLOURS: Readonly<Partial<Record<Status, string>>> = {
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
/** What the desk sets by hand, in the order of a visit; the server refuses what does not follow. */
const NEXT: readonly Status[] = ['confirmed', 'arrived', 'late', 'in_room', 'checked_out', 'left', 'no_show'];
const MOVABLE: ReadonlySet<Status> = new Set(['pending', 'booked', 'reminded', 'confirmed']);
const OVER: ReadonlySet<Status> = new Set(['checked_out', 'left', 'no_show', 'cancelled', 'cancelled_late']);

export function AppointmentRow({ appointment }: { readonly appointment: Appointment }) {
  const { t } = useTranslation();
  const over = OVER.has(appointment.status);
  return (
    <Paper component="li" p="sm" style={{ listStyle: 'none', opacity: over ? 0.8 : 1 }}>
      <Group justify="space-between" wrap="wrap">
        <Group wrap="nowrap" gap="md">
          <Stack gap={0} miw={62}>
            <Text fw={650} className="numeric">
              {time(appointment.start)}
            </Text>
            <Text size="xs" c="dimmed">
              {t('agenda.minutes', { minutes: appointment.minutes })}
            </Text>
          </Stack>
          <Stack gap={2}>
            <Text component={Link} to={`/patients/${appointment.patient.id}`} fw={600} c="inherit">
              {appointment.patient.display_name}
            </Text>
            <Group gap={6}>
              <Badge variant="light" color={COLOURS[appointment.status] ?? 'gray'}>
                {t(`status.${appointment.status}`)}
              </Badge>
              {appointment.telemedicine && (
                <Badge variant="outline" leftSection={<IconVideo size={12} aria-hidden />}>
                  {t('agenda.telemedicine')}
                </Badge>
              )}
              {appointment.reason && (
                <Text size="sm" c="dimmed" lineClamp={1}>
                  {appointment.reason}
                </Text>
              )}
            </Group>
          </Stack>
        </Group>
        <Group gap="xs">
          {!over && <Join appointment={appointment} />}
          {!over && <Actions appointment={appointment} />}
        </Group>
      </Group>
    </Paper>
  );
}

function Join({ appointment }: { readonly appointment: Appointment }) {
  const { t } = useTranslation();
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
  if (appointment.link_status !== 'linked' || !appointment.consult) return null;
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

function Actions({ appointment }: { readonly appointment: Appointment }) {
  const { t } = useTranslation();
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
  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={`${t('agenda.moreActions')}: ${appointment.patient.display_name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {NEXT.filter((next) => next !== appointment.status).map((next) => (
            <Menu.Item key={next} onClick={() => status.mutate(next)}>
              {t(`status.${next}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {appointment.link_status === 'linked' && (
            <Menu.Item onClick={() => copy.mutate()}>{t('agenda.copyLink')}</Menu.Item>
          )}
          {MOVABLE.has(appointment.status) && <Menu.Item onClick={move.open}>{t('agenda.reschedule')}</Menu.Item>}
          <Menu.Item color="red" onClick={cancel.open}>
            {t('agenda.cancel')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <BookAppointment
        opened={moving}
        practitioner={appointment.practitioners[0]?.id ?? null}
        from={dayjs().format('YYYY-MM-DD')}
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
  const cancelling = useMutation({
    mutationFn: () => {
      const params = { path: { appointment_id: appointment.id }, header: ifMatch(appointment.version) };
      const body = reason.trim() === '' ? {} : { reason };
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
