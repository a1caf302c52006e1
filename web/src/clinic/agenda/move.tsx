import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../common/problem';
import { appointments, ifMatch, unwrap } from '../api';
import { explain } from '../auth/refusals';
import { OVERRULE, useHasRole } from '../auth/roles';
import { dayAndTime } from '../layout/format';
import type { Appointment } from './data';
import type { AgendaView } from './view';
import { momentAt } from './zone';

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
  const { appointment, instead } = move;
  const start = momentAt(move.day, move.minutes, agenda.zone).toISOString();
  const moving = useMutation({
    mutationFn: () => {
      const params = { path: { appointment_id: appointment.id }, header: ifMatch(appointment.version) };
      const people = appointment.practitioners.map((p) => (p.id === instead?.of ? instead.by : p.id));
      const body = { start, minutes: appointment.minutes, outside_hours: outside, ...(instead && { practitioners: people }) };
      return unwrap(appointments.POST('/appointments/{appointment_id}/reschedule', { params, body }));
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
