import { Group, NativeSelect, Paper, SegmentedControl, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSummary } from '../../data/chart/chart';
import type { VitalsSet } from '../../data/chart/vitals';
import { patients, unwrap } from '../../data/server/client';
import { Loaded } from '../../kit/states';
import { day } from '../../language/format';
import { plain, symbol } from '../../language/units';
import { referenceOf, windowOf, type GrowthCurves, type Lines } from './growth_curves';
import {
  ageText,
  ageTick,
  INDICATORS,
  isDrawn,
  live,
  percentile,
  pointsOf,
  type Indicator,
  type Point,
} from './growth_points';
import { LineChart } from './line_chart';
import type { Chart } from './plot';
import classes from './vitals.module.css';

const HEIGHT = 380;
/** Between the labels of ages, in months, and of lengths, in cm. */
const AGE_STEPS = [1, 2, 3, 6, 12, 24, 36] as const;
const CM_STEPS = [1, 2, 5, 10] as const;
/** Bands of ±3 and ±2 standard deviations, and the median. */
const LEVELS = [
  { from: -3, to: 3 },
  { from: -2, to: 2 },
  { from: 0, to: 0 },
];
const UNITS: Readonly<Record<Indicator, string>> = {
  'weight-for-age': 'kg',
  'length-height-for-age': 'cm',
  'weight-for-length': 'kg',
  'weight-for-height': 'kg',
  'bmi-for-age': 'kg/m2',
  'head-circumference-for-age': 'cm',
};
const VIEWS = ['percentiles', 'deviations', 'scores'] as const;
type View = (typeof VIEWS)[number];
type Sex = GrowthCurves['sex'];

/** The same for every child of a sex: asked for once. */
function useCurves(indicator: Indicator, sex: Sex) {
  return useQuery({
    queryKey: ['growth-curves', indicator, sex],
    staleTime: Infinity,
    gcTime: Infinity,
    queryFn: () => unwrap(patients.GET('/patients/growth-curves', { params: { query: { indicator, sex } } })),
  });
}

/** A child's growth on WHO's charts: percentiles, standard deviations or z-scores, and a table. */
export function Growth({ patientId, sets }: { readonly patientId: string; readonly sets: readonly VitalsSet[] }) {
  const { t } = useTranslation();
  const patient = useSummary(patientId).data?.patient;
  const present = INDICATORS.filter((each) => sets.some((set) => live(set).some((g) => g.indicator === each)));
  const [chosen, choose] = useState<Indicator>();
  const [view, look] = useState<View>('percentiles');
  const indicator = chosen !== undefined && present.includes(chosen) ? chosen : present[0];
  const sex = patient?.sex;
  if (!indicator || !patient || (sex !== 'male' && sex !== 'female')) return null;
  return (
    <Paper p="md" component="section" aria-label={t('vitals.growth.title')}>
      <Stack>
        <Group justify="space-between" align="end">
          <NativeSelect
            label={t('vitals.growth.title')}
            w={280}
            maw="100%"
            value={indicator}
            data={present.map((each) => ({ value: each, label: t(`vitals.growth.${each}`) }))}
            onChange={(event) => choose(INDICATORS.find((each) => each === event.currentTarget.value))}
          />
          <SegmentedControl
            aria-label={t('vitals.growth.view')}
            value={view}
            onChange={(value) => look(VIEWS.find((each) => each === value) ?? 'percentiles')}
            data={VIEWS.map((each) => ({ value: each, label: t(`vitals.growth.${each}`) }))}
          />
        </Group>
        <Place indicator={indicator} sex={sex} view={view} sets={sets} born={patient.birth_date} />
      </Stack>
    </Paper>
  );
}

interface PlaceProps {
  readonly indicator: Indicator;
  readonly sex: Sex;
  readonly view: View;
  readonly sets: readonly VitalsSet[];
  readonly born: string;
}

function Place({ indicator, sex, view, sets, born }: PlaceProps) {
  const points = useMemo(() => pointsOf(sets, indicator, born), [sets, indicator, born]);
  const drawn = useMemo(() => points.filter(isDrawn), [points]);
  return (
    <div className={classes.beside}>
      {view === 'scores' ? (
        <Scores indicator={indicator} points={drawn} />
      ) : (
        <Curves indicator={indicator} sex={sex} lines={view} points={drawn} />
      )}
      <Figures indicator={indicator} points={points} />
    </div>
  );
}

interface CurvesProps {
  readonly indicator: Indicator;
  readonly sex: Sex;
  readonly lines: Lines;
  readonly points: readonly Point[];
}

