/** What goes on now: consults, connections that were lost, deliveries to other systems. */
import { Alert, Badge, Stack, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDeliveryActivity, useLiveConsults, type DeliveryDay, type LiveConsult } from '../data/activity';
import { Empty, Loaded } from '../kit/states';
import { day, number, time } from '../language/format';
import classes from './dashboards.module.css';
import { percent, sum } from './numbers';
import { Tile } from './tile';

export function OperationsPage() {
  return (
    <Stack>
      <Now />
      <Deliveries />
    </Stack>
  );
}

function Now() {
  const { t } = useTranslation('dashboards');
  const live = useLiveConsults();
  return (
    <section aria-label={t('operations.now')}>
      <Title order={2} size="h4" mb="xs">
        {t('operations.now')}
      </Title>
      <Loaded query={live}>
        {({ items, more, as_of }) => {
          const going = items.filter(({ status }) => status === 'in_progress');
          const alone = going.filter(({ present }) => present < 2);
          return (
            <Stack gap="sm">
              <div className={classes.tiles}>
                <Tile name={t('operations.going')} value={going.length} unit={more ? '+' : ''} tone="main" />
                <Tile name={t('operations.waiting')} value={items.length - going.length} to="/waiting" />
                <Tile
                  name={t('operations.alone')}
                  value={alone.length}
                  tone={alone.length ? 'bad' : undefined}
                  note={t('operations.aloneNote')}
                />
                <Tile name={t('operations.losses')} value={sum(items, ({ losses }) => losses)} />
              </div>
              {items.length === 0 ? <Empty title={t('operations.nothing')} /> : <Consults items={items} />}
              <Text size="sm" c="dimmed">
                {t('asOf', { moment: time(as_of) })}
              </Text>
            </Stack>
          );
        }}
      </Loaded>
    </section>
  );
}

function Consults({ items }: { readonly items: readonly LiveConsult[] }) {
  const { t } = useTranslation('dashboards');
  const order = [...items].sort((a, b) => a.since.localeCompare(b.since));
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={t('operations.now')}>
      <Table className="numeric">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('operations.state')}</Table.Th>
            <Table.Th scope="col">{t('operations.since')}</Table.Th>
            <Table.Th scope="col">{t('operations.until')}</Table.Th>
            <Table.Th scope="col">{t('operations.present')}</Table.Th>
            <Table.Th scope="col">{t('operations.video')}</Table.Th>
            <Table.Th scope="col">{t('operations.losses')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {order.map(({ id, status, since, closes_at, present, losses, video }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Badge variant="light" tt="none" color={status === 'in_progress' ? 'green' : 'yellow'}>
                  {t(status === 'in_progress' ? 'operations.inProgress' : 'operations.waitingNow')}
                </Badge>
              </Table.Td>
              <Table.Td>{time(since)}</Table.Td>
              <Table.Td>{time(closes_at)}</Table.Td>
              <Table.Td>{present}</Table.Td>
              <Table.Td>
                {video === 'jitsi' ? t('operations.cluster') : video === 'direct' ? t('operations.direct') : '–'}
              </Table.Td>
              <Table.Td>{losses}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Deliveries() {
  const { t } = useTranslation('dashboards');
  const deliveries = useDeliveryActivity();
  return (
    <section aria-label={t('operations.deliveries')}>
      <Title order={2} size="h4" mb="xs">
        {t('operations.deliveries')}
      </Title>
      <Loaded query={deliveries} rows={2}>
        {({ days }) => (days.length === 0 ? <Empty title={t('operations.noDeliveries')} /> : <Delivered days={days} />)}
      </Loaded>
    </section>
  );
}

function Delivered({ days }: { readonly days: readonly DeliveryDay[] }) {
  const { t } = useTranslation('dashboards');
  const delivered = sum(days, (each) => each.delivered);
  const failed = sum(days, (each) => each.failed);
  const due = sum(days, (each) => each.due);
  const dates = [...new Set(days.map((each) => each.day))].sort().reverse();
  const byDay = dates.map((date) => [date, days.filter((each) => each.day === date)] as const);
  return (
    <Stack gap="sm">
      <div className={classes.tiles}>
        <Tile name={t('operations.delivered')} value={delivered} />
        <Tile name={t('operations.share')} value={percent(delivered, delivered + failed)} unit=" %" />
        <Tile name={t('operations.failed')} value={failed} tone={failed ? 'bad' : undefined} to="/admin/webhooks" />
        <Tile name={t('operations.due')} value={due} to="/admin/webhooks" />
      </div>
      {failed > 0 && <Alert color="yellow">{t('operations.failedBody')}</Alert>}
      <div className={classes.scroll} tabIndex={0} role="group" aria-label={t('operations.deliveries')}>
        <Table className="numeric">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('operations.day')}</Table.Th>
              <Table.Th scope="col">{t('operations.delivered')}</Table.Th>
              <Table.Th scope="col">{t('operations.failed')}</Table.Th>
              <Table.Th scope="col">{t('operations.due')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {byDay.map(([date, all]) => (
              <Table.Tr key={date}>
                <Table.Th scope="row" fw={400}>
                  {day(date)}
                </Table.Th>
                <Table.Td>{number(sum(all, (each) => each.delivered))}</Table.Td>
                <Table.Td>{number(sum(all, (each) => each.failed))}</Table.Td>
                <Table.Td>{number(sum(all, (each) => each.due))}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Stack>
  );
}
