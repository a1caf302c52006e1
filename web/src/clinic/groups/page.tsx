import { ActionIcon, Badge, Button, Group, Paper, Progress, Select, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight, IconStethoscope, IconUsersGroup, IconUsersPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useSites, type Site } from '../data/agenda';
import { useGroups, type GroupSummary } from '../data/groups';
import { DateField } from '../kit/date_field';
import { Empty, Loaded } from '../kit/states';
import { dateParts, time } from '../language/format';
import { addDays, isDay, startOfWeek, today, wallClock } from '../language/zone';
import classes from './groups.module.css';
import { PlanGroup } from './plan';

const WEEKS = 4;

/** The group sessions of a site, four weeks at a time. */
export function GroupsPage() {
  const { t } = useTranslation();
  const sites = useSites();
  return (
    <Stack maw={980}>
      <Loaded query={sites}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon={IconStethoscope} title={t('agenda.noPractitioners')} body={t('agenda.noPractitionersBody')} />
          ) : (
            <AtSite sites={all} />
          )
        }
      </Loaded>
    </Stack>
  );
}

function AtSite({ sites }: { readonly sites: readonly Site[] }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [planning, { open, close }] = useDisclosure();
  const site = sites.find((each) => each.id === params.get('site')) ?? sites[0];
  const zone = site?.zone ?? '';
  const wanted = params.get('from');
  const from = isDay(wanted) ? wanted : startOfWeek(today(zone));
  const until = addDays(from, WEEKS * 7);
  const found = useGroups(site?.id ?? '', zone, from, until);
  const show = (change: Record<string, string>) =>
    setParams((now) => new URLSearchParams({ ...Object.fromEntries(now), ...change }), { replace: true });
  if (!site) return null;
  return (
    <>
      <Group justify="space-between" align="flex-end">
        <div>
          <Title order={1} size="h2">
            {t('groups.title')}
          </Title>
          <Text c="dimmed">{t('groups.intro')}</Text>
        </div>
        <Button leftSection={<IconUsersPlus size={18} aria-hidden />} onClick={open}>
          {t('groups.plan')}
        </Button>
      </Group>
      <Group align="flex-end" gap="xs">
        <Group gap={4} align="flex-end" wrap="nowrap">
          <ActionIcon
            size={36}
            variant="default"
            aria-label={t('groups.previous')}
            onClick={() => show({ from: addDays(from, -WEEKS * 7) })}
          >
            <IconChevronLeft size={18} aria-hidden />
          </ActionIcon>
          <DateField
            label={t('groups.from')}
            w={148}
            value={from}
            onChange={(value) => isDay(value) && show({ from: value })}
          />
          <ActionIcon size={36} variant="default" aria-label={t('groups.next')} onClick={() => show({ from: until })}>
            <IconChevronRight size={18} aria-hidden />
          </ActionIcon>
        </Group>
        {sites.length > 1 && (
          <Select
            label={t('agenda.site')}
            allowDeselect={false}
            data={sites.map((each) => ({ value: each.id, label: each.name }))}
            value={site.id}
            onChange={(id) => id !== null && show({ site: id })}
          />
        )}
      </Group>
      <Text fw={600} role="status">
        {period(from, until)}
      </Text>
      <Loaded query={found}>
        {(items) =>
          items.length === 0 ? (
            <Paper p="lg">
              <Empty icon={IconUsersGroup} title={t('groups.empty')} body={t('groups.emptyBody')}>
                <Button variant="light" onClick={open}>
                  {t('groups.plan')}
                </Button>
              </Empty>
            </Paper>
          ) : (
            <Sessions items={items} zone={site.zone} />
          )
        }
      </Loaded>
      <PlanGroup opened={planning} site={site} onClose={close} />
    </>
  );
}

function period(from: string, until: string): string {
  const parts = { day: 'numeric', month: 'long', year: 'numeric' } as const;
  return `${dateParts(from, parts)} – ${dateParts(addDays(until, -1), parts)}`;
}

function Sessions({ items, zone }: { readonly items: readonly GroupSummary[]; readonly zone: string }) {
  const days = new Map<string, GroupSummary[]>();
  for (const item of items) {
    const { day } = wallClock(item.start, zone);
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return (
    <Stack gap="lg">
      {[...days].map(([day, ofDay]) => {
        const title = dateParts(day, { weekday: 'long', day: 'numeric', month: 'long' });
        return (
          <section key={day} aria-label={title}>
            <Title order={2} size="h5" mb="xs">
              {title}
            </Title>
            <Stack gap="xs" component="ul" p={0} m={0}>
              {ofDay.map((session) => (
                <Row key={session.id} session={session} zone={zone} />
              ))}
            </Stack>
          </section>
        );
      })}
    </Stack>
  );
}

function Row({ session, zone }: { readonly session: GroupSummary; readonly zone: string }) {
  const { t } = useTranslation();
  return (
    <Paper component="li" p="sm" className={classes.row}>
      <div className={classes.time}>
        <Text fw={650} className="numeric">
          {time(session.start, zone)}
        </Text>
        <Text size="xs" c="dimmed">
          {t('agenda.minutes', { minutes: session.minutes })}
        </Text>
      </div>
      <div className={classes.info}>
        <Text component={Link} to={session.id} fw={600} c="inherit">
          {session.title}
        </Text>
        <Text size="sm" c="dimmed">
          {session.practitioners.map((p) => p.name).join(', ')}
        </Text>
      </div>
      <div className={classes.places}>
        <Places session={session} />
      </div>
    </Paper>
  );
}

type Counted = Pick<GroupSummary, 'status' | 'taken' | 'capacity'>;

/** How many of the places are taken, in words and as a bar. */
export function Places({ session }: { readonly session: Counted }) {
  const { t } = useTranslation();
  const { taken, capacity } = session;
  if (session.status === 'cancelled') {
    return (
      <Badge variant="light" tt="none" color="gray">
        {t('groups.cancelled')}
      </Badge>
    );
  }
  return (
    <Stack gap={4}>
      <Text size="sm" className="numeric" fw={taken >= capacity ? 600 : undefined}>
        {taken >= capacity ? t('groups.full', { capacity }) : t('groups.taken', { taken, capacity })}
      </Text>
      <Progress value={(100 * taken) / capacity} color={taken >= capacity ? 'orange' : 'lake'} size="sm" aria-hidden />
    </Stack>
  );
}
