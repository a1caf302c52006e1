import { NativeSelect, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { day } from '../../layout/format';
import { useSummary } from '../data';
import type { VitalsSet } from './data';
import { INDICATORS, live, percentile, pointsOf, type Indicator, type Point } from './growth_points';
import { LineChart } from './line_chart';
import { plain } from './units';
import classes from './vitals.module.css';

/** WHO marks ±2 and ±3 standard deviations: percentiles 2.3, 97.7 and 0.1, 99.9. */
const LEVELS = [
  { from: -3, to: 3, label: '' },
  { from: -2, to: 2, label: '' },
  { from: 0, to: 0, label: '' },
];

/** A child's growth against WHO's standard: z-scores by age, percentiles beside them. */
export function Growth({ patientId, sets }: { readonly patientId: string; readonly sets: readonly VitalsSet[] }) {
  const { t } = useTranslation();
  const born = useSummary(patientId).data?.patient.birth_date;
  const present = INDICATORS.filter((each) => sets.some((set) => live(set).some((g) => g.indicator === each)));
  const [chosen, choose] = useState<Indicator>();
  const indicator = chosen ?? present[0];
  if (!indicator || born === undefined) return null;
  return (
    <Paper p="md" component="section" aria-label={t('vitals.growth.title')}>
      <Stack>
        <NativeSelect
          label={t('vitals.growth.title')}
          w={260}
          maw="100%"
          value={indicator}
          data={present.map((each) => ({ value: each, label: t(`vitals.growth.${each}`) }))}
          onChange={(event) => choose(INDICATORS.find((each) => each === event.currentTarget.value))}
        />
        <Curve name={t(`vitals.growth.${indicator}`)} points={pointsOf(sets, indicator, born)} />
      </Stack>
    </Paper>
  );
}

function Curve({ name, points }: { readonly name: string; readonly points: readonly Point[] }) {
  const { t, i18n } = useTranslation();
  const chart = useMemo(() => {
    return {
      xLabel: t('vitals.growth.age'),
      x: points.map((point) => point.months),
      series: [{ label: t('vitals.growth.zScore'), values: points.map((point) => point.z) }],
      levels: LEVELS,
      formatX: (months: number) => t('vitals.growth.months', { count: months, months: plain(months) }),
      formatY: plain,
    };
  }, [points, t, i18n.language]);
  return (
    <div className={classes.beside}>
      <div>
        <LineChart label={t('vitals.chartOf', { vital: name, count: points.length })} time={false} {...chart} />
        <Text size="sm" c="dimmed">
          {t('vitals.growth.levels')}
        </Text>
      </div>
      <div className={classes.tall} tabIndex={0} role="region" aria-label={t('vitals.tableOf', { vital: name })}>
        <Title order={3} size="h6">
          {name}
        </Title>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('vitals.measuredAt')}</Table.Th>
              <Table.Th scope="col">{t('vitals.growth.percentile')}</Table.Th>
              <Table.Th scope="col">{t('vitals.growth.zScore')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody className="numeric">
            {[...points].reverse().map((point) => (
              <Table.Tr key={point.set}>
                <Table.Td>{day(point.on)}</Table.Td>
                <Table.Td>{percentile(point.percentile)}</Table.Td>
                <Table.Td>
                  {chart.formatY(point.z)} {point.implausible && t('vitals.growth.implausible')}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </div>
  );
}
