import { ActionIcon, Alert, Button, Group, NumberInput, Paper, Select, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconArrowUp, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ALARM_PLAN, type AlarmPlan } from '../../data/alarm_plan';
import { useSaving } from '../../data/saving';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import type { User } from '../../data/users';
import { Refused } from '../../kit/forms';

type Fields = { deputies: string[]; minutes: number | string };

const MOST = 10;

interface PlanFormProps {
  readonly plan: AlarmPlan;
  /** Who may be told. */
  readonly people: readonly User[];
}

/** Who comes after whom, and how long each has. */
export function AlarmPlanForm({ plan, people }: PlanFormProps) {
  const { t } = useTranslation();
  const form = useForm<Fields>({
    initialValues: { deputies: [...plan.deputies], minutes: plan.minutes },
    validate: {
      minutes: (value) => (Number(value) >= 2 && Number(value) <= 60 ? null : t('alarmPlan.minutesRange')),
    },
  });
  const saving = useSaving(form, ALARM_PLAN, ({ deputies, minutes }) =>
    unwrap(
      orders.PUT('/orders/alarm-plan', {
        params: { header: ifMatch(plan.version) },
        body: { deputies, minutes: Number(minutes) },
      }),
    ),
  );
  const { deputies } = form.values;
  const others = people.filter(({ id }) => !deputies.includes(id));
  const channels = plan.channels;
  return (
    <Paper p="md" component="form" noValidate onSubmit={saving.onSubmit} maw={760}>
      <Stack>
        {channels.length === 0 && <Alert color="red">{t('alarmPlan.noChannel')}</Alert>}
        {channels.length > 0 && !channels.includes('sms') && <Alert color="yellow">{t('alarmPlan.noSms')}</Alert>}
        <div>
          <Text fw={500} size="sm">
            {t('alarmPlan.order')}
          </Text>
          <Text size="sm" c="dimmed">
            {t('alarmPlan.orderHelp')}
          </Text>
        </div>
        <Stack component="ol" gap="xs" p={0} m={0}>
          <Step place={1} name={t('alarmPlan.responsible')} />
          {deputies.map((id, index) => (
            <Step
              key={id}
              place={index + 2}
              name={people.find((user) => user.id === id)?.display_name ?? t('alarmPlan.gone')}
              onUp={index > 0 ? () => form.reorderListItem('deputies', { from: index, to: index - 1 }) : undefined}
              onRemove={() => form.removeListItem('deputies', index)}
            />
          ))}
        </Stack>
        {deputies.length === 0 && <Alert color="yellow">{t('alarmPlan.noDeputy')}</Alert>}
        {deputies.length < MOST && (
          <Select
            label={t('alarmPlan.add')}
            placeholder={t('alarmPlan.addHint')}
            searchable
            value={null}
            maw={420}
            data={others.map((user) => ({ value: user.id, label: user.display_name }))}
            onChange={(id) => id !== null && form.insertListItem('deputies', id)}
          />
        )}
        <NumberInput
          label={t('alarmPlan.minutes')}
          description={t('alarmPlan.minutesHelp')}
          maw={420}
          min={2}
          max={60}
          allowDecimal={false}
          {...form.getInputProps('minutes')}
        />
        <Refused text={saving.refusal} />
        <Group>
          <Button type="submit" disabled={!form.isDirty() && plan.version > 0} loading={saving.busy}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

interface StepProps {
  readonly place: number;
  readonly name: string;
  readonly onUp?: (() => void) | undefined;
  readonly onRemove?: () => void;
}

function Step({ place, name, onUp, onRemove }: StepProps) {
  const { t } = useTranslation();
  return (
    <Group component="li" gap="xs" wrap="nowrap" mih={34}>
      <Text className="numeric" c="dimmed" w={24}>
        {place}.
      </Text>
      <Text style={{ flex: 1 }}>{name}</Text>
      {onUp && (
        <ActionIcon variant="default" size="lg" aria-label={t('alarmPlan.up', { name })} onClick={onUp}>
          <IconArrowUp size={18} aria-hidden />
        </ActionIcon>
      )}
      {onRemove && (
        <ActionIcon variant="default" size="lg" aria-label={t('alarmPlan.remove', { name })} onClick={onRemove}>
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}
