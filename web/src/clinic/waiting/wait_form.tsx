import { Button, Group, MultiSelect, Select, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { uuid7 } from '../../common/uuid';
import { type Site, titleOf, useCategories, usePractitioners } from '../data/agenda';
import { answered, fieldErrors, useChange } from '../data/saving';
import { appointments, ifMatch, unwrap } from '../data/server/client';
import { isUrgency, URGENCIES, type Urgency, type WaitingBody, type WaitingEntry } from '../data/waiting_list';
import { DateField, TimeField } from '../kit/date_field';
import { Form, Refusal } from '../kit/forms';
import { orNull } from '../kit/or_null';
import { dateParts } from '../language/format';
import { currentLanguage } from '../language/i18n';
import { specialtyOptions } from '../language/specialties';
import { addDays } from '../language/zone';

interface WaitFormProps {
  readonly patient: { readonly id: string; readonly display_name: string };
  readonly site: Site;
  readonly entry: WaitingEntry | undefined;
  readonly onClose: () => void;
}

interface Fields {
  category: string | null;
  practitioners: string[];
  specialty: string | null;
  urgency: string;
  not_before: string;
  not_after: string;
  weekdays: string[];
  earliest: string;
  latest: string;
  note: string;
}

const A_MONDAY = '2024-01-01';

/** What would suit a patient who waits for an earlier appointment. */
export function WaitForm({ patient, site, entry, onClose }: WaitFormProps) {
  const { t } = useTranslation();
  const [key, setKey] = useState(uuid7);
  const categories = useCategories().data ?? [];
  const people = (usePractitioners().data ?? []).filter((p) => p.active && p.sites.includes(site.id));
  const specialties = [...new Set(people.flatMap((p) => p.specialties))];
  const form = useForm<Fields>({
    initialValues: {
      category: entry?.category ?? null,
      practitioners: [...(entry?.practitioners ?? [])],
      specialty: entry?.specialty ?? null,
      urgency: entry?.urgency ?? 'routine',
      not_before: entry?.not_before ?? '',
      not_after: entry?.not_after ?? '',
      weekdays: (entry?.weekdays ?? []).map(String),
      earliest: entry?.earliest?.slice(0, 5) ?? '',
      latest: entry?.latest?.slice(0, 5) ?? '',
      note: entry?.note ?? '',
    },
    validate: {
      category: (value) => (value === null ? t('common.required') : null),
      practitioners: (value, { specialty }) =>
        value.length === 0 && specialty === null ? t('waitlist.nameSomebody') : null,
      not_after: (value, { not_before }) => (value !== '' && value < not_before ? t('field.order') : null),
      latest: (value, { earliest }) => (value !== '' && earliest !== '' && value <= earliest ? t('field.order') : null),
    },
  });
  const bodyOf = (fields: Fields): WaitingBody => {
    const urgency: Urgency = isUrgency(fields.urgency) ? fields.urgency : 'routine';
    return {
      patient: {
        id: patient.id,
        display_name: patient.display_name,
        language: entry?.patient.language ?? currentLanguage(),
      },
      site: site.id,
      category: fields.category ?? '',
      minutes: entry?.minutes ?? categories.find((c) => c.code === fields.category)?.minutes ?? 20,
      practitioners: fields.practitioners,
      specialty: fields.practitioners.length > 0 ? null : fields.specialty,
      urgency,
      not_before: orNull(fields.not_before),
      not_after: orNull(fields.not_after),
      weekdays: fields.weekdays.map(Number),
      earliest: orNull(fields.earliest),
      latest: orNull(fields.latest),
      notice_minutes: entry?.notice_minutes ?? 120,
      note: orNull(fields.note),
    };
  };
  const change = (body: WaitingBody, withdrawn: boolean) => {
    const params = { path: { waiting_id: entry?.id ?? '' }, header: ifMatch(entry?.version ?? 0) };
    return unwrap(
      appointments.PUT('/appointments/waiting-list/{waiting_id}', { params, body: { ...body, withdrawn } }),
    );
  };
  const save = useChange(
    ['waiting-list'],
    ({ fields, withdrawn }: { readonly fields: Fields; readonly withdrawn: boolean }) => {
      const body = bodyOf(fields);
      if (entry) return change(body, withdrawn);
      return unwrap(
        appointments.POST('/appointments/waiting-list', { params: { header: { 'Idempotency-Key': key } }, body }),
      );
    },
    onClose,
  );
  const onError = (error: Error) => {
    if (answered(error)) setKey(uuid7());
    form.setErrors(fieldErrors(error, t));
  };
  return (
    <Form onSubmit={form.onSubmit((fields) => save.mutate({ fields, withdrawn: false }, { onError }))}>
      <Text fw={600}>{patient.display_name}</Text>
      <div className="columns-2">
        <Select
          label={t('book.category')}
          withAsterisk
          data={categories.filter((c) => c.active).map((c) => ({ value: c.code, label: titleOf(c) }))}
          {...form.getInputProps('category')}
        />
        <Select
          label={t('waitlist.urgency')}
          allowDeselect={false}
          data={URGENCIES.map((value) => ({ value, label: t(`waitlist.${value}`) }))}
          {...form.getInputProps('urgency')}
        />
        <MultiSelect
          label={t('agenda.practitioner')}
          data={people.map((p) => ({ value: p.id, label: p.name }))}
          {...form.getInputProps('practitioners')}
        />
        {form.values.practitioners.length === 0 && specialties.length > 0 && (
          <Select
            label={t('agenda.specialty')}
            data={specialtyOptions(specialties)}
            clearable
            {...form.getInputProps('specialty')}
          />
        )}
        <DateField label={t('waitlist.notBefore')} {...form.getInputProps('not_before')} />
        <DateField label={t('waitlist.notAfter')} {...form.getInputProps('not_after')} />
        <MultiSelect
          label={t('waitlist.weekdays')}
          placeholder={t('waitlist.anyDay')}
          data={Array.from({ length: 7 }, (_, n) => ({
            value: String(n + 1),
            label: dateParts(addDays(A_MONDAY, n), { weekday: 'long' }),
          }))}
          {...form.getInputProps('weekdays')}
        />
        <Group grow>
          <TimeField label={t('common.start')} {...form.getInputProps('earliest')} />
          <TimeField label={t('common.end')} {...form.getInputProps('latest')} />
        </Group>
      </div>
      <Textarea label={t('waitlist.note')} autosize minRows={2} {...form.getInputProps('note')} />
      <Refusal error={save.error} />
      <Group justify="space-between">
        {entry ? (
          <Button
            variant="light"
            color="red"
            loading={save.isPending}
            onClick={() => save.mutate({ fields: form.values, withdrawn: true }, { onError })}
          >
            {t('waitlist.withdraw')}
          </Button>
        ) : (
          <Stack />
        )}
        <Button type="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      </Group>
    </Form>
  );
}
