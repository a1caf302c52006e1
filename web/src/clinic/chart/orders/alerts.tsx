import { Alert, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Checks, OrderAlert } from '../../data/orders';
import { Tag } from '../../kit/tag';

const COLOURS: Readonly<Record<OrderAlert['severity'], string>> = { high: 'red', moderate: 'yellow', low: 'gray' };
const TONES = { high: 'danger', moderate: 'warn', low: 'off' } as const;

/** One finding: how grave by word and colour, what meets what, what may happen and what to do. */
export function AlertCard({ alert, children }: { readonly alert: OrderAlert; readonly children?: ReactNode }) {
  const { t } = useTranslation();
  const both = [alert.first, alert.second].filter(Boolean).join(' + ');
  const grave = alert.contraindicated ? t('orders.contraindicated') : t(`orders.severity.${alert.severity}`);
  return (
    <Alert
      color={COLOURS[alert.severity]}
      title={
        <Group gap="xs">
          <Tag tone={TONES[alert.severity]}>{grave}</Tag>
          {both === '' ? t(`orders.alert.${alert.kind}`) : `${t(`orders.alert.${alert.kind}`)}: ${both}`}
        </Group>
      }
    >
      <Stack gap="xs">
        <Text size="sm" c="var(--ts-ink)">
          {alert.text}
        </Text>
        {alert.advice !== '' && (
          <Text size="sm" fw={600} c="var(--ts-ink)">
            {alert.advice}
          </Text>
        )}
        <Text size="xs" c="var(--ts-ink)">
          {[...sourcesOf(alert).map((source) => t(`orders.source.${source}`)), alert.reference]
            .filter(Boolean)
            .join(' · ')}
        </Text>
        {children}
      </Stack>
    </Alert>
  );
}

const SOURCES = ['allergy', 'medication', 'prescription', 'reported'] as const;

/** Where the other side of an alert stands, each place once. */
export function sourcesOf({ source, sources }: Pick<OrderAlert, 'source' | 'sources'>) {
  const places = (sources.length > 0 ? sources : [source]).map((each) => each.split('/')[0]);
  return [...new Set(places.map((place) => SOURCES.find((known) => known === place) ?? 'here'))];
}

/** What nobody has compared: always said, so that silence is never taken for safety. */
export function Unchecked({ checks }: { readonly checks: Pick<Checks, 'unchecked'> }) {
  const { t } = useTranslation();
  if (checks.unchecked.length === 0) return null;
  return (
    <section aria-label={t('orders.unchecked')}>
      <Text fw={600} size="sm">
        {t('orders.unchecked')}
      </Text>
      <ul>
        {checks.unchecked.map(({ what, text }) => (
          <li key={`${what}${text}`}>
            <Text size="sm">{text}</Text>
          </li>
        ))}
      </ul>
    </section>
  );
}
