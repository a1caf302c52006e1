import { Alert, Button, Group, Paper, Stack, Text, Title, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconSignature } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useOrder, type Order } from '../../data/orders';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import { useSession } from '../../data/session/session';
import { Reasoned } from '../../kit/reasoned';
import { Loaded } from '../../kit/states';
import { Tag } from '../../kit/tag';
import { dateAndTime } from '../../language/format';
import { isLanguage } from '../../language/i18n';
import { refusal } from '../../language/order_refusals';
import lists from '../base/lists.module.css';
import { Attachments } from './attachments';
import { OrderForm } from './order_form';
import { PrintPreview } from './print';
import { ResultForm } from './result_form';
import { Results } from './results';
import { Specimen } from './specimen';
import { StatusBadge } from './status';

interface OrderProps {
  readonly id: string;
  readonly onClose: () => void;
  readonly onChanged?: ((unsaved: boolean) => void) | undefined;
}

/** One order from draft to sign-off, with what each role may do next. */
export function OrderView({ id, onClose, onChanged }: OrderProps) {
  const order = useOrder(id);
  const [editing, setEditing] = useState(false);
  const stop = () => setEditing(false);
  return (
    <Loaded query={order}>
      {(found) =>
        editing && found.status === 'draft' ? (
          <OrderForm patientId={found.patient} draft={found} onSaved={stop} onCancel={stop} onChanged={onChanged} />
        ) : (
          <Whole order={found} onEdit={() => setEditing(true)} onClose={onClose} />
        )
      }
    </Loaded>
  );
}

interface WholeProps {
  readonly order: Order;
  readonly onEdit: () => void;
  readonly onClose: () => void;
}

function Whole({ order, onEdit, onClose }: WholeProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const laboratory = me.roles.includes('laboratory');
  const open = order.status === 'active' || order.status === 'resulted' || order.status === 'reviewed';
  return (
    <Paper p="md">
      <Stack>
        <Group justify="space-between">
          <Group>
            <Title order={2} size="h4">
              {t(`orders.orderKinds.${order.kind}`)}
            </Title>
            <StatusBadge status={order.status} />
            {order.priority !== 'routine' && <Tag tone="warn">{t(`orders.priority.${order.priority}`)}</Tag>}
            {order.overdue && <Tag tone="danger">{t('orders.late')}</Tag>}
          </Group>
          <Button variant="subtle" onClick={onClose}>
            {t('orders.back')}
          </Button>
        </Group>
        <Facts order={order} />
        <ul className={lists.list} aria-label={t('orders.tests')}>
          {order.tests.map((test) => (
            <li key={test.display} className={lists.line}>
              {test.display}{' '}
              <Text span size="sm" c="dimmed" className="numeric">
                {test.loinc ?? test.code ?? t('orders.uncodedMark')}
              </Text>
            </li>
          ))}
        </ul>
        <Steps order={order} onEdit={onEdit} />
        {open && order.kind === 'laboratory' && <Specimen order={order} />}
        {order.result != null && <Results order={order} />}
        {open && laboratory && <ResultForm key={order.version} order={order} />}
        {order.status !== 'draft' && <Attachments order={order} />}
      </Stack>
    </Paper>
  );
}

function Facts({ order }: { readonly order: Order }) {
  const { t } = useTranslation();
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    [t('orders.patient'), order.patient_label.name],
    [t('orders.indication'), order.reason],
    [t('orders.signedAt'), order.signed_at && dateAndTime(order.signed_at)],
    [t('orders.dueAt'), order.due_at && order.status === 'active' ? dateAndTime(order.due_at) : undefined],
    [t('orders.orderer'), order.prescriber?.name],
    [t('orders.code'), order.verification_code],
    [t('orders.statusReason'), order.status_reason],
  ];
  return (
    <dl className={lists.facts}>
      {facts.map(([name, value]) =>
        value == null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** Sign, edit, print, cancel, take over, withdraw: as the state and the role allow. */
function Steps({ order, onEdit }: { readonly order: Order; readonly onEdit: () => void }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const physician = me.roles.includes('physician');
  const writer = physician || me.roles.includes('nurse');
  const given = (key: { readonly 'Idempotency-Key': string }) => ({
    params: { path: { id: order.id }, header: { ...ifMatch(order.version), ...key } },
  });
  const signing = useAct((key) => unwrap(orders.POST('/orders/requests/{id}/sign', given(key))));
  const taking = useAct((key) => unwrap(orders.POST('/orders/requests/{id}/take-over', given(key))));
  const ending = useAct((key, { how, reason }: { readonly how: 'cancel' | 'withdraw'; readonly reason: string }) =>
    unwrap(orders.POST(`/orders/requests/{id}/${how}`, { ...given(key), body: { reason } })),
  );
  const end = (how: 'cancel' | 'withdraw') => (reason: string) => ending.mutateAsync({ how, reason });
  const others = order.orderer != null && order.orderer !== me.id;
  return (
    <>
      <Group>
        {order.status === 'draft' && writer && (
          <Button variant="default" onClick={onEdit}>
            {t('orders.edit')}
          </Button>
        )}
        {order.status === 'draft' && physician && (
          <Button
            leftSection={<IconSignature size={18} aria-hidden />}
            loading={signing.isPending}
            onClick={() =>
              signing.mutate(undefined, { onSuccess: () => notifications.show({ message: t('orders.signed') }) })
            }
          >
            {t('orders.sign')}
          </Button>
        )}
        {order.status !== 'draft' && writer && (
          <PrintPreview
            kind="order"
            id={order.id}
            version={order.version}
            language={isLanguage(order.patient_label.language) ? order.patient_label.language : 'es'}
          />
        )}
        {physician && others && (order.status === 'active' || order.status === 'resulted') && (
          <Tooltip label={t('orders.takeOverBody')}>
            <Button variant="default" loading={taking.isPending} onClick={() => taking.mutate()}>
              {t('orders.takeOver')}
            </Button>
          </Tooltip>
        )}
        {physician && order.status === 'active' && (
          <Reasoned
            danger
            label={t('orders.cancelOrder')}
            body={t('orders.cancelOrderBody')}
            onConfirm={end('cancel')}
          />
        )}
        {physician && order.status !== 'entered_in_error' && (
          <Reasoned danger label={t('orders.withdraw')} body={t('orders.withdrawBody')} onConfirm={end('withdraw')} />
        )}
      </Group>
      <div role="alert">
        {(signing.error ?? taking.error) && <Alert color="red">{refusal(signing.error ?? taking.error, t)}</Alert>}
      </div>
    </>
  );
}
