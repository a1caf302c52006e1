import { Alert, Button, Group, Stack, Table, Text, Textarea, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useResults, type Observation, type Order, type Result } from '../../data/orders';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import { useSession } from '../../data/session/session';
import { Loaded } from '../../kit/states';
import { Tag } from '../../kit/tag';
import { dateAndTime } from '../../language/format';
import { refusal } from '../../language/order_refusals';
import { symbol } from '../../language/units';
import classes from './orders.module.css';
import { number } from './words';

const GRAVE: ReadonlySet<string> = new Set(['critical_low', 'critical_high', 'critical']);

/** The latest version of a result, the earlier ones, and the orderer's sign-off. */
export function Results({ order }: { readonly order: Order }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const [earlier, { toggle }] = useDisclosure();
  const versions = useResults(order.id, earlier);
  const { result } = order;
  if (result == null) return null;
  return (
    <section aria-label={t('orders.result')}>
      <Stack>
        <OneResult result={result} />
        {order.sign_offs.map((signed) => (
          <Text key={`${signed.result} ${signed.at}`} size="sm" c="dimmed" className="numeric">
            {t('orders.signedOff', { version: signed.result, moment: dateAndTime(signed.at) })}
            {signed.comment != null && ` · ${signed.comment}`}
          </Text>
        ))}
        {order.status === 'resulted' &&
          (order.orderer === me.id ? (
            <SignOff order={order} result={result} />
          ) : (
            <Alert color="yellow">{t('orders.othersSignOff')}</Alert>
          ))}
        {order.results > 1 && (
          <Button variant="subtle" size="compact-sm" w="fit-content" aria-expanded={earlier} onClick={toggle}>
            {t('orders.versions', { count: order.results })}
          </Button>
        )}
        {earlier && (
          <Loaded query={versions}>
            {(all) =>
              all
                .filter((each) => each.number !== result.number)
                .map((each) => <OneResult key={each.number} result={each} />)
            }
          </Loaded>
        )}
      </Stack>
    </section>
  );
}

function OneResult({ result }: { readonly result: Result }) {
  const { t } = useTranslation();
  return (
    <div>
      <Group gap="xs" mb={4}>
        <Title order={3} size="h5">
          {t('orders.resultNumber', { number: result.number })}
        </Title>
        <Tag tone="calm">{t(`orders.resultStatus.${result.status}`)}</Tag>
        {result.critical && <Tag tone="danger">{t('orders.critical')}</Tag>}
        <Text size="sm" c="dimmed" className="numeric">
          {dateAndTime(result.entered_at)}
        </Text>
      </Group>
      {result.correction_reason !== null && (
        <Text size="sm">{t('orders.corrected', { reason: result.correction_reason })}</Text>
      )}
      <div
        className={classes.scroll}
        tabIndex={0}
        role="region"
        aria-label={t('orders.resultNumber', { number: result.number })}
      >
        <Table miw={480}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('orders.test')}</Table.Th>
              <Table.Th scope="col">{t('orders.value')}</Table.Th>
              <Table.Th scope="col">{t('orders.reference')}</Table.Th>
              <Table.Th scope="col">{t('orders.flagLabel')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {result.observations.map((one, index) => (
              <Table.Tr key={index}>
                <Table.Th scope="row" fw={500}>
                  {one.display}
                </Table.Th>
                <Table.Td className="numeric" fw={one.flag != null && one.flag !== 'normal' ? 700 : 400}>
                  {one.value != null
                    ? `${one.comparator ?? ''}${one.comparator ? ' ' : ''}${number(one.value)} ${one.unit == null || one.unit === '1' ? '' : symbol(one.unit)}`
                    : one.text}
                </Table.Td>
                <Table.Td className="numeric">
                  {reference(one)}
                  {one.limits_from === 'reference' && reference(one) !== '' && (
                    <Text size="xs" c="dimmed">
                      {t('orders.usualLimits')}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  {one.unjudged != null && <Text size="sm">{t(`orders.unjudged.${one.unjudged}`)}</Text>}
                  {one.flag != null && (
                    <Tag tone={GRAVE.has(one.flag) ? 'danger' : one.flag === 'normal' ? 'good' : 'warn'}>
                      {t(`orders.flag.${one.flag}`)}
                    </Tag>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {result.conclusion !== null && <Text mt="xs">{result.conclusion}</Text>}
    </div>
  );
}

function reference({ low, high }: Observation): string {
  if (low != null && high != null) return `${number(low)}–${number(high)}`;
  if (low != null) return `≥ ${number(low)}`;
  return high != null ? `≤ ${number(high)}` : '';
}

/** Only this version: a correction meanwhile asks for another look. */
function SignOff({ order, result }: { readonly order: Order; readonly result: Result }) {
  const { t } = useTranslation();
  const [comment, setComment] = useState('');
  const signing = useAct((key) => {
    const params = { path: { id: order.id }, header: { ...ifMatch(order.version), ...key } };
    const body = { result: result.number, ...(comment.trim() !== '' && { comment: comment.trim() }) };
    return unwrap(orders.POST('/orders/requests/{id}/sign-off', { params, body }));
  });
  const sign = () =>
    signing.mutate(undefined, { onSuccess: () => notifications.show({ message: t('orders.signOffDone') }) });
  return (
    <Stack gap="xs">
      <Textarea
        label={t('orders.signOffComment')}
        autosize
        minRows={2}
        maxLength={4000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <div role="alert">{signing.isError && <Alert color="red">{refusal(signing.error, t)}</Alert>}</div>
      <Group justify="flex-end">
        <Button loading={signing.isPending} onClick={sign}>
          {t('orders.signOff')}
        </Button>
      </Group>
    </Stack>
  );
}
