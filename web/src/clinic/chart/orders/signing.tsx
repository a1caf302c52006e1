import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core';
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
import { Answer, NO_ANSWER, type Given } from './answer';
import { withoutLine } from './draft_body';

const ORDER: readonly OrderAlert['severity'][] = ['high', 'moderate', 'low'];

/** What was answered, by what an alert is about: its id changes when a line is taken away. */
type Answers = Readonly<Record<string, Given>>;

/** Alerts of a draft, a reason for each that asks for one, and the signature. */
export function Signing({ draft }: { readonly draft: Prescription }) {
  const { t } = useTranslation();
  const checks = useChecks(draft);
  const [answers, setAnswers] = useState<Answers>({});
  const put = (about: string, given: Given) => setAnswers((now) => ({ ...now, [about]: given }));
  return (
    <Stack component="section" aria-label={t('orders.checks')}>
      <Title order={2} size="h5">
        {t('orders.checks')}
      </Title>
      <Loaded query={checks} rows={2}>
        {(found) => (
          <Sign draft={draft} checks={found} alerts={sorted(found.alerts)} answers={answers} onAnswer={put} />
        )}
      </Loaded>
    </Stack>
  );
}

function sorted(alerts: readonly OrderAlert[]): readonly OrderAlert[] {
  return [...alerts].sort((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity));
}

/** What an alert is about, whatever its line's number. */
export function aboutOf({ kind, source, agents, first, second }: OrderAlert): string {
  return [kind, source.startsWith('line/') ? 'line' : source, ...agents, first, second].join('|');
}

const asks = ({ severity, asks_reason: asked }: OrderAlert) => severity === 'high' || asked;
const long = (text: string) => text.trim().length >= SHORTEST_REASON;

interface SignProps {
  readonly draft: Prescription;
  readonly checks: Checks;
  readonly alerts: readonly OrderAlert[];
  readonly answers: Answers;
  readonly onAnswer: (about: string, given: Given) => void;
}

function Sign({ draft, checks, alerts, answers, onAnswer }: SignProps) {
  const { t } = useTranslation();
  const asking = alerts.filter(asks);
  const given = (alert: OrderAlert) => answers[aboutOf(alert)] ?? NO_ANSWER;
  const reasoned = asking.every((alert) => {
    const { reason, precaution } = given(alert);
    return long(reason) && (!alert.contraindicated || long(precaution));
  });
  const signing = useAct((key) => {
    const overrides = asking.map((alert) => ({
      alert: alert.id,
      reason: given(alert).reason.trim(),
      ...(alert.contraindicated && { precaution: given(alert).precaution.trim() }),
    }));
    const params = { path: { id: draft.id }, header: { ...ifMatch(draft.version), ...key } };
    return unwrap(orders.POST('/orders/prescriptions/{id}/sign', { params, body: { overrides } }));
  });
  const removing = useAct((_key, number: number) => {
    const params = { path: { id: draft.id }, header: ifMatch(draft.version) };
    return unwrap(orders.PUT('/orders/prescriptions/{id}', { params, body: withoutLine(draft, number) }));
  });
  const sign = () =>
    signing.mutate(undefined, { onSuccess: () => notifications.show({ message: t('orders.signed') }) });
  const takeAway = (number: number, name: string) =>
    removing.mutate(number, {
      onSuccess: () => notifications.show({ message: t('orders.takenAway', { name }) }),
    });
  return (
    <>
      {alerts.length === 0 && (
        <Alert color="green" role="status">
          {t('orders.noAlerts')}
        </Alert>
      )}
      {alerts.map((alert) => (
        <AlertCard key={alert.id} alert={alert}>
          {asks(alert) && (
            <Answer alert={alert} given={given(alert)} onChange={(next) => onAnswer(aboutOf(alert), next)} />
          )}
          {draft.lines.length > 1 && asks(alert) && (
            <Group gap="xs">
              {draft.lines
                .filter(({ number }) => alert.lines.includes(number))
                .map(({ number, product }) => (
                  <Button
                    key={number}
                    size="compact-sm"
                    variant="default"
                    loading={removing.isPending && removing.variables === number}
                    onClick={() => takeAway(number, product.name)}
                  >
                    {t('orders.takeAway', { name: `${product.name} ${product.strength}` })}
                  </Button>
                ))}
            </Group>
          )}
        </AlertCard>
      ))}
      <Unchecked checks={checks} />
      <div role="alert">
        {removing.isError && <Alert color="red">{refusal(removing.error, t)}</Alert>}
        {signing.isError && <Alert color="red">{refusal(signing.error, t)}</Alert>}
      </div>
      <Group justify="flex-end">
        {!reasoned && (
          <Text size="sm" c="dimmed">
            {t('orders.reasonsMissing')}
          </Text>
        )}
        <Button
          leftSection={<IconSignature size={18} aria-hidden />}
          loading={signing.isPending}
          disabled={!reasoned || removing.isPending}
          onClick={sign}
        >
          {t('orders.sign')}
        </Button>
      </Group>
    </>
  );
}
