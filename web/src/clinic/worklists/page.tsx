import { Anchor, Button, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { RECORDS, useHasRole } from '../auth/roles';
import { useOrder } from '../chart/orders/data';
import { OrderView } from '../chart/orders/order';
import classes from '../chart/orders/orders.module.css';
import { dateAndTime } from '../layout/format';
import { Empty, Loaded } from '../layout/states';
import { REASONS, useWork, type Reason, type Scope, type WorkItem } from './data';
import { Tag, type Tone } from '../chart/orders/tag';

const TONES: Readonly<Record<Reason, Tone>> = {
  critical_result: 'danger',
  unsigned_result_late: 'warn',
  unanswered_order: 'warn',
  unsigned_result: 'calm',
};

/** Results to sign off and orders without an answer; what is open stands in the address. */
export function WorkPage() {
  const [params, setParams] = useSearchParams();
  const order = params.get('order');
  return order === null ? <Lists /> : <OneOrder key={order} id={order} onClose={() => setParams({})} />;
}

function Lists() {
  const { t } = useTranslation();
  const hasRole = useHasRole();
  const [scope, setScope] = useState<Scope>(hasRole(['physician']) ? 'mine' : 'tenant');
  const [reason, setReason] = useState<Reason | 'all'>('all');
  const work = useWork(scope);
  const count = (wanted: Reason | 'all') => work.data?.filter((item) => wanted === 'all' || item.reason === wanted).length ?? 0;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t('worklists.title')}
        </Title>
        <SegmentedControl
          aria-label={t('worklists.scopeLabel')}
          value={scope}
          data={[
            { value: 'mine', label: t('worklists.scope.mine') },
            { value: 'tenant', label: t('worklists.scope.tenant') },
          ]}
          onChange={(next) => setScope(next === 'mine' ? 'mine' : 'tenant')}
        />
      </Group>
      <Group gap="xs" role="group" aria-label={t('worklists.filter')}>
        {(['all', ...REASONS] as const).map((each) => (
          <Button
            key={each}
            size="xs"
            variant={reason === each ? 'filled' : 'default'}
            aria-pressed={reason === each}
            onClick={() => setReason(each)}
          >
            {t(`worklists.reason.${each}`)} ({count(each)})
          </Button>
        ))}
      </Group>
      <Loaded query={work}>
        {(all) => {
          const shown = all.filter((item) => reason === 'all' || item.reason === reason);
          return (
            <>
              {shown.length === 0 && (
                <Paper p="lg">
                  <Empty title={t('worklists.none')} body={t('worklists.noneBody')} />
                </Paper>
              )}
              <ul className={classes.list} aria-label={t('worklists.title')}>
                {shown.map((item) => (
                  <Row key={item.order} item={item} />
                ))}
              </ul>
              {work.hasNextPage && (
                <Button variant="default" loading={work.isFetchingNextPage} onClick={() => void work.fetchNextPage()}>
                  {t('worklists.more')}
                </Button>
              )}
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}

function Row({ item }: { readonly item: WorkItem }) {
  const { t } = useTranslation();
  return (
    <li>
      <Link className={classes.entry} to={`?order=${item.order}`}>
        <Group justify="space-between" wrap="nowrap">
          <div>
            <Text fw={600}>{item.patient_name}</Text>
            <Text size="sm" c="dimmed" className="numeric">
              {t(`orders.orderKinds.${item.kind}`)} · {t('worklists.since', { moment: dateAndTime(item.since) })}
              {item.priority !== 'routine' && ` · ${t(`orders.priority.${item.priority}`)}`}
            </Text>
          </div>
          <Tag tone={TONES[item.reason]}>{t(`worklists.reason.${item.reason}`)}</Tag>
        </Group>
      </Link>
    </li>
  );
}

/** An order outside of the chart, which laboratories do not read. */
function OneOrder({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const hasRole = useHasRole();
  const order = useOrder(id);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {order.data?.patient_label.name ?? t('worklists.title')}
        </Title>
        {order.data && hasRole(RECORDS) && (
          <Anchor component={Link} to={`/patients/${order.data.patient}`}>
            {t('worklists.chart')}
          </Anchor>
        )}
      </Group>
      <OrderView id={id} onClose={onClose} />
    </Stack>
  );
}
