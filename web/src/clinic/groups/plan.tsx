import { Checkbox, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { type Site, titleOf, useCategories, usePractitioners } from '../data/agenda';
import { useSaving } from '../data/saving';
import { appointments, unwrap } from '../data/server/client';
import { OVERRULE, useHasRole } from '../data/session/roles';
import { DateField, TimeField } from '../kit/date_field';
import { Dialog } from '../kit/dialogs';
import { Form, FormEnd } from '../kit/forms';
import { isDay, momentAt, today } from '../language/zone';

const LEAST = 2;
const MOST = 60;

interface PlanProps {
  readonly opened: boolean;
  readonly site: Site;
  readonly onClose: () => void;
}

/** A time of the practitioners with places for several patients. */
export function PlanGroup({ opened, site, onClose }: PlanProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={t('groups.plan')} opened={opened} onClose={onClose}>
      <PlanForm site={site} onClose={onClose} />
    </Dialog>
  );
}

type Fields = {
  title: string;
  category: string | null;
  practitioners: string[];
  day: string;
  clock: string;
  minutes: number | string;
  capacity: number | string;
  room: string;
  outside_hours: boolean;
};

/** Minutes since midnight of `HH:MM`. */
function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

function PlanForm({ site, onClose }: Omit<PlanProps, 'opened'>) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const has = useHasRole();
  const people = (usePractitioners().data ?? []).filter((p) => p.active && p.sites.includes(site.id));
  // A teleconsultation has one patient.
  const categories = (useCategories().data ?? []).filter((c) => c.active && !c.telemedicine);
  const needed = (value: string | null) => ((value ?? '').trim() === '' ? t('common.required') : null);
  const form = useForm<Fields>({
    initialValues: {
      title: '',
      category: null,
      practitioners: [],
      day: today(site.zone),
      clock: '',
      minutes: 60,
      capacity: 10,
      room: '',
      outside_hours: false,
    },
    validate: {
      title: needed,
      category: needed,
      practitioners: (value) => (value.length === 0 ? t('common.required') : null),
      day: (value) => (isDay(value) ? null : t('common.required')),
      clock: needed,
      minutes: (value) => (Number(value) >= 5 && Number(value) % 5 === 0 ? null : t('groups.minutesHelp')),
      capacity: (value) => (Number(value) >= LEAST && Number(value) <= MOST ? null : t('groups.capacityHelp')),
    },
  });
  const [closed, setClosed] = useState(false);
  const saving = useSaving(
    form,
    ['agenda'],
    (fields, once) =>
      unwrap(
        appointments.POST('/appointments/groups', {
          params: { header: once },
          body: {
            title: fields.title.trim(),
            category: fields.category ?? '',
            practitioners: fields.practitioners,
            site: site.id,
            start: momentAt(fields.day, minutesOf(fields.clock), site.zone).toISOString(),
            minutes: Number(fields.minutes),
            capacity: Number(fields.capacity),
            room: fields.room.trim() || null,
            outside_hours: fields.outside_hours,
          },
        }),
      ),
    (made) => void navigate(`/groups/${made.id}`),
    ({ kind, fields }): Record<string, string> => {
      setClosed(kind === 'outside-hours');
      return fields.some((fault) => fault.pointer === '/start') ? { clock: t('groups.clockHelp') } : {};
    },
  );
  return (
    <Form onSubmit={saving.onSubmit}>
      <TextInput label={t('groups.name')} withAsterisk data-autofocus {...form.getInputProps('title')} />
      <div className="columns-2">
        <Select
          label={t('book.category')}
          withAsterisk
          data={categories.map((c) => ({ value: c.code, label: titleOf(c) }))}
          {...form.getInputProps('category')}
        />
        <MultiSelect
          label={t('groups.practitioners')}
          withAsterisk
          searchable
          data={people.map((p) => ({ value: p.id, label: p.name }))}
          {...form.getInputProps('practitioners')}
        />
        <DateField label={t('agenda.day')} withAsterisk {...form.getInputProps('day')} />
        <TimeField
          label={t('groups.clock')}
          description={site.zone}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          withAsterisk
          {...form.getInputProps('clock')}
        />
        <NumberInput
          label={t('groups.minutes')}
          min={5}
          max={480}
          step={5}
          allowDecimal={false}
          {...form.getInputProps('minutes')}
        />
        <NumberInput
          label={t('groups.capacity')}
          min={LEAST}
          max={MOST}
          allowDecimal={false}
          {...form.getInputProps('capacity')}
        />
      </div>
      <TextInput label={t('groups.room')} {...form.getInputProps('room')} />
      {closed && has(OVERRULE) && (
        <Checkbox label={t('book.outside')} {...form.getInputProps('outside_hours', { type: 'checkbox' })} />
      )}
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
