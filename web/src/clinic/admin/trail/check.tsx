import { Alert, Badge, Button, Code, Group, Paper, Progress, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { uuid7 } from '../../../common/uuid';
import { Refusal } from '../../kit/forms';
import { Section } from '../../kit/section';
import { dateAndTime, number } from '../../language/format';
import { explain } from '../../language/refusals';
import { CHECKS, TRAILS, type Check, type Trail } from './checks';

const POLL_MS = 2000;
/** After which a check without an end is asked for again: its worker must have died. */
const STALLED_MS = 4 * 60_000;

/** Whether the trails are complete and unaltered: asked for, then done by the server. */
export function AuditCheck() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const all = useMutation({
    mutationFn: () => Promise.all(TRAILS.map((trail) => CHECKS[trail].ask(uuid7()))),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  return (
    <Section
      title={t('audit.check')}
      intro={t('audit.checkIntro')}
      action={
        <Button loading={all.isPending} onClick={() => all.mutate()}>
          {t('audit.checkAll')}
        </Button>
      }
    >
      <Refusal error={all.error} />
      <Stack component="ul" p={0} m={0} gap="sm">
        {TRAILS.map((trail) => (
          <OneTrail key={trail} trail={trail} />
        ))}
      </Stack>
    </Section>
  );
}

const KEY = ['admin', 'audit-check'] as const;

function OneTrail({ trail }: { readonly trail: Trail }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: [...KEY, trail],
    queryFn: CHECKS[trail].latest,
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? POLL_MS : false),
  });
  const ask = useMutation({
    mutationFn: () => CHECKS[trail].ask(uuid7()),
    onSuccess: (check) => queries.setQueryData([...KEY, trail], check),
  });
  const check = found.data;
  const running = check?.status === 'running';
  const stalled = running && Date.now() - Date.parse(check.created_at) > STALLED_MS;
  const error = ask.error ?? found.error;
  return (
    <Paper component="li" p="md" style={{ listStyle: 'none' }} aria-busy={found.isPending}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="xs">
            <Title order={3} size="h5">
              {t(`trailOf.${trail}`)}
            </Title>
            {check && <Verdict check={check} />}
          </Group>
          <Button
            size="xs"
            variant="default"
            loading={ask.isPending}
            disabled={running && !stalled}
            aria-label={`${t('audit.verify')}: ${t(`trailOf.${trail}`)}`}
            onClick={() => ask.mutate()}
          >
            {t('audit.verify')}
          </Button>
        </Group>
        {error && <Alert color="red">{explain(error, t)}</Alert>}
        {found.isPending && <Skeleton height={24} />}
        {check === null && <Text c="dimmed">{t('audit.never')}</Text>}
        {check && <Found check={check} />}
      </Stack>
    </Paper>
  );
}

function Verdict({ check }: { readonly check: Check }) {
  const { t } = useTranslation();
  const verdict =
    check.status === 'running'
      ? 'running'
      : check.status === 'failed'
        ? 'failed'
        : check.fault_count === 0
          ? 'sound'
          : 'broken';
  const colours = { running: 'blue', failed: 'orange', sound: 'green', broken: 'red' } as const;
  return (
    <Badge variant="light" tt="none" color={colours[verdict]} role="status">
      {t(`verdict.${verdict}`)}
    </Badge>
  );
}

function Found({ check }: { readonly check: Check }) {
  const { t } = useTranslation();
  if (check.status === 'running') {
    return (
      <Stack gap={4}>
        <Progress value={check.percent} aria-label={t('audit.progress')} />
        <Text size="sm" c="dimmed" className="numeric">
          {t('audit.soFar', { percent: check.percent, entries: number(check.entries) })}
        </Text>
      </Stack>
    );
  }
  return (
    <>
      <Text className="numeric">
        {t('audit.counted', { entries: number(check.entries), links: number(check.links) })}
        {check.sealed_until !== null && ` ${t('audit.sealed', { moment: dateAndTime(check.sealed_until) })}`}
      </Text>
      <Text size="sm" c="dimmed" className="numeric">
        {check.anchored_until === null
          ? t('audit.noAnchor')
          : t('audit.anchored', { count: check.digests, moment: dateAndTime(check.anchored_until) })}
      </Text>
      {check.fault_count > 0 && <Faults check={check} />}
      {check.finished_at !== null && (
        <Text size="sm" c="dimmed">
          {t('audit.checkedAt', { moment: dateAndTime(check.finished_at) })}
        </Text>
      )}
    </>
  );
}

/** The first break and what else was found. It is evidence: nothing here repairs it. */
function Faults({ check }: { readonly check: Check }) {
  const { t } = useTranslation();
  const [first, ...others] = check.faults;
  return (
    <Alert color="red" title={t('audit.faults', { count: check.fault_count })} role="alert">
      <Stack gap="xs">
        <Text size="sm">{t('audit.evidence')}</Text>
        {first && (
          <div>
            <Text fw={600}>{t(`trailFault.${first.kind}`)}</Text>
            <Code fz="sm" style={{ overflowWrap: 'anywhere' }}>
              {placeOf(first.place, t)}
            </Code>
          </div>
        )}
        {others.length > 0 && (
          <details>
            <summary>{t('audit.others', { count: others.length })}</summary>
            <Stack component="ul" gap={4} mt="xs">
              {others.map(({ kind, place }, number) => (
                <li key={`${number} ${place}`}>
                  {t(`trailFault.${kind}`)}{' '}
                  <Code fz="sm" style={{ overflowWrap: 'anywhere' }}>
                    {placeOf(place, t)}
                  </Code>
                </li>
              ))}
            </Stack>
          </details>
        )}
      </Stack>
    </Alert>
  );
}

/** Where it is: a link of the chain, its end, the copies, or the key of an entry as it is kept. */
function placeOf(place: string, t: TFunction): string {
  const [, number] = /^link (\d+)$/.exec(place) ?? [];
  if (number !== undefined) return t('audit.placeSeal', { number });
  if (place === 'head') return t('audit.placeHead');
  return place === 'archive' ? t('audit.placeArchive') : place;
}
