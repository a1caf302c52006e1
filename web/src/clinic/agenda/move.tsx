import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Appointment } from '../data/agenda';
import { dayAndTime } from '../language/format';
import { explain } from '../language/refusals';
import { momentAt, wallClock } from '../language/zone';
import { useOverrule } from './overrule';
import { reschedule } from './reschedule';
import { ScopeField, type SeriesScope } from './scope';
import { Conflicts } from './series';
import type { AgendaView } from './view';

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
  const queries = useQueryClient();
  const [scope, setScope] = useState<SeriesScope>('this');
  const overrule = useOverrule();
  const { appointment, instead } = move;
  const start = momentAt(move.day, move.minutes, agenda.zone).toISOString();
  // Several are moved within their day; another date is for one.
  const several = appointment.series !== null && wallClock(appointment.start, agenda.zone).day === move.day;
  const moving = useMutation({
    mutationFn: () => {
      const people = appointment.practitioners.map((p) => (p.id === instead?.of ? instead.by : p.id));
      const place = { start, ...(instead && { practitioners: people }) };
      return reschedule(appointment, place, several ? scope : 'this', overrule.given, agenda.zone);
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['agenda'] });
      notifications.show({ message: t('book.moved') });
      onClose();
    },
  });
  const asked = overrule.after(moving.error);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('book.rescheduleTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
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
        {several && <ScopeField scope={scope} onChange={setScope} />}
        <div role="alert">
          {moving.isError && (
            <Alert color="red">
              {explain(moving.error, t)}
              <Conflicts error={moving.error} />
            </Alert>
          )}
        </div>
        {asked.control}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button data-autofocus loading={moving.isPending} disabled={asked.blocked} onClick={() => moving.mutate()}>
            {t('agenda.reschedule')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
