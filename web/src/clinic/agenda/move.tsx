import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../common/problem';
import { appointments, ifMatch, unwrap, unwrapVersioned } from '../api';
import { explain } from '../auth/refusals';
import { OVERRULE, useHasRole } from '../auth/roles';
import { dayAndTime } from '../layout/format';
import type { Appointment } from './data';
import { ScopeField, type SeriesScope } from './series';
import type { AgendaView } from './view';
import { clock, momentAt, wallClock } from './zone';

/** Where an appointment was dropped. */
export interface Move {
  readonly appointment: Appointment;
  readonly day: string;
  readonly minutes: number;
  /** When it was dropped on somebody else's column. */
  readonly instead?: { readonly of: string; readonly by: string; readonly name: string };
}

interface MoveProps {
  readonly move: Move;
  readonly agenda: AgendaView;
  readonly onClose: () => void;
}

/** Asks before it moves: the patient is told of the new time at once. */
export function MoveAppointment({ move, agenda, onClose }: MoveProps) {
  const { t } = useTranslation();
  const has = useHasRole();
  const queries = useQueryClient();
  const [outside, setOutside] = useState(false);
  const [scope, setScope] = useState<SeriesScope>('this');
  const { appointment, instead } = move;
  const start = momentAt(move.day, move.minutes, agenda.zone).toISOString();
  const sameDay = wallClock(appointment.start, agenda.zone).day === move.day;
  const moving = useMutation({
    mutationFn: async (): Promise<unknown> => {
      const people = appointment.practitioners.map((p) => (p.id === instead?.of ? instead.by : p.id));
      const change = { minutes: appointment.minutes, outside_hours: outside, ...(instead && { practitioners: people }) };
      if (appointment.series !== null && scope !== 'this') {
        const path = { series_id: appointment.series };
        const [, version] = await unwrapVersioned(appointments.GET('/appointments/series/{series_id}', { params: { path } }));
        const when = { local_time: clock(move.minutes), ...(scope === 'following' && { day: appointment.day }) };
        const params = { path, header: { 'If-Match': version } };
        return unwrap(appointments.POST('/appointments/series/{series_id}/reschedule', { params, body: { scope, ...when, ...change } }));
      }
      const params = { path: { appointment_id: appointment.id }, header: ifMatch(appointment.version) };
      return unwrap(appointments.POST('/appointments/{appointment_id}/reschedule', { params, body: { start, ...change } }));
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['agenda'] });
      notifications.show({ message: t('book.moved') });
      onClose();
    },
  });
  const closed = moving.error instanceof Problem && moving.error.kind === 'outside-hours';
  return (
    <Modal opened onClose={onClose} title={t('book.rescheduleTitle')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <Text fw={600}>{appointment.patient.display_name}</Text>
        <div>
          <Text c="dimmed" td="line-through" className="numeric">
            {dayAndTime(appointment.start, agenda.zone)}
          </Text>
          <Text fw={600} size="lg" className="numeric">
            {dayAndTime(start, agenda.zone)}
            {instead && ` · ${instead.name}`}
          </Text>
        </div>
        {/* Several are moved within their day; another date is for one. */}
        {appointment.series !== null && sameDay && <ScopeField scope={scope} onChange={setScope} />}
        <div role="alert">{moving.isError && <Alert color="red">{explain(moving.error, t)}</Alert>}</div>
        {closed && has(OVERRULE) && (
          <Checkbox
            label={t('book.outside')}
            checked={outside}
            onChange={(event) => setOutside(event.currentTarget.checked)}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button data-autofocus loading={moving.isPending} disabled={closed && !outside} onClick={() => moving.mutate()}>
            {t('agenda.reschedule')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
