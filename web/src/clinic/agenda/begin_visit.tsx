import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconStethoscope } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Appointment } from '../data/agenda';
import { patients, unwrap } from '../data/server/client';
import { explain } from '../language/refusals';

/**
 * Begins the appointment's encounter and leads to it; pressed again, to the same one. At its hour, or
 * now when that is earlier.
 */
export function BeginVisit({ appointment }: { readonly appointment: Appointment }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const beginning = useMutation({
    mutationFn: async () => {
      const { serverNow } = await import('../../common/server_time'); // with the call's parts, which the agenda does without
      const started = new Date(Math.min(Date.parse(appointment.start), serverNow())).toISOString();
      const body = {
        kind: appointment.telemedicine ? ('telemedicine' as const) : ('ambulatory' as const),
        started_at: started,
        appointment: appointment.id,
        site: appointment.site,
        reason: lineOf(appointment.reason),
      };
      // The server knows the appointment's encounter; the key is for a repetition after a lost answer.
      const header = { 'Idempotency-Key': `begin-${appointment.id}-${started}` };
      const params = { path: { patient_id: appointment.patient.id }, header };
      return unwrap(patients.POST('/patients/{patient_id}/encounters', { params, body }));
    },
    onSuccess: ({ patient, id }) => navigate(`/patients/${patient}/encounters/${id}`),
    onError: (error) => notifications.show({ color: 'red', message: explain(error, t) }),
  });
  return (
    <Button
      variant="light"
      size="xs"
      leftSection={<IconStethoscope size={18} aria-hidden />}
      loading={beginning.isPending}
      onClick={() => beginning.mutate()}
    >
      {t('visit.begin')}
    </Button>
  );
}

const LONGEST = 200;

/** What the desk wrote, as the one line that an encounter has. */
function lineOf(text: string | null): string | null {
  const line = (text ?? '').replace(/\s+/g, ' ').trim().slice(0, LONGEST).trim();
  return line === '' ? null : line;
}

const EARLY_MS = 12 * 3_600_000;

/** Whether it is the day of the appointment, or after it. */
export function isDue({ start }: Pick<Appointment, 'start'>): boolean {
  return Date.parse(start) - Date.now() < EARLY_MS;
}
