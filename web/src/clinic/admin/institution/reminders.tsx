import { Alert, Button, Checkbox, Group, NumberInput, Paper, Select, Stack, Switch, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/appointments';
import { fieldErrors, useChange } from '../../data/saving';
import { appointments, ifMatch, unwrap } from '../../data/server/client';
import { TimeField } from '../../kit/date_field';
import { Refusal } from '../../kit/forms';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { useUnsaved } from '../../kit/unsaved';
import { CHANNELS, fromFields, LEADS, toFields, UNITS, type Fields } from './reminder_fields';
import classes from './reminders.module.css';

type Policy = components['schemas']['ReminderPolicy'];

const POLICY = ['admin', 'reminder-policy'] as const;

/** When and how patients are reminded of their appointments. */
export function RemindersPage() {
  const { t } = useTranslation();
  const policy = useQuery({
    queryKey: POLICY,
    queryFn: () => unwrap(appointments.GET('/appointments/reminder-policy')),
  });
  return (
    <Stack maw={760}>
      <Section title={t('reminders.policy')} intro={t('reminders.intro')}>
        <Loaded query={policy}>{(data) => <PolicyForm key={data.version} policy={data} />}</Loaded>
      </Section>
    </Stack>
  );
}

function PolicyForm({ policy }: { readonly policy: Policy }) {
  const { t } = useTranslation();
  const form = useForm<Fields>({
    initialValues: toFields(policy),
    validate: {
      leads: (rows) => {
        const minutes: readonly number[] = fromFields({ ...form.getValues(), leads: rows }).lead_minutes;
        if (new Set(minutes).size < minutes.length) return t('reminders.twice');
        return minutes.every((each) => each >= 15 && each <= 43_200) ? null : t('reminders.leadRange');
      },
      channels: (chosen) => (chosen.length === 0 ? t('reminders.oneChannel') : null),
      quiet_from: (from, { quiet_until }) =>
        (from === '') === (quiet_until === '') && (from === '' || from !== quiet_until)
          ? null
          : t('reminders.quietBoth'),
    },
  });
  const save = useChange(POLICY, (fields: Fields) =>
    unwrap(
      appointments.PUT('/appointments/reminder-policy', {
        params: { header: ifMatch(policy.version) },
        body: fromFields(fields),
      }),
    ),
  );
  useUnsaved(form.isDirty());
  const submit = (fields: Fields) => save.mutate(fields, { onError: (error) => form.setErrors(fieldErrors(error, t)) });
  const { enabled, leads, channels } = form.values;
  return (
    <Paper p="md" component="form" noValidate onSubmit={form.onSubmit(submit)}>
      <Stack>
        {policy.version === 0 && <Alert color="yellow">{t('reminders.unset')}</Alert>}
        <Switch label={t('reminders.enabled')} {...form.getInputProps('enabled', { type: 'checkbox' })} />
        {enabled && (
          <>
            <Stack gap="xs" component="fieldset" p={0} m={0} className={classes.bare}>
              <Text component="legend" fw={500} size="sm">
                {t('reminders.leads')}
              </Text>
              {leads.map((lead, index) => (
                <Group key={lead.key} gap="xs" align="flex-end">
                  <NumberInput
                    aria-label={t('reminders.lead', { number: index + 1 })}
                    w={110}
                    min={1}
                    allowDecimal={false}
                    {...form.getInputProps(`leads.${index}.amount`)}
                  />
                  <Units value={lead.unit} onChange={(unit) => form.setFieldValue(`leads.${index}.unit`, unit)} />
                  <Button variant="subtle" color="gray" size="xs" onClick={() => form.removeListItem('leads', index)}>
                    {t('admin.remove')}
                  </Button>
                </Group>
              ))}
              {leads.length === 0 && <Text c="dimmed">{t('reminders.noLead')}</Text>}
              {form.errors['leads'] !== undefined && (
                <Text size="sm" c="var(--mantine-color-error)" role="alert">
                  {form.errors['leads']}
                </Text>
              )}
              <div>
                <Button
                  variant="light"
                  size="xs"
                  disabled={leads.length >= LEADS}
                  onClick={() => form.insertListItem('leads', { key: crypto.randomUUID(), amount: 2, unit: 'hours' })}
                >
                  {t('reminders.addLead')}
                </Button>
              </div>
            </Stack>
            <Checkbox.Group
              label={t('reminders.channels')}
              description={t('reminders.channelsHelp')}
              {...form.getInputProps('channels')}
            >
              <Group mt="xs">
                {CHANNELS.map((each) => (
                  <Checkbox
                    key={each}
                    value={each}
                    label={labelOf(t(`reminderChannel.${each}`), channels.indexOf(each))}
                  />
                ))}
              </Group>
            </Checkbox.Group>
            <div className="columns-2">
              <TimeField
                label={t('reminders.quietFrom')}
                description={t('reminders.quietHelp')}
                {...form.getInputProps('quiet_from')}
              />
              <TimeField
                label={t('reminders.quietUntil')}
                description={t('reminders.quietZone')}
                {...form.getInputProps('quiet_until')}
              />
            </div>
          </>
        )}
        <Refusal error={save.error} />
        <Group>
          <Button type="submit" disabled={!form.isDirty() && policy.version > 0} loading={save.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

/** With its turn in the order in which channels are tried. */
function labelOf(channel: string, turn: number): string {
  return turn < 0 ? channel : `${turn + 1}. ${channel}`;
}

interface UnitsProps {
  readonly value: Fields['leads'][number]['unit'];
  readonly onChange: (unit: Fields['leads'][number]['unit']) => void;
}

function Units({ value, onChange }: UnitsProps) {
  const { t } = useTranslation();
  return (
    <Select
      aria-label={t('reminders.unit')}
      w={190}
      allowDeselect={false}
      data={UNITS.map((unit) => ({ value: unit, label: t(`reminderUnit.${unit}`) }))}
      value={value}
      onChange={(unit) => onChange(UNITS.find((each) => each === unit) ?? 'hours')}
    />
  );
}