function Curves({ indicator, sex, lines, points }: CurvesProps) {
  const { t } = useTranslation();
  return (
    <Loaded query={useCurves(indicator, sex)}>
      {(curves) => (
        <div>
          <Drawing curves={curves} lines={lines} points={points} />
          <Text size="sm" c="dimmed">
            {t(`vitals.growth.key.${lines}`)} {t(`vitals.growth.of.${sex}`)}
          </Text>
        </div>
      )}
    </Loaded>
  );
}

function Drawing({
  curves,
  lines,
  points,
}: {
  readonly curves: GrowthCurves;
  readonly lines: Lines;
  readonly points: readonly Point[];
}) {
  const { t } = useTranslation(); // another for each language
  const name = t(`vitals.growth.${curves.indicator}`);
  const chart = useMemo((): Chart => {
    const window = windowOf(
      points.map((point) => point.x),
      curves,
    );
    const level = (value: number) =>
      lines === 'percentiles'
        ? `P${value}`
        : value === 0
          ? t('vitals.growth.median')
          : t('vitals.growth.deviation', { z: signed(value) });
    const byAge = curves.x_unit === 'mo';
    return {
      ...measured(points, (point) => point.value, name, curves.indicator, t),
      reference: referenceOf(curves, lines, window, level),
      window,
      steps: byAge ? AGE_STEPS : CM_STEPS,
      xLabel: byAge ? t('vitals.growth.ageAxis') : `${t('vitals.name.height')} (cm)`,
      yLabel: symbol(curves.unit),
      levels: [],
      formatX: (x) => (byAge ? ageTick(x, t) : plain(x)),
    };
  }, [curves, lines, points, name, t]);
  return <LineChart label={t('vitals.growth.chartOf', { indicator: name, count: points.length })} chart={chart} />;
}

function Scores({ indicator, points }: { readonly indicator: Indicator; readonly points: readonly Point[] }) {
  const { t } = useTranslation(); // another for each language
  const name = t(`vitals.growth.${indicator}`);
  const chart = useMemo((): Chart => {
    const byAge = indicator.endsWith('-age');
    return {
      ...measured(points, (point) => point.z, t('vitals.growth.zScore'), indicator, t),
      levels: LEVELS,
      steps: byAge ? AGE_STEPS : CM_STEPS,
      xLabel: byAge ? t('vitals.growth.ageAxis') : `${t('vitals.name.height')} (cm)`,
      yLabel: t('vitals.growth.zScore'),
      formatX: (x) => (byAge ? ageTick(x, t) : plain(x)),
    };
  }, [points, indicator, t]);
  return (
    <div>
      <LineChart label={t('vitals.growth.chartOf', { indicator: name, count: points.length })} chart={chart} />
      <Text size="sm" c="dimmed">
        {t('vitals.growth.levels')}
      </Text>
    </div>
  );
}

/** What both views draw of the child. */
function measured(
  points: readonly Point[],
  of: (point: Point) => number,
  label: string,
  indicator: Indicator,
  t: TFunction,
) {
  return {
    x: points.map((point) => point.x),
    series: [{ label, values: points.map(of) }],
    time: false,
    height: HEIGHT,
    formatY: plain,
    words: (place: number) => {
      const point = points[place];
      if (!point) return '';
      const value = `${plain(point.value)} ${symbol(UNITS[indicator])}`;
      return `${day(point.on)} · ${ageText(point.months, t)} · ${value} · ${percentile(point.percentile)} · z ${plain(point.z)}`;
    },
  };
}

function signed(value: number): string {
  return value > 0 ? `+${plain(value)}` : plain(value);
}

/** Every figure of the chart, latest first. */
function Figures({ indicator, points }: { readonly indicator: Indicator; readonly points: readonly Point[] }) {
  const { t } = useTranslation();
  const name = t(`vitals.growth.${indicator}`);
  const latestFirst = [...points].sort((one, other) => other.months - one.months);
  return (
    <div className={classes.tall} tabIndex={0} role="region" aria-label={t('vitals.tableOf', { vital: name })}>
      <Title order={3} size="h6">
        {name}
      </Title>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('vitals.growth.when')}</Table.Th>
            <Table.Th scope="col">{symbol(UNITS[indicator])}</Table.Th>
            <Table.Th scope="col">{t('vitals.growth.percentile')}</Table.Th>
            <Table.Th scope="col">z</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody className="numeric">
          {latestFirst.map((point) => (
            <Table.Tr key={point.set}>
              <Table.Td>
                {day(point.on)}
                <Text size="xs" c="dimmed">
                  {ageText(point.months, t)}
                </Text>
              </Table.Td>
              <Table.Td>{plain(point.value)}</Table.Td>
              <Table.Td>{percentile(point.percentile)}</Table.Td>
              <Table.Td>
                {plain(point.z)} {point.implausible && t('vitals.growth.implausible')}
                {point.preterm && (
                  <Text size="xs" c="dimmed">
                    {t('vitals.growth.preterm')}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
