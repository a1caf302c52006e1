import { Anchor, Button, Group, Paper, SegmentedControl, Stack, Title } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { OrderView } from '../chart/orders/order';
import { useOrder } from '../data/orders';
import { ADMINISTRATOR, RECORDS, useHasRole } from '../data/session/roles';
import { useSession } from '../data/session/session';
import { usePending, useWork, type Scope } from '../data/worklists';
import { Empty, Loaded } from '../kit/states';
import { grouped, GROUPS, isGroup, OF_ORDERS, type Entry, type Group as GroupName } from './groups';
import { Entries } from './rows';
import { WaitingNow } from './waiting';
import classes from './worklists.module.css';

/** What waits for the caller; an order that is open and the group that is shown stand in the address. */
export function WorkPage() {
  const [params, setParams] = useSearchParams();
  const order = params.get('order');
  return order === null ? <Inbox /> : <OneOrder key={order} id={order} onClose={() => setParams({})} />;
}

function Inbox() {
  const { t } = useTranslation();
  const has = useHasRole();
  const { me } = useSession();
  const [params, setParams] = useSearchParams();
  const [scope, setScope] = useState<Scope>(has(RECORDS) ? 'mine' : 'tenant');
  const asked = params.get('show');
  const shown = isGroup(asked) ? asked : undefined;
  const work = useWork(scope);
  // The server lists everybody's encounters for a medical director, who is an administrator besides.
  const everybody = scope === 'tenant' && has(ADMINISTRATOR);
  const pending = usePending(everybody ? 'institution' : 'mine', has(RECORDS));
  const groups = grouped(pending.data ?? [], work.data ?? []);
  const partial = work.hasNextPage || pending.hasNextPage;
  const offered = GROUPS.filter((group) => has(RECORDS) || group === 'results' || group === 'unanswered');
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
      <div className={classes.counters} role="group" aria-label={t('worklists.filter')}>
        {has(RECORDS) && <WaitingNow user={scope === 'mine' ? me.id : undefined} />}
        {offered.map((group) => (
          <Counter
            key={group}
            group={group}
            reading={(OF_ORDERS.has(group) ? work : pending).isPending}
            entries={(OF_ORDERS.has(group) ? work : pending).data && groups[group]}
            partial={partial}
            pressed={shown === group}
            onPress={() => setParams(shown === group ? {} : { show: group })}
          />
        ))}
      </div>
      {has(RECORDS) && (
        <Loaded query={pending} rows={3}>
          {() => null}
        </Loaded>
      )}
      <Loaded query={work} rows={3}>
        {() => (
          <Lists
            groups={groups}
            shown={shown === undefined ? offered : [shown]}
            done={pending.isSuccess || !has(RECORDS)}
          />
        )}
      </Loaded>
      {partial && (
        <Button
          variant="default"
          loading={work.isFetchingNextPage || pending.isFetchingNextPage}
          onClick={() =>
            void Promise.all([work.hasNextPage && work.fetchNextPage(), pending.hasNextPage && pending.fetchNextPage()])
          }
        >
          {t('worklists.more')}
        </Button>
      )}
    </Stack>
  );
}

interface CounterProps {
  readonly group: GroupName;
  readonly reading: boolean;
  /** None until they were read: nobody is told of no critical result before that is known. */
  readonly entries: readonly Entry[] | undefined;
  /** Whether there are more than were read. */
  readonly partial: boolean;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

/** How many entries a group has; pressed, only they are shown. */
function Counter({ group, reading, entries, partial, pressed, onPress }: CounterProps) {
  const { t } = useTranslation();
  const urgent = entries?.some((entry) => 'order' in entry && entry.order.reason === 'critical_result');
  const some = entries !== undefined && entries.length > 0;
  return (
    <button
      type="button"
      className={classes.counter}
      aria-pressed={pressed}
      data-some={some || undefined}
      data-urgent={urgent || undefined}
      onClick={onPress}
    >
      <span className={`${classes.count} numeric`} aria-busy={reading || undefined}>
        {entries?.length ?? '–'}
        {partial && some && '+'}
      </span>
      <span className={classes.name}>{t(`worklists.group.${group}`)}</span>
    </button>
  );
}

interface ListsProps {
  readonly groups: Readonly<Record<GroupName, readonly Entry[]>>;
  readonly shown: readonly GroupName[];
  readonly done: boolean;
}

function Lists({ groups, shown, done }: ListsProps) {
  const { t } = useTranslation();
  const some = shown.filter((group) => groups[group].length > 0);
  if (some.length > 0) return some.map((group) => <Entries key={group} group={group} entries={groups[group]} />);
  const [only] = shown;
  return (
    done && (
      <Paper p="lg">
        <Empty
          icon={IconChecks}
          title={t('worklists.none')}
          body={shown.length === 1 && only !== undefined ? t(`worklists.empty.${only}`) : t('worklists.noneBody')}
        />
      </Paper>
    )
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
