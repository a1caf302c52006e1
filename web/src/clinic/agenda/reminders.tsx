import { Alert, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { components } from '../../api/appointments';
import { appointments, unwrap } from '../data/server/client';
import { dayAndTime } from '../language/format';
import { explain } from '../language/refusals';

type Reminder = components['schemas']['Reminder'];
type Outcome = components['schemas']['ReminderOutcome'];

const COLOURS: Readonly<Partial<Record<Outcome, string>>> = {
  refused: 'var(--mantine-color-error)',
  missed: 'var(--mantine-color-error)',
  unconfirmed: 'var(--mantine-color-error)',
};

/** The reminders of an appointment, and what became of each. */
export function Reminders({ appointment, zone }: { readonly appointment: string; readonly zone: string }) {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ['agenda', 'reminders', appointment],
    queryFn: async () => {
      const params = { path: { appointment_id: appointment } };
      return (await unwrap(appointments.GET('/appointments/{appointment_id}/reminders', { params }))).items;
    },
  });
  return (
    <section aria-labelledby="reminders">
      <Text size="sm" c="dimmed" id="reminders">
        {t('reminders.title')}
      </Text>
      {found.isError ? (
        <Alert color="red" p="xs">
          {explain(found.error, t)}
        </Alert>
      ) : found.data === undefined ? (
        <Skeleton height={24} aria-busy />
      ) : found.data.length === 0 ? (
        <Text>{t('reminders.none')}</Text>
      ) : (
        <Stack component="ul" gap={2} p={0} m={0}>
          {found.data.map((each) => (
            <Line key={each.due_at} reminder={each} zone={zone} />
          ))}
        </Stack>
      )}
    </section>
  );
}

function Line({ reminder, zone }: { readonly reminder: Reminder; readonly zone: string }) {
  const { t } = useTranslation();
  const { outcome, channel } = reminder;
  return (
    <Group component="li" gap="xs" align="baseline" style={{ listStyle: 'none' }}>
      <Text className="numeric">{dayAndTime(reminder.at ?? reminder.due_at, zone)}</Text>
      <Text size="sm" c={COLOURS[outcome] ?? (outcome === 'sent' ? 'inherit' : 'dimmed')}>
        {t(`reminderOutcome.${outcome}`)}
        {channel !== null && ` · ${t(`reminderChannel.${channel}`)}`}
      </Text>
    </Group>
  );
}
