import { Alert, Badge, Button, Group, Modal, Skeleton, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { uuid7 } from '../../common/uuid';
import { appointments, ifMatch, unwrap } from '../api';
import { explain } from '../auth/refusals';
import { currentLanguage } from '../i18n';
import { dayAndTime } from '../layout/format';
import { PatientPicker } from '../patients/find';
import type { PatientSummary } from '../patients/search';
import { useCategories, useSlots, type Appointment, type Category, type Slot } from './data';

interface BookProps {
  readonly opened: boolean;
  readonly practitioner: string | null;
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

function Form({ practitioner, from, moving, onClose }: BookProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const key = useRef(uuid7());
  const categories = useCategories();
  const [patient, setPatient] = useState<PatientSummary>();
  const [category, setCategory] = useState<string | null>(moving?.category ?? null);
  const [day, setDay] = useState(from);
  const [slot, setSlot] = useState<Slot>();
  const [reason, setReason] = useState('');
  const slots = useSlots(practitioner, category, day);
  useEffect(() => setSlot(undefined), [category, day]);

  const saving = useMutation({
    mutationFn: async (chosen: Slot) => {
      if (moving) {
        const params = { path: { appointment_id: moving.id }, header: ifMatch(moving.version) };
        const body = { start: chosen.start, minutes: chosen.minutes, outside_hours: false };
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
      void slots.refetch();
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
      <div className="columns-2">
        <Select
          label={t('book.category')}
          data={(categories.data ?? []).filter((c) => c.active !== false).map((c) => ({ value: c.code, label: titleOf(c) }))}
          value={category}
          disabled={moving !== undefined}
          onChange={setCategory}
        />
        <TextInput type="date" label={t('book.from')} value={day} onChange={(event) => setDay(event.currentTarget.value)} />
      </div>
      {category !== null && (
        <Slots slots={slots.data} loading={slots.isFetching} chosen={slot} onChoose={setSlot} />
      )}
      {!moving && (
        <Textarea label={t('book.reason')} autosize minRows={2} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      )}
      <div role="alert">{saving.isError && <Alert color="red">{explain(saving.error, t)}</Alert>}</div>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button disabled={!slot} loading={saving.isPending} onClick={() => slot && saving.mutate(slot)}>
          {t('book.submit')}
        </Button>
      </Group>
    </Stack>
  );
}

interface SlotsProps {
  readonly slots: readonly Slot[] | undefined;
  readonly loading: boolean;
  readonly chosen: Slot | undefined;
  readonly onChoose: (slot: Slot) => void;
}

function Slots({ slots, loading, chosen, onChoose }: SlotsProps) {
  const { t } = useTranslation();
  if (!slots) return <Skeleton height={120} aria-busy={loading} />;
  if (slots.length === 0) return <Badge color="yellow">{t('book.noSlots')}</Badge>;
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
      <Text component="legend" size="sm" fw={500} mb={6}>
        {t('book.slot')}
      </Text>
      <Group gap="xs" mah={220} style={{ overflowY: 'auto' }}>
        {slots.map((slot) => (
          <Button
            key={`${slot.practitioner} ${slot.start}`}
            size="xs"
            variant={slot === chosen ? 'filled' : 'default'}
            aria-pressed={slot === chosen}
            className="numeric"
            onClick={() => onChoose(slot)}
          >
            {dayAndTime(slot.start)}
          </Button>
        ))}
      </Group>
    </fieldset>
  );
}

export function titleOf(category: Category): string {
  return { es: category.title_es, pt: category.title_pt, en: category.title_en }[currentLanguage()];
}
