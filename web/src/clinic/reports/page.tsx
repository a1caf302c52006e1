import {
  Alert,
  Badge,
  Button,
  Group,
  Paper,
  Progress,
  Select,
  SegmentedControl,
  Stack,
  Text,
  Title,
  VisuallyHidden,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconReport } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { uuid7 } from '../../common/uuid';
import { useSites } from '../data/agenda';
import {
  isKind,
  KINDS,
  linkTo,
  make,
  offers,
  useReports,
  type Format,
  type Kind,
  type Listed,
  type PaperSize,
  type Scope,
} from '../data/reports';
import { useHasRole } from '../data/session/roles';
import { DateField } from '../kit/date_field';
import { Empty, Loaded } from '../kit/states';
import { day, dayAndTime, number } from '../language/format';
import { currentLanguage } from '../language/i18n';
import { explain } from '../language/refusals';
import { addDays, HERE, isDay, startOfMonth, today } from '../language/zone';

/** Ask for a report, watch it being made, download it. */
export function ReportsPage() {
  const { t } = useTranslation();
  const offered = offers(useHasRole());
  const sources = [...new Set([...offered.keys()].map((kind) => KINDS[kind].source))];
  const reports = useReports(sources);
  return (
    <Stack maw={860}>
      <div>
        <Title order={1} size="h2">
          {t('reports.title')}
        </Title>
        <Text c="dimmed">{t('reports.intro')}</Text>
      </div>
      <Ask offered={offered} />
      <Title order={2} size="h4">
        {t('reports.recent')}
      </Title>
      <Loaded query={reports}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={IconReport} title={t('reports.none')} body={t('reports.noneBody')} />
          ) : (
            <Stack component="ul" p={0} m={0} gap="sm">
              {items.map((report) => (
                <Row key={report.id} report={report} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Stack>
  );
}

function Ask({ offered }: { readonly offered: ReadonlyMap<Kind, readonly Scope[]> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const zone = useSites().data?.[0]?.zone ?? HERE;
  const now = today(zone);
  const [key, setKey] = useState(uuid7);
  const [asked] = useSearchParams(); // where a dashboard leads to its workbook
  const askedKind = asked.get('kind') ?? '';
  const first = isKind(askedKind) && offered.has(askedKind) ? askedKind : [...offered.keys()][0];
  const [kind, setKind] = useState<Kind>(first ?? 'agenda');
  const scopes = offered.get(kind) ?? [];
  const [wanted, setWanted] = useState<Scope>(asked.has('kind') ? 'institution' : 'mine');
  const scope = scopes.includes(wanted) ? wanted : (scopes[0] ?? 'mine');
  const askedSince = asked.get('since');
  const [since, setSince] = useState(isDay(askedSince) ? askedSince : startOfMonth(now));
  const [until, setUntil] = useState(now);
  const [paper, setPaper] = useState<PaperSize>('a4');
  const asking = useMutation({
    mutationFn: () => make(kind, { scope, since, until, paper, zone, language: currentLanguage() }, key),
    onSettled: () => setKey(uuid7()),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['reports'] }),
  });
  const known = isDay(since) && isDay(until);
  const good = known && until >= since && until < addDays(since, 366);
  return (
    <Paper p="md">
      <Stack>
        <div className="columns-2">
          <Select
            label={t('reports.kind')}
            allowDeselect={false}
            data={[...offered.keys()].map((value) => ({ value, label: t(`reports.kinds.${value}`) }))}
            value={kind}
            onChange={(value) => value !== null && isKind(value) && setKind(value)}
          />
          <Select
            label={t('reports.paper')}
            allowDeselect={false}
            data={[
              { value: 'a4', label: 'A4' },
              { value: 'letter', label: t('reports.letter') },
            ]}
            value={paper}
            onChange={(value) => setPaper(value === 'letter' ? 'letter' : 'a4')}
          />
          <DateField label={t('reports.since')} value={since} onChange={setSince} />
          <DateField
            label={t('reports.until')}
            value={until}
            error={known && !good ? t('reports.span') : undefined}
            onChange={setUntil}
          />
        </div>
        <Group justify="space-between">
          {scopes.length > 1 ? (
            <SegmentedControl
              aria-label={t('reports.scope')}
              value={scope}
              onChange={(value) => setWanted(value === 'institution' ? 'institution' : 'mine')}
              data={scopes.map((value) => ({ value, label: t(`reports.${value}`) }))}
            />
          ) : (
            <Text c="dimmed">{t(`reports.${scope}`)}</Text>
          )}
          <Button disabled={!good} loading={asking.isPending} onClick={() => asking.mutate()}>
            {t('reports.make')}
          </Button>
        </Group>
        <div role="alert">{asking.isError && <Alert color="red">{explain(asking.error, t)}</Alert>}</div>
      </Stack>
    </Paper>
  );
}

const COLOURS = { queued: 'gray', running: 'blue', ready: 'green', failed: 'red' } as const;

function Row({ report }: { readonly report: Listed }) {
  const { t } = useTranslation();
  const download = useMutation({
    mutationFn: (format: Format) => linkTo(report.source, report.id, format),
    onSuccess: (url) => window.location.assign(url),
    onError: (error) => notifications.show({ color: 'red', message: explain(error, t) }),
  });
  const title = isKind(report.kind) ? t(`reports.kinds.${report.kind}`) : report.kind;
  const working = report.status === 'queued' || report.status === 'running';
  return (
    <Paper component="li" p="md" style={{ listStyle: 'none' }}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="xs">
            <Text fw={600}>{title}</Text>
            <Badge variant="light" tt="none" color={COLOURS[report.status]}>
              {t(`reports.${report.status}`)}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {day(report.since)} – {day(report.until)} · {t(`reports.${report.scope}`)}
          </Text>
          <Text size="sm" c="dimmed">
            {dayAndTime(report.created_at)}
            {report.status === 'ready' && ` · ${t('reports.rows', { count: report.rows })}`}
          </Text>
        </div>
        <Group gap="xs">
          {report.files.map((file) => (
            <Button
              key={file.format}
              size="xs"
              variant="light"
              leftSection={<IconDownload size={16} aria-hidden />}
              loading={download.isPending && download.variables === file.format}
              onClick={() => download.mutate(file.format)}
            >
              {file.format.toUpperCase()} · {number(Math.max(1, Math.round(file.bytes / 1024)))} kB
              <VisuallyHidden>
                {t('reports.download')}: {title}
              </VisuallyHidden>
            </Button>
          ))}
        </Group>
      </Group>
      {working && (
        <Progress mt="sm" value={report.percent} aria-label={t('reports.progress', { percent: report.percent })} />
      )}
      {report.status === 'failed' && (
        <Text size="sm" c="var(--mantine-color-error)" mt="xs">
          {t('reports.failedBody')}
        </Text>
      )}
    </Paper>
  );
}
