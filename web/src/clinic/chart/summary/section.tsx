import { Button, Group, Stack, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSummary, type Summary } from '../../data/chart/chart';
import { Loaded } from '../../kit/states';
import { Coverages } from '../base/coverages';
import { PrescribedMedicines } from '../base/prescribed';
import type { SectionProps } from '../base/section';
import { useBeginEncounter } from '../encounter/begin';
import { VaccinesCard } from '../vaccines/card';
import { Card, Encounters, Entries } from './cards';
import { Coverage, NextAppointments, PendingOrders } from './elsewhere';
import classes from './summary.module.css';
import { LastVitals } from './vitals';

/** The chart's first screen: all that matters before a visit, without scrolling on a laptop. */
export function SummarySection({ patientId }: SectionProps) {
  const { t } = useTranslation();
  const summary = useSummary(patientId);
  const begin = useBeginEncounter(patientId);
  return (
    <Stack gap="xs">
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

/** In columns that fill from above, so that no card is taller than what it says. */
function Cards({ patientId, summary }: { readonly patientId: string; readonly summary: Summary }) {
  const { t } = useTranslation();
  const at = (path: string) => `/patients/${patientId}/${path}`;
  const { allergies, problems, medications, vitals, encounters } = summary;
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        <Card title={t('chart.sections.allergies')} to={at('allergies')} empty={allergies.length === 0}>
          <Entries entries={allergies} empty={t('chart.allergiesUnknown')} to={at('allergies')} />
        </Card>
        <Card title={t('chart.activeProblems')} to={at('problems')} empty={problems.length === 0}>
          <Entries entries={problems} empty={t('chart.noProblems')} to={at('problems')} />
        </Card>
        <Card title={t('chart.sections.medicines')} to={at('medicines')} empty={medications.length === 0}>
          <Entries entries={medications} empty={t('chart.noMedicines')} to={at('medicines')} />
          <PrescribedMedicines patientId={patientId} brief />
        </Card>
      </div>
      <div className={classes.column}>
        <Card title={t('chart.lastVitals')} to={at('vitals')} empty={vitals.length === 0}>
          <LastVitals patientId={patientId} vitals={vitals} />
        </Card>
        <Card title={t('chart.pendingOrders')} to={at('orders')}>
          <PendingOrders patientId={patientId} />
        </Card>
      </div>
      <div className={classes.column}>
        <Card title={t('chart.lastEncounters')} to={at('encounters')}>
          <Encounters encounters={encounters} />
        </Card>
        <Card title={t('chart.nextAppointments')}>
          <NextAppointments patientId={patientId} />
        </Card>
        <Card title={t('vaccines.card')} to={at('immunizations')}>
          <VaccinesCard patientId={patientId} />
        </Card>
        <Card title={t('chart.coverage')}>
          <Coverage patientId={patientId} />
          <Coverages patientId={patientId} />
        </Card>
      </div>
    </div>
  );
}
