import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, type Order } from '../../data/orders';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import { useSession } from '../../data/session/session';
import { MomentField } from '../../kit/date_field';
import { dateAndTime } from '../../language/format';
import { refusal } from '../../language/order_refusals';
import { isMoment } from '../../language/typed_date';

const TAKES: ReadonlySet<string> = new Set(['physician', 'nurse', 'laboratory']);

/** What was taken and when, and whether the laboratory has it. */
export function Specimen({ order }: { readonly order: Order }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const { specimen } = order;
  const taking = specimen == null && order.status === 'active' && me.roles.some((role) => TAKES.has(role));
  const receiving = useAct((key) => {
    const params = { path: { id: order.id }, header: { ...ifMatch(order.version), ...key } };
    return unwrap(orders.POST('/orders/requests/{id}/specimen/receive', { params }));
  });
  if (specimen == null && !taking) return null;
  return (
    <section aria-label={t('orders.specimen')}>
      <Title order={3} size="h5" mb={4}>
        {t('orders.specimen')}
      </Title>
      {specimen == null ? (
        <Take order={order} />
      ) : (
        <Group>
          <Text className="numeric">
            {specimen.type} · {t('orders.collected', { moment: dateAndTime(specimen.collected_at) })}
            {specimen.received_at != null &&
              ` · ${t('orders.received', { moment: dateAndTime(specimen.received_at) })}`}
          </Text>
          {specimen.received_at == null && me.roles.includes('laboratory') && (
            <Button size="xs" loading={receiving.isPending} onClick={() => receiving.mutate()}>
              {t('orders.receive')}
            </Button>
          )}
        </Group>
      )}
      <div role="alert">{receiving.isError && <Alert color="red">{refusal(receiving.error, t)}</Alert>}</div>
    </section>
  );
}

function Take({ order }: { readonly order: Order }) {
  const { t } = useTranslation();
  const [type, setType] = useState('');
  const [at, setAt] = useState(() => dayjs().format('YYYY-MM-DDTHH:mm'));
  const taking = useAct(() => {
    const params = { path: { id: order.id }, header: ifMatch(order.version) };
    const body = { type: type.trim(), collected_at: dayjs(at).toISOString() };
    return unwrap(orders.PUT('/orders/requests/{id}/specimen', { params, body }));
  });
  return (
    <Stack gap="xs">
      <Group align="flex-end">
        <TextInput
          label={t('orders.specimenType')}
          value={type}
          maxLength={200}
          onChange={(event) => setType(event.currentTarget.value)}
        />
        <MomentField label={t('orders.collectedAt')} value={at} onChange={setAt} />
        <Button
          variant="default"
          loading={taking.isPending}
          disabled={type.trim() === '' || !isMoment(at)}
          onClick={() => taking.mutate()}
        >
          {t('orders.take')}
        </Button>
      </Group>
      <div role="alert">{taking.isError && <Alert color="red">{refusal(taking.error, t)}</Alert>}</div>
    </Stack>
  );
}
