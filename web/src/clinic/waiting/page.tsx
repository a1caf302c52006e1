import { Badge, Button, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { IconArmchair, IconVideo } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSession } from '../data/session/session';
import { inOrder, useTodaysConsults, type Consult } from '../data/waiting_room';
import { useAnnounced } from '../kit/announced';
import { DeviceResult } from '../kit/device_result';
import { Empty, Loaded } from '../kit/states';
import { Tag } from '../kit/tag';
import { time } from '../language/format';
import { Message } from './message';

/** Everybody whose patient waits now; the room opens from here. */
export function WaitingPage() {
  const { t } = useTranslation();
  const { me } = useSession();
  const sees = me.roles.includes('physician') ? 'mine' : 'all';
  const [whose, setWhose] = useState<string>(sees);
  const today = useTodaysConsults(whose === 'mine' ? me.id : undefined);
  return (
    <Stack maw={980}>
      <Group justify="space-between" align="flex-end">
        <div>
          <Title order={1} size="h2">
            {t('waiting.title')}
          </Title>
          <Text c="dimmed">{t('waiting.intro')}</Text>
        </div>
        <SegmentedControl
          aria-label={t('waiting.whose')}
          value={whose}
          onChange={setWhose}
          data={(['mine', 'all'] as const).map((value) => ({ value, label: t(`waiting.${value}`) }))}
        />
      </Group>
      <Loaded query={today}>{(items) => <Lists all={items} />}</Loaded>
    </Stack>
  );
}

function Lists({ all }: { readonly all: readonly Consult[] }) {
  const { t } = useTranslation();
  const { waiting, live, expected } = inOrder(all);
  useArrivals(waiting);
  return (
    <Stack gap="lg">
      <section aria-labelledby="waiting-now">
        <Title order={2} size="h4" id="waiting-now" mb="xs" aria-live="polite">
          {t('waiting.now', { count: waiting.length })}
        </Title>
        {waiting.length === 0 ? (
          <Paper p="md">
            <Empty icon={IconArmchair} title={t('waiting.nobody')} body={t('waiting.nobodyBody')} />
          </Paper>
        ) : (
          <Rows consults={waiting} />
        )}
      </section>
      {live.length > 0 && (
        <section>
          <Title order={2} size="h4" mb="xs">
            {t('waiting.live')}
          </Title>
          <Rows consults={live} />
        </section>
      )}
      {expected.length > 0 && (
        <section>
          <Title order={2} size="h4" mb="xs">
            {t('waiting.expected')}
          </Title>
          <Rows consults={expected} />
        </section>
      )}
    </Stack>
  );
}

/** A sound and the tab's title for whoever came last; they stop when nobody waits. */
function useArrivals(waiting: readonly Consult[]): void {
  const { t } = useTranslation();
  const last = waiting.at(-1);
  useAnnounced(last && t('room.isWaiting', { name: last.patient.display_name }));
}

function Rows({ consults }: { readonly consults: readonly Consult[] }) {
  return (
    <Stack gap="xs" component="ul" p={0} m={0}>
      {consults.map((consult) => (
        <Row key={consult.id} consult={consult} />
      ))}
    </Stack>
  );
}

/** That somebody comes without having agreed, or will not come because they did not. */
function Consented({ consult }: { readonly consult: Consult }) {
  const { t } = useTranslation();
  const decided = consult.consent ?? 'none';
  if (decided === 'accepted' || (decided === 'none' && consult.status === 'scheduled')) return null;
  return <Tag tone={decided === 'none' ? 'warn' : 'danger'}>{t(`consent.waiting.${decided}`)}</Tag>;
}

function Row({ consult }: { readonly consult: Consult }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const mine = consult.practitioners.some((p) => p.id === me.id);
  const waiting = consult.status === 'waiting';
  const here = consult.participants.find((p) => p.role === 'patient')?.present === true;
  return (
    <Paper component="li" p="sm" style={{ listStyle: 'none' }}>
      <Group justify="space-between">
        <Group wrap="nowrap" gap="md">
          <Text fw={650} className="numeric" miw={52}>
            {time(consult.start)}
          </Text>
          <div>
            <Text component={Link} to={`/patients/${consult.patient.id}`} fw={600} c="inherit">
              {consult.patient.display_name}
            </Text>
            <Text size="sm" c="dimmed">
              {consult.practitioners.map((p) => p.display_name).join(', ')}
            </Text>
          </div>
        </Group>
        <Consented consult={consult} />
        {waiting && <DeviceResult device={consult.device} />}
        <Group gap="sm">
          {waiting && consult.waiting_since && <Waited since={consult.waiting_since} />}
          {waiting && !here && (
            <Badge color="gray" variant="light">
              {t('waiting.away')}
            </Badge>
          )}
          {mine && waiting && <Message consult={consult.id} name={consult.patient.display_name} />}
          {mine && (
            <Button
              component={Link}
              to={`/room/${consult.id}?patient=${consult.patient.id}${waiting ? '&admit' : ''}`}
              variant={waiting ? 'filled' : 'light'}
              leftSection={<IconVideo size={18} aria-hidden />}
            >
              {t(waiting ? 'room.admit' : 'agenda.join')}
            </Button>
          )}
        </Group>
      </Group>
    </Paper>
  );
}

const LONG_MINUTES = 15;

/** How long already, in whole minutes that go on counting. */
function Waited({ since }: { readonly since: string }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(Date.now);
  const clock = useInterval(() => setNow(Date.now()), 20_000);
  useEffect(() => {
    clock.start();
    return clock.stop;
  }, [clock]);
  const minutes = Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
  return (
    <Badge size="lg" radius="sm" variant="light" color={minutes >= LONG_MINUTES ? 'orange' : 'lake'} tt="none">
      {t('waiting.since', { time: time(since), minutes })}
    </Badge>
  );
}
