import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { uuid7 } from '../../common/uuid';
import { appointments, ifMatch, unwrap } from '../api';
import { explain } from '../auth/refusals';
import { currentLanguage } from '../i18n';
import { PatientPicker } from '../patients/find';
import type { PatientSummary } from '../patients/search';
import type { Appointment, Category, Slot } from './data';
import { FindSlot } from './find_slot';

interface BookProps {
  readonly opened: boolean;
  readonly practitioner: string | null;
  readonly site: string | null;
  readonly from: string;
  /** Moves this appointment instead of making one. */
  readonly moving?: Appointment;
  readonly onClose: () => void;
}

/** Patient, kind, free slot: the way to book, and the way to reschedule without dragging. */
export function BookAppointment(props: BookProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      size="lg"
      title={t(props.moving ? 'book.rescheduleTitle' : 'book.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Form {...props} />
    </Modal>
  );
}

function Form({ practitioner, site, from, moving, onClose }: BookProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const key = useRef(uuid7());
  const [patient, setPatient] = useState<PatientSummary>();
  const [category, setCategory] = useState<string | null>(moving?.category ?? null);
  const [slot, setSlot] = useState<Slot>();
  const [reason, setReason] = useState('');

  const saving = useMutation({
    mutationFn: async (chosen: Slot) => {
      if (moving) {
        const params = { path: { appointment_id: moving.id }, header: ifMatch(moving.version) };
        const [first, ...others] = moving.practitioners.map((p) => p.id);
        const body = {
          start: chosen.start,
          minutes: chosen.minutes,
          outside_hours: false,
          ...(first !== chosen.practitioner && { practitioners: [chosen.practitioner, ...others] }),
          ...(moving.site !== chosen.site && { site: chosen.site }),
        };
        return unwrap(appointments.POST('/appointments/{appointment_id}/reschedule', { params, body }));
      }
      if (!patient) throw new Error('no patient was chosen');
      const params = { header: { 'Idempotency-Key': key.current } };
      const body = {
        patient: { id: patient.id, display_name: patient.display_name, language: currentLanguage() },
        practitioners: [chosen.practitioner],
        site: chosen.site,
        category: category ?? '',
        start: chosen.start,
        minutes: chosen.minutes,
        ...(reason.trim() !== '' && { reason }),
      };
      return unwrap(appointments.POST('/appointments', { params, body }));
    },
    onSuccess: async () => {
      notifications.show({ message: t(moving ? 'book.moved' : 'book.done') });
      await queries.invalidateQueries({ queryKey: ['agenda'] });
      onClose();
    },
    onError: () => {
      key.current = uuid7();
      void queries.invalidateQueries({ queryKey: ['slots'] });
    },
  });

  if (!moving && !patient) {
    return <PatientPicker onPick={setPatient} onRegister={() => void navigate('/patients/new')} />;
  }
  return (
    <Stack>
      <Text>
        <Text span c="dimmed">
          {t('book.patient')}:{' '}
        </Text>
        <Text span fw={600}>
          {patient?.display_name ?? moving?.patient.display_name}
        </Text>
      </Text>
      <FindSlot
        practitioner={practitioner}
        site={site}
        from={from}
        category={category}
        {...(!moving && { onCategory: setCategory })}
        chosen={slot}
        onChoose={setSlot}
      />
      {!moving && (
        <Textarea label={t('book.reason')} autosize minRows={2} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      )}
      <div role="alert">{saving.isError && <Alert color="red">{explain(saving.error, t)}</Alert>}</div>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button disabled={!slot} loading={saving.isPending} onClick={() => slot && saving.mutate(slot)}>
          {t(moving ? 'agenda.reschedule' : 'book.submit')}
        </Button>
      </Group>
    </Stack>
  );
}

export function titleOf(category: Category): string {
  return { es: category.title_es, pt: category.title_pt, en: category.title_en }[currentLanguage()];
}
