import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSummary, type ActiveEntry, type Summary } from '../../data/chart/chart';
import { Flag } from '../../kit/flag';
import { Loaded } from '../../kit/states';
import { codesText } from '../../language/codes';
import { day, dateAndTime } from '../../language/format';
import { flagOf, flagsOf } from '../../language/interpretation';
import { figures, nameOf, paired } from '../../language/measured';
import classes from '../base/chart.module.css';
import { PrescribedMedicines } from '../base/prescribed';
import type { SectionProps } from '../base/section';
import { useBeginEncounter } from '../encounter/begin';
import { EncounterRow } from '../encounter/list';
import { VaccinesCard } from '../vaccines/card';

/** The chart's first screen: what is in force, the last measurements, the last encounters. */
export function SummarySection({ patientId }: SectionProps) {
  const { t } = useTranslation();
  const summary = useSummary(patientId);
  const begin = useBeginEncounter(patientId);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t('chart.sections.summary')}
        </Title>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={begin.open}>
          {t('encounter.begin')}
        </Button>
      </Group>
      <Loaded query={summary}>{(found) => <Cards patientId={patientId} summary={found} />}</Loaded>
      {begin.dialog}
    </Stack>
  );
}

function Cards({ patientId, summary }: { readonly patientId: string; readonly summary: Summary }) {
  const { t } = useTranslation();
  const at = (path: string) => `/patients/${patientId}/${path}`;
  return (
    <div className={classes.cards}>
      <Card title={t('chart.activeProblems')} to={at('problems')}>
        <Entries entries={summary.problems} empty={t('chart.noProblems')} />
      </Card>
      <Card title={t('chart.sections.medicines')} to={at('medicines')}>
        <Entries entries={summary.medications} empty={t('chart.noMedicines')} />
        <PrescribedMedicines patientId={patientId} />
      </Card>
      <Card title={t('chart.sections.allergies')} to={at('allergies')}>
        <Entries entries={summary.allergies} empty={t('chart.allergiesUnknown')} />
      </Card>
      <Card title={t('chart.lastVitals')} to={at('vitals')}>
        <LastVitals summary={summary} />
      </Card>
      <Card title={t('vaccines.card')} to={at('immunizations')}>
        <VaccinesCard patientId={patientId} />
      </Card>
      <Card title={t('chart.lastEncounters')} to={at('encounters')}>
        {summary.encounters.length === 0 ? (
          <Text c="dimmed">{t('chart.noEncountersBody')}</Text>
        ) : (
          <ul className={classes.rows}>
            {summary.encounters.map((one) => (
              <EncounterRow key={one.id} encounter={one} />
            ))}
          </ul>
        )}
      </Card>
    </div>
  );
}

interface CardProps {
  readonly title: string;
  readonly to: string;
  readonly children: ReactNode;
}

function Card({ title, to, children }: CardProps) {
  const { t } = useTranslation();
  return (
    <Paper component="section" p="md" aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={3} size="h5">
          {title}
        </Title>
        <Button
          component={Link}
          to={to}
          size="compact-sm"
          variant="subtle"
          aria-label={t('chart.openSection', { section: title })}
        >
          {t('chart.open')}
        </Button>
      </Group>
      {children}
    </Paper>
  );
}

function Entries({ entries, empty }: { readonly entries: readonly ActiveEntry[]; readonly empty: string }) {
  if (entries.length === 0) return <Text c="dimmed">{empty}</Text>;
  return (
    <ul className={classes.rows}>
      {entries.map((one) => (
        <li key={one.id}>
          <Line entry={one} />
        </li>
      ))}
    </ul>
  );
}

function Line({ entry }: { readonly entry: ActiveEntry }) {
  const { t } = useTranslation();
  if (entry.none_known) return <Text>{t('chart.allergiesNone')}</Text>;
  const known = { year: 4, month: 7 }[entry.since_precision ?? ''] ?? 10;
  const since = entry.since && t('chart.since', { date: day(entry.since.slice(0, known)) });
  const facts = [entry.detail, codesText(entry.codes), since];
  return (
    <>
      <Group gap="xs">
        <Text fw={600}>{entry.text}</Text>
        {entry.criticality === 'high' && <Flag kind="danger">{t('lists.option.criticality-high')}</Flag>}
        {entry.verification === 'unconfirmed' && <Flag kind="plain">{t('lists.option.verification-unconfirmed')}</Flag>}
      </Group>
      {facts.some(Boolean) && (
        <Text size="sm" c="dimmed" className="numeric">
          {facts.filter(Boolean).join(' · ')}
        </Text>
      )}
    </>
  );
}

function LastVitals({ summary }: { readonly summary: Summary }) {
  const { t } = useTranslation();
  if (summary.vitals.length === 0) return <Text c="dimmed">{t('chart.noVitals')}</Text>;
  return (
    <dl className={classes.vitals}>
      {paired(summary.vitals.map((last) => ({ ...last, ...last.finding }))).map(({ first, second }) => {
        const together = second?.set === first.set ? second : undefined;
        return [
          <LastVital key={first.vital} first={first} {...(together && { second: together })} />,
          second && !together && <LastVital key={second.vital} first={second} />,
        ];
      })}
    </dl>
  );
}

type Shown = Summary['vitals'][number]['finding'] & { readonly measured_at: string };

function LastVital({ first, second }: { readonly first: Shown; readonly second?: Shown }) {
  const { t } = useTranslation();
  const flags = flagsOf(first, second);
  return (
    <div>
      <dt>{nameOf(first.vital, second !== undefined, t)}</dt>
      <dd className="numeric" data-flagged={flags.length > 0 || undefined}>
        {[figures(first, second), ...flags.map((code) => flagOf(code, t))].join(' · ')}
        <Text size="xs" c="dimmed" fw={400}>
          {dateAndTime(first.measured_at)}
        </Text>
      </dd>
    </div>
  );
}
