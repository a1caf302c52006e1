import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Triage } from '../data/triage';
import { dateAndTime, dayAndTime } from '../language/format';

/** What became of a request, oldest first, with what the citizen was told. */
export function Changes({ request }: { readonly request: Triage }) {
  const { t } = useTranslation('triage');
  return (
    <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
      {request.changes.map((change) => (
        <li key={change.number}>
          <Text fw={600}>{t(`state.${change.state}`)}</Text>
          <Text size="sm" c="dimmed">
            {dateAndTime(change.at)}
          </Text>
          {change.start !== null && <Text>{dayAndTime(change.start, change.zone ?? undefined)}</Text>}
          {change.to !== null && <Text>{change.to}</Text>}
          {change.reason !== null && <Text>{t(`reason.${change.reason}`)}</Text>}
          {change.text !== null && <Text style={{ whiteSpace: 'pre-wrap' }}>{change.text}</Text>}
        </li>
      ))}
    </Stack>
  );
}
