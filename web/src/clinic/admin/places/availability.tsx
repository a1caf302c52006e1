import { Alert, Anchor, Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { components } from '../../../api/appointments';
import { usePractitioners, useSites } from '../../data/agenda';
import { useSaving } from '../../data/saving';
import { appointments, ifMatch, unwrap } from '../../data/server/client';
import { Form, Refused } from '../../kit/forms';
import { Loaded } from '../../kit/states';
import { useUnsaved } from '../../kit/unsaved';
import { HERE, today } from '../../language/zone';
import { AffectedByHours } from './affected';
import classes from './availability.module.css';
import {
  formFaults,
  fromForm,
  newClosure,
  newExtra,
  newWeekly,
  toForm,
  worded,
  type AvailabilityForm,
} from './availability_form';
import { ClosureFields, ExtraFields, WeeklyFields } from './availability_rows';

type Availability = components['schemas']['Availability'];

/** When a practitioner receives patients: the week, days off, and days more. */
export function AvailabilityPage() {
  const { t } = useTranslation();
  const { practitionerId = '' } = useParams();
  const person = usePractitioners().data?.find((p) => p.id === practitionerId);
  const found = useQuery({
    queryKey: ['availability', practitionerId],
    queryFn: () =>
      unwrap(
        appointments.GET('/appointments/practitioners/{practitioner_id}/availability', {
          params: { path: { practitioner_id: practitionerId } },
        }),
      ),
  });
  return (
    <Stack>
      <div>
        <Anchor component={Link} to="/admin/agendas" size="sm">
          {t('admin.agendas')}
        </Anchor>
        <Title order={2} size="h3">
          {person ? t('admin.hoursOf', { name: person.name }) : <Skeleton height={28} width={280} />}
        </Title>
        <Text c="dimmed" size="sm">
          {t('admin.hoursIntro')}
        </Text>
      </div>
      <AffectedByHours practitioner={practitionerId} />
      <Loaded query={found}>{(data) => <Editor key={data.version} availability={data} />}</Loaded>
    </Stack>
  );
}

function Editor({ availability }: { readonly availability: Availability }) {
  const { t } = useTranslation();
  const sites = useSites().data ?? [];
  const form = useForm<AvailabilityForm>({
    initialValues: toForm(availability),
    validate: (fields) => worded(formFaults(fields), t),
  });
  useUnsaved(form.isDirty());
  const saving = useSaving(form, ['availability', availability.practitioner], (fields) => {
    const params = { path: { practitioner_id: availability.practitioner }, header: ifMatch(availability.version) };
    return unwrap(
      appointments.PUT('/appointments/practitioners/{practitioner_id}/availability', {
        params,
        body: fromForm(fields),
      }),
    );
  });
  useUnsaved(form.isDirty());
  const site = sites[0];
  const day = today(site?.zone ?? HERE);
  const { weekly, closures, extra } = form.values;
  return (
    <Form onSubmit={saving.onSubmit}>
      <Rows
        title={t('admin.weekly')}
        add={t('admin.addBlock')}
        onAdd={() => form.insertListItem('weekly', newWeekly(weekly.at(-1), site?.id ?? ''))}
      >
        {weekly.map((row, index) => (
          <WeeklyFields key={row.key} form={form} index={index} sites={sites} />
        ))}
      </Rows>
      <Rows
        title={t('admin.closures')}
        add={t('admin.addClosure')}
        onAdd={() => form.insertListItem('closures', newClosure(day))}
      >
        {closures.map((row, index) => (
          <ClosureFields
            key={row.key}
            at={(name) => form.getInputProps(`closures.${index}.${name}`)}
            onRemove={() => form.removeListItem('closures', index)}
          />
        ))}
      </Rows>
      <Rows
        title={t('admin.extra')}
        add={t('admin.addExtra')}
        onAdd={() => form.insertListItem('extra', newExtra(day, site?.id ?? ''))}
      >
        {extra.map((row, index) => (
          <ExtraFields key={row.key} form={form} index={index} sites={sites} />
        ))}
      </Rows>
      <Refused text={saving.refusal} />
      <Group className={classes.save ?? ''} data-unsaved={form.isDirty() || undefined}>
        <Button type="submit" loading={saving.busy} disabled={!form.isDirty()}>
          {t('common.save')}
        </Button>
        {form.isDirty() && (
          <Alert color="yellow" p="xs" role="status">
            {t('admin.unsaved')}
          </Alert>
        )}
      </Group>
    </Form>
  );
}

interface RowsProps {
  readonly title: string;
  readonly add: string;
  readonly onAdd: () => void;
  readonly children: readonly ReactNode[];
}

function Rows({ title, add, onAdd, children }: RowsProps) {
  const { t } = useTranslation();
  return (
    <Paper p="md" component="section" aria-label={title}>
      <Title order={3} size="h5" mb="sm">
        {title}
      </Title>
      <Stack gap="sm">
        {children.length === 0 ? <Text c="dimmed">{t('common.nothing')}</Text> : children}
        <div>
          <Button size="xs" variant="light" onClick={onAdd}>
            {add}
          </Button>
        </div>
      </Stack>
    </Paper>
  );
}
