import { Button, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Banner } from '../chart/base/banner';
import { useSummary, type ActiveEntry } from '../data/chart/chart';
import { Loaded } from '../kit/states';
import classes from './room.module.css';

/** What matters first of the record; the chart itself opens beside the call. */
export function ChartTab({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const summary = useSummary(patientId);
  return (
    <Stack>
      <Loaded query={summary} rows={3}>
        {(found) => (
          <div className={classes.record}>
            <Banner patient={found.patient} summary={found} />
            <Entries title={t('chart.activeProblems')} entries={found.problems} empty={t('chart.noProblems')} />
            <Entries title={t('chart.sections.medicines')} entries={found.medications} empty={t('chart.noMedicines')} />
          </div>
        )}
      </Loaded>
      <Button component={Link} to={`/patients/${patientId}`} variant="light">
        {t('room.chartBeside')}
      </Button>
    </Stack>
  );
}

interface EntriesProps {
  readonly title: string;
  readonly entries: readonly ActiveEntry[];
  readonly empty: string;
}

function Entries({ title, entries, empty }: EntriesProps) {
  return (
    <section>
      <Title order={2} size="h6" mt="sm">
        {title}
      </Title>
      {entries.length === 0 && <Text c="dimmed">{empty}</Text>}
      <ul className={classes.entries}>
        {entries.map((one) => (
          <li key={one.id}>
            {one.text}
            {one.detail && <small> · {one.detail}</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}
