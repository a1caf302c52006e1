import { Alert, Button, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconSignature } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useChecks, type OrderAlert, type Prescription } from '../../data/orders';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import { SHORTEST_REASON } from '../../kit/reasoned';
import { Loaded } from '../../kit/states';
import { Tag } from '../../kit/tag';
import { refusal } from '../../language/order_refusals';

const COLOURS: Readonly<Record<OrderAlert['severity'], string>> = { high: 'red', moderate: 'yellow', low: 'gray' };
const TONES = { high: 'danger', moderate: 'warn', low: 'off' } as const;
const ORDER: readonly OrderAlert['severity'][] = ['high', 'moderate', 'low'];

/** Alerts of a draft, a reason for each that blocks, and the signature. */
export function Signing({ draft }: { readonly draft: Prescription }) {
  const { t } = useTranslation();
  const checks = useChecks(draft);
  return (
    <Stack component="section" aria-label={t('orders.checks')}>
      <Title order={2} size="h5">
        {t('orders.checks')}
      </Title>
      <Loaded query={checks} rows={2}>
        {(alerts) => <Sign draft={draft} alerts={sorted(alerts)} />}
      </Loaded>
    </Stack>
  );
}

function sorted(alerts: readonly OrderAlert[]): readonly OrderAlert[] {
  return [...alerts].sort((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity));
}

function Sign({ draft, alerts }: { readonly draft: Prescription; readonly alerts: readonly OrderAlert[] }) {
  const { t } = useTranslation();
  const [reasons, setReasons] = useState<Readonly<Record<string, string>>>({});
  const blocking = alerts.filter(({ severity }) => severity === 'high');
  const reasoned = blocking.every(({ id }) => (reasons[id] ?? '').trim().length >= SHORTEST_REASON);
  const signing = useAct((key) => {
    const overrides = blocking.map(({ id }) => ({ alert: id, reason: (reasons[id] ?? '').trim() }));
    const params = { path: { id: draft.id }, header: { ...ifMatch(draft.version), ...key } };
    return unwrap(orders.POST('/orders/prescriptions/{id}/sign', { params, body: { overrides } }));
  });
  const sign = () =>
    signing.mutate(undefined, { onSuccess: () => notifications.show({ message: t('orders.signed') }) });
  return (
    <>
      {alerts.length === 0 && (
        <Alert color="green" role="status">
          {t('orders.noAlerts')}
        </Alert>
      )}
      {alerts.map((alert) => (
        <AlertCard key={alert.id} alert={alert}>
          {alert.severity === 'high' && (
            <Textarea
              label={t('orders.override')}
              description={t('orders.reasonHint', { count: SHORTEST_REASON })}
              autosize
              minRows={2}
              maxLength={500}
              value={reasons[alert.id] ?? ''}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setReasons((now) => ({ ...now, [alert.id]: value }));
              }}
            />
          )}
        </AlertCard>
      ))}
      <div role="alert">{signing.isError && <Alert color="red">{refusal(signing.error, t)}</Alert>}</div>
      <Group justify="flex-end">
        {!reasoned && (
          <Text size="sm" c="dimmed">
            {t('orders.reasonsMissing')}
          </Text>
        )}
        <Button
          leftSection={<IconSignature size={18} aria-hidden />}
          loading={signing.isPending}
          disabled={!reasoned}
          onClick={sign}
        >
          {t('orders.sign')}
        </Button>
      </Group>
    </>
  );
}

/** One finding: how grave by word and colour, what meets what, and the text of the catalogue. */
export function AlertCard({ alert, children }: { readonly alert: OrderAlert; readonly children?: React.ReactNode }) {
  const { t } = useTranslation();
  return (
    <Alert
      color={COLOURS[alert.severity]}
      title={
        <Group gap="xs">
          <Tag tone={TONES[alert.severity]}>{t(`orders.severity.${alert.severity}`)}</Tag>
          {t(`orders.alert.${alert.kind}`)}
        </Group>
      }
    >
      <Stack gap="xs">
        <Text size="sm" c="var(--ts-ink)">
          {alert.text}
        </Text>
        {children}
      </Stack>
    </Alert>
  );
}
