import { Alert, Button, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconSignature } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useChecks, type Checks, type OrderAlert, type Prescription } from '../../data/orders';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import { SHORTEST_REASON } from '../../kit/reasoned';
import { Loaded } from '../../kit/states';
import { refusal } from '../../language/order_refusals';
import { AlertCard, Unchecked } from './alerts';

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
        {(found) => <Sign draft={draft} checks={found} alerts={sorted(found.alerts)} />}
      </Loaded>
    </Stack>
  );
}

function sorted(alerts: readonly OrderAlert[]): readonly OrderAlert[] {
  return [...alerts].sort((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity));
}

interface SignProps {
  readonly draft: Prescription;
  readonly checks: Checks;
  readonly alerts: readonly OrderAlert[];
}

function Sign({ draft, checks, alerts }: SignProps) {
  const { t } = useTranslation();
  const [reasons, setReasons] = useState<Readonly<Record<string, string>>>({});
  const [precautions, setPrecautions] = useState<Readonly<Record<string, string>>>({});
  const blocking = alerts.filter(({ severity }) => severity === 'high');
  const long = (text: string | undefined) => (text ?? '').trim().length >= SHORTEST_REASON;
  const reasoned = blocking.every(
    ({ id, contraindicated }) => long(reasons[id]) && (!contraindicated || long(precautions[id])),
  );
  const signing = useAct((key) => {
    const overrides = blocking.map(({ id, contraindicated }) => ({
      alert: id,
      reason: (reasons[id] ?? '').trim(),
      ...(contraindicated && { precaution: (precautions[id] ?? '').trim() }),
    }));
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
          {alert.severity === 'high' && alert.contraindicated && (
            <Textarea
              label={t('orders.precaution')}
              description={t('orders.reasonHint', { count: SHORTEST_REASON })}
              autosize
              minRows={2}
              maxLength={500}
              value={precautions[alert.id] ?? ''}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setPrecautions((now) => ({ ...now, [alert.id]: value }));
              }}
            />
          )}
        </AlertCard>
      ))}
      <Unchecked checks={checks} />
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
