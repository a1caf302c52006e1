import { Anchor, Badge, Button, Checkbox, Group, Select, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { components } from '../../../api/consults';
import { usePages } from '../../data/pages';
import { consults, unwrap } from '../../data/server/client';
import { MomentField } from '../../kit/date_field';
import { Dialog } from '../../kit/dialogs';
import { Refusal } from '../../kit/forms';
import { Loaded } from '../../kit/states';
import { Listing, More } from '../../kit/table';
import { dayAndTime } from '../../language/format';
import { explain } from '../../language/refusals';
import { isMoment } from '../../language/typed_date';
import { useTargets } from './webhooks';

type Delivery = components['schemas']['Notification'];
type State = components['schemas']['NotificationStatus'];
type Replay = components['schemas']['Replay'];

const STATES: readonly State[] = ['pending', 'delivered', 'failed'];
const COLOURS: Readonly<Record<State, string>> = { pending: 'yellow', delivered: 'green', failed: 'red' };

/** What was sent to one target, with what became of it, and the ways to send it again. */
export function DeliveriesPage() {
  const { t } = useTranslation();
  const { targetId = '' } = useParams();
  const queries = useQueryClient();
  const target = useTargets().data?.find((each) => each.id === targetId);
  const [status, setStatus] = useState<State | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [filtering, setFiltering] = useState(false);
  const key = ['admin', 'deliveries', targetId];
  const log = usePages([...key, status], (cursor) => {
    const query = { target: targetId, cursor, ...(status !== null && { status }) };
    return unwrap(consults.GET('/consults/notifications', { params: { query } }));
  });
  const replay = useMutation({
    mutationFn: (body: Replay) => unwrap(consults.POST('/consults/notifications/replay', { body })),
    onSuccess: async ({ count, resume_from }) => {
      setChosen(new Set());
      if (resume_from === null) setFiltering(false);
      notifications.show({ message: t('admin.replayed', { count }) });
      await queries.invalidateQueries({ queryKey: key });
    },
    onError: (error) => notifications.show({ color: 'red', message: explain(error, t) }),
  });
  return (
    <Stack>
      <div>
        <Anchor component={Link} to="/admin/webhooks" size="sm">
          {t('admin.webhooks')}
        </Anchor>
        <Title order={2} size="h3">
          {t('admin.deliveries')}
        </Title>
        <Text c="dimmed" size="sm" style={{ overflowWrap: 'anywhere' }}>
          {target?.url}
        </Text>
      </div>
      <Group align="flex-end">
        <StateField value={status} onChange={setStatus} />
        <Button
          variant="default"
          disabled={chosen.size === 0}
          loading={replay.isPending}
          onClick={() => replay.mutate({ target: targetId, ids: [...chosen] })}
        >
          {t('admin.replayChosen', { count: chosen.size })}
        </Button>
        <Button variant="default" onClick={() => setFiltering(true)}>
          {t('admin.replayFilter')}
        </Button>
      </Group>
      <Loaded query={log}>{(items) => <Log items={items} chosen={chosen} onChoose={setChosen} />}</Loaded>
      <More query={log} />
      <Dialog title={t('admin.replayFilter')} opened={filtering} onClose={() => setFiltering(false)}>
        <ReplayForm
          target={targetId}
          busy={replay.isPending}
          error={replay.error}
          next={replay.data?.resume_from ?? null}
          onReplay={replay.mutate}
        />
      </Dialog>
    </Stack>
  );
}

interface StateFieldProps {
  readonly value: State | null;
  readonly onChange: (state: State | null) => void;
}

function StateField({ value, onChange }: StateFieldProps) {
  const { t } = useTranslation();
  return (
    <Select
      label={t('admin.state')}
      placeholder={t('admin.anyState')}
      data={STATES.map((each) => ({ value: each, label: t(`delivery.${each}`) }))}
      value={value}
      clearable
      onChange={(chosen) => onChange(STATES.find((each) => each === chosen) ?? null)}
    />
  );
}

interface LogProps {
  readonly items: readonly Delivery[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (ids: ReadonlySet<string>) => void;
}

function Log({ items, chosen, onChoose }: LogProps) {
  const { t } = useTranslation();
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  return (
    <Listing
      items={items}
      keyOf={(each) => each.id}
      columns={[
        {
          label: t('admin.choose'),
          quiet: true,
          cell: (each) => (
            <Checkbox
              aria-label={`${t('admin.choose')}: ${each.type} ${dayAndTime(each.created_at)}`}
              checked={chosen.has(each.id)}
              onChange={() => toggle(each.id)}
            />
          ),
        },
        { label: t('admin.when'), numeric: true, cell: (each) => dayAndTime(each.created_at) },
        { label: t('admin.event'), cell: (each) => each.type },
        {
          label: t('admin.state'),
          cell: (each) => (
            <Badge variant="light" tt="none" color={COLOURS[each.status]}>
              {t(`delivery.${each.status}`)}
            </Badge>
          ),
        },
        { label: t('admin.attempts'), numeric: true, cell: (each) => each.attempts },
        { label: t('admin.answer'), cell: (each) => <Answer delivery={each} /> },
      ]}
    />
  );
}

/** What the target answered last, and when it is asked again. */
function Answer({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation();
  return (
    <>
      {[delivery.last_status, delivery.last_error].filter((part) => part !== null).join(' · ')}
      {delivery.status === 'pending' && delivery.next_attempt_at && (
        <Text size="sm" c="dimmed">
          {t('admin.nextAttempt', { moment: dayAndTime(delivery.next_attempt_at) })}
        </Text>
      )}
    </>
  );
}

interface ReplayFormProps {
  readonly target: string;
  readonly busy: boolean;
  readonly error: Error | null;
  /** Where a replay of more than fits one request goes on. */
  readonly next: string | null;
  readonly onReplay: (replay: Replay) => void;
}

function ReplayForm({ target, busy, error, next, onReplay }: ReplayFormProps) {
  const { t } = useTranslation();
  const [status, setStatus] = useState<State | null>('failed');
  const [from, setFrom] = useState(() => dayjs().subtract(1, 'day').format('YYYY-MM-DDTHH:mm'));
  const [until, setUntil] = useState(() => dayjs().format('YYYY-MM-DDTHH:mm'));
  const good = isMoment(from) && isMoment(until) && from < until;
  return (
    <Stack>
      <Text>{t('admin.replayBody')}</Text>
      <StateField value={status} onChange={setStatus} />
      <div className="columns-2">
        <MomentField label={t('admin.createdFrom')} value={from} onChange={setFrom} />
        <MomentField label={t('admin.createdUntil')} value={until} onChange={setUntil} />
      </div>
      <Refusal error={error} />
      {next !== null && <Text role="status">{t('admin.replayRest', { moment: dayAndTime(next) })}</Text>}
      <Group justify="flex-end">
        <Button
          loading={busy}
          disabled={!good}
          onClick={() =>
            onReplay({
              target,
              created_from: next ?? dayjs(from).toISOString(),
              created_until: dayjs(until).toISOString(),
              ...(status !== null && { status }),
            })
          }
        >
          {t(next === null ? 'admin.replay' : 'admin.replayMore')}
        </Button>
      </Group>
    </Stack>
  );
}
