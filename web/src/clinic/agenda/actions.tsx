import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconDots } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MOVABLE, type Appointment, type Status } from '../data/agenda';
import { appointments, ifMatch, unwrap, unwrapVersioned } from '../data/server/client';
import { DESK, useHasRole } from '../data/session/roles';
import { useLater } from '../kit/later';
import { explain } from '../language/refusals';
import { today, wallClock } from '../language/zone';
import { ScopeField, type SeriesScope } from './scope';

/** Fetched once the agenda is there. */
const BookAppointment = lazy(async () => ({ default: (await import('./book')).BookAppointment }));

/** What may follow which; the server has the last word (`telesalud.appointments.booking.statuses`). */
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

interface ActionsProps {
  readonly appointment: Appointment;
  readonly zone: string;
}

/**
 * Everything that may be done with an appointment by keyboard or touch, moving it included. It is a
 * mere button until it is first pressed: of hundreds of rows few menus are ever opened.
 */
export function Actions({ appointment, zone }: ActionsProps) {
  const { t } = useTranslation();
  const has = useHasRole();
  const [asked, setAsked] = useState(false);
  if (!has(DESK) || (NEXT[appointment.status].length === 0 && !MOVABLE.has(appointment.status))) return null;
  if (asked) return <ActionsMenu appointment={appointment} zone={zone} />;
  return (
    <ActionIcon
      variant="default"
      size={32}
      aria-label={`${t('agenda.moreActions')}: ${appointment.patient.display_name}`}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setAsked(true)}
    >
      <IconDots size={18} aria-hidden />
    </ActionIcon>
  );
}

/** Opens as soon as it is there, from the button that takes the place of the pressed one. */
function ActionsMenu({ appointment, zone }: ActionsProps) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    button.current?.focus();
    setOpened(true);
  }, []);
  const later = useLater();
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
  return (
    <>
      <Menu position="bottom-end" width={230} opened={opened} onChange={setOpened}>
        <Menu.Target>
          <ActionIcon
            ref={button}
            variant="default"
            size={32}
            aria-label={`${t('agenda.moreActions')}: ${appointment.patient.display_name}`}
          >
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
      {(later || moving) && (
        <Suspense>
          <BookAppointment
            opened={moving}
            practitioner={appointment.practitioners[0]?.id ?? null}
            site={appointment.site}
            from={ownDay > today(zone) ? ownDay : today(zone)}
            moving={appointment}
            onClose={move.close}
          />
        </Suspense>
      )}
      {(later || cancelling) && (
        <CancelAppointment appointment={appointment} opened={cancelling} onClose={cancel.close} />
      )}
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
        const [, version] = await unwrapVersioned(
          appointments.GET('/appointments/series/{series_id}', { params: { path } }),
        );
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
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('agenda.cancel')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
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
