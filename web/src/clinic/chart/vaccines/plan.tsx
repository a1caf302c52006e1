import { Alert, Button, Group, Paper, Stack, Switch, Text, Title } from '@mantine/core';
import { IconPlus, IconPrinter } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Plan, type PlannedDose, type PlannedSeries, useImmunizationPlan } from '../../data/chart/immunization';
import { Flag } from '../../kit/flag';
import { Loaded } from '../../kit/states';
import { day } from '../../language/format';
import { currentLanguage } from '../../language/i18n';
import classes from './plan.module.css';

const OPEN: ReadonlySet<PlannedDose['status']> = new Set(['due', 'late', 'barred']);
const KINDS = { done: 'calm', late: 'danger', due: 'unknown', barred: 'danger' } as const;

interface PlanProps {
  readonly patientId: string;
  readonly onRecord: (series: PlannedSeries, dose: PlannedDose) => void;
}

/** What is done, due, late and to come, and what speaks against it; printed as the card. */
export function VaccinationPlan({ patientId, onRecord }: PlanProps) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(true);
  const plan = useImmunizationPlan(patientId);
  return (
    <Stack component="section" aria-label={t('vaccines.title')}>
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t('vaccines.title')}
        </Title>
        <Group>
          <Switch
            label={t('vaccines.details')}
            checked={whole}
            onChange={(event) => setWhole(event.currentTarget.checked)}
          />
          <Button
            variant="default"
            leftSection={<IconPrinter size={16} aria-hidden />}
            onClick={() => {
              setWhole(true);
              setTimeout(() => window.print());
            }}
          >
            {t('vaccines.print')}
          </Button>
        </Group>
      </Group>
      <Loaded query={plan}>{(found) => <Content plan={found} whole={whole} onRecord={onRecord} />}</Loaded>
    </Stack>
  );
}

interface ContentProps extends Pick<PlanProps, 'onRecord'> {
  readonly plan: Plan;
  readonly whole: boolean;
}

function Content({ plan, whole, onRecord }: ContentProps) {
  const { t } = useTranslation();
  const { schedule } = plan;
  if (schedule === null) return <Alert color="yellow">{t('vaccines.noSchedule')}</Alert>;
  if (plan.not_checked.includes('deceased')) return <Alert color="gray">{t('vaccines.deceased')}</Alert>;
  const language = currentLanguage();
  const shown = plan.series.filter((series) => whole || series.doses.some(({ status }) => OPEN.has(status)));
  return (
    <>
      <Counts plan={plan} />
      {plan.not_checked.includes('birth_date_estimated') && <Text size="sm">{t('vaccines.estimated')}</Text>}
      {plan.not_checked.includes('allergies_not_asked') && <Text size="sm">{t('vaccines.allergiesUnasked')}</Text>}
      {plan.uncounted.length > 0 && (
        <Alert color="yellow">{t('vaccines.uncounted', { count: plan.uncounted.length })}</Alert>
      )}
      {shown.length === 0 ? (
        <Text c="dimmed">{t('vaccines.nothingOpen')}</Text>
      ) : (
        <Paper p="md">
          <ul className={classes.series}>
            {shown.map((series) => (
              <Series key={series.id} series={series} onRecord={onRecord} />
            ))}
          </ul>
        </Paper>
      )}
      <Text size="xs" c="dimmed">
        {t('vaccines.intro', { schedule: schedule.titles[language], version: schedule.version })}
        {'. '}
        {t('vaccines.notCovered', {
          what: schedule.not_covered.map((kind) => t(`vaccines.kind.${kind as 'covid'}`)).join(', '),
          who: t('vaccines.programme'),
          source: schedule.source,
        })}
      </Text>
    </>
  );
}

/** How many are late and due, in words. */
export function Counts({ plan }: { readonly plan: Plan }) {
  const { t } = useTranslation();
  if (plan.schedule === null) return <Text c="dimmed">{t('vaccines.noScheduleShort')}</Text>;
  if (plan.late + plan.due === 0) return <Flag kind="calm">{t('vaccines.upToDate')}</Flag>;
  return (
    <Group gap="xs">
      {plan.late > 0 && <Flag kind="danger">{t('vaccines.late', { count: plan.late })}</Flag>}
      {plan.due > 0 && <Flag kind="unknown">{t('vaccines.due', { count: plan.due })}</Flag>}
    </Group>
  );
}

interface SeriesProps extends Pick<PlanProps, 'onRecord'> {
  readonly series: PlannedSeries;
}

function Series({ series, onRecord }: SeriesProps) {
  const { t } = useTranslation();
  const language = currentLanguage();
  const next = series.doses.find(({ status }) => OPEN.has(status));
  return (
    <li className={classes.one}>
      <div>
        <Text fw={600}>{series.titles[language]}</Text>
        <Text size="sm" c="dimmed">
          {t('vaccines.usual', { vaccine: series.vaccine.titles[language] })}
        </Text>
      </div>
      <Stack gap={6}>
        <ol className={classes.doses}>
          {series.doses.map((dose) => (
            <li key={dose.number} data-status={dose.status}>
              <Dose dose={dose} />
            </li>
          ))}
        </ol>
        {series.objections.map((one) => (
          <Text key={`${one.reason}${one.entry ?? ''}`} size="sm" c="var(--ts-clay)">
            {t(`vaccines.objection.${one.reason}`, { text: one.text })}
          </Text>
        ))}
        {series.void.map((one) => (
          <Text key={one.entry} size="sm">
            {t(`vaccines.void.${one.reason}`, { date: day(one.given_on), from: day(one.counts_from) })}
          </Text>
        ))}
        {series.refused_on !== null && (
          <Text size="sm">
            {t('vaccines.refused', { date: day(series.refused_on), reason: series.refused_because })}
          </Text>
        )}
      </Stack>
      <div>
        {next && (
          <Button
            size="compact-md"
            variant="light"
            leftSection={<IconPlus size={16} aria-hidden />}
            aria-label={`${t('vaccines.record')}: ${series.titles[language]}, ${t('vaccines.dose', { number: next.number })}`}
            onClick={() => onRecord(series, next)}
          >
            {t('vaccines.record')}
          </Button>
        )}
      </div>
    </li>
  );
}

function Dose({ dose }: { readonly dose: PlannedDose }) {
  const { t } = useTranslation();
  const kind = dose.status in KINDS ? KINDS[dose.status as keyof typeof KINDS] : 'plain';
  return (
    <Flag kind={kind}>
      {t('vaccines.dose', { number: dose.number })} · {inWords(dose, t)}
    </Flag>
  );
}

function inWords(dose: PlannedDose, t: TFunction): string {
  if (dose.status === 'done') {
    return dose.given_on === null
      ? t('vaccines.status.doneHidden')
      : t('vaccines.status.done', { date: day(dose.given_on) });
  }
  return t(`vaccines.status.${dose.status}`, { date: dose.due_on === null ? '' : day(dose.due_on) });
}
