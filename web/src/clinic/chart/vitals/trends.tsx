import { NativeSelect, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSummary } from '../../data/chart/chart';
import {
  latest,
  useTrend,
  useUnits,
  type TrendPoint,
  type VitalFinding,
  type VitalsSet,
} from '../../data/chart/vitals';
import { both, Empty, Loaded } from '../../kit/states';
import { dateAndTime } from '../../language/format';
import { datesLocale } from '../../language/i18n';
import { figure, plain, shownIn, symbol, type VitalName } from '../../language/units';
import { Flags, range, Value } from './flag';
import { LineChart } from './line_chart';
import type { Chart } from './plot';
import classes from './vitals.module.css';

const HEIGHT = 280;
const HALF_MONTH_S = 15 * 24 * 3600;
/** One curve for each, and both pressures in one chart. */
const CURVES: readonly VitalName[] = [
  'systolic',
  'pulse',
  'respiration',
  'temperature',
  'oxygen_saturation',
  'weight',
  'height',
  'bmi',
  'waist',
  'head_circumference',
  'arm_circumference',
  'pain',
  'glucose',
  'peak_flow',
  'fundal_height',
  'fetal_heart_rate',
];

/** The course of one vital sign that was measured: a chart, and the same figures as a table. */
export function Trends({ patientId, sets }: { readonly patientId: string; readonly sets: readonly VitalsSet[] }) {
  const { t } = useTranslation();
  const recent = useSummary(patientId).data?.vitals;
  const known = new Set([...latest(sets).keys(), ...(recent ?? []).map((one) => one.finding.vital)]);
  const present = CURVES.filter((each) => known.has(each));
  const [chosen, choose] = useState<VitalName>();
  const vital = chosen !== undefined && present.includes(chosen) ? chosen : present[0];
  if (!vital) return null;
  const name = (each: VitalName) => (each === 'systolic' ? t('vitals.bloodPressure') : t(`vitals.name.${each}`));
  return (
    <Paper p="md" component="section" aria-label={t('vitals.trends')}>
      <Stack>
        <NativeSelect
          label={t('vitals.course')}
          w={260}
          maw="100%"
          value={vital}
          data={present.map((each) => ({ value: each, label: name(each) }))}
          onChange={(event) => choose(CURVES.find((each) => each === event.currentTarget.value))}
        />
        {vital === 'systolic' ? (
          <Pressure patientId={patientId} />
        ) : (
          <Course patientId={patientId} vital={vital} name={name(vital)} />
        )}
      </Stack>
    </Paper>
  );
}

function Course({
  patientId,
  vital,
  name,
}: {
  readonly patientId: string;
  readonly vital: VitalName;
  readonly name: string;
}) {
  const trend = useTrend(patientId, vital);
  return <Loaded query={trend}>{(points) => <Curves name={name} first={points} />}</Loaded>;
}

function Pressure({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const values = both(useTrend(patientId, 'systolic'), useTrend(patientId, 'diastolic'));
  return (
    <Loaded query={values}>
      {([systolic, diastolic]) => <Curves name={t('vitals.bloodPressure')} first={systolic} second={diastolic} />}
    </Loaded>
  );
}

interface CurvesProps {
  readonly name: string;
  readonly first: readonly TrendPoint[];
  readonly second?: readonly TrendPoint[];
}

function Curves({ name, first, second }: CurvesProps) {
  const { t } = useTranslation(); // another for each language
  const [unitOf] = useUnits();
  const vital = first[0]?.finding.vital ?? 'pulse';
  const unit = unitOf(vital);
  const chart = useMemo((): Chart => {
    const byset = new Map(second?.map((point) => [point.set, point.finding.value]));
    const values = first.map((point) => shownIn(point.finding.value, unit));
    const others = first.map((point) => byset.get(point.set) ?? null);
    const last = first.at(-1)?.finding;
    const [low, high] = [last?.low ?? null, last?.high ?? null];
    return {
      x: momentsOf(first),
      time: true,
      ...(first.length === 1 && { window: around(first[0]?.measured_at) }),
      height: HEIGHT,
      series: second
        ? [
            { label: t('vitals.name.systolic'), values },
            { label: t('vitals.name.diastolic'), values: others },
          ]
        : [{ label: t(`vitals.name.${vital}`), values }],
      levels: low !== null && high !== null ? [{ from: shownIn(low, unit), to: shownIn(high, unit) }] : [],
      formatX: (x: number) =>
        new Intl.DateTimeFormat(datesLocale(), { day: 'numeric', month: 'short', year: '2-digit' }).format(x * 1000),
      yLabel: symbol(unit),
      formatY: plain,
      words: (place) => {
        const point = first[place];
        if (!point) return '';
        const other = others[place];
        const value = plain(shownIn(point.finding.value, unit));
        return `${dateAndTime(point.measured_at)} · ${value}${typeof other === 'number' ? `/${plain(other)}` : ''} ${symbol(unit)}`;
      },
    };
  }, [first, second, unit, vital, t]);
  if (first.length === 0)
    return <Empty icon={IconChartLine} title={t('vitals.noTrend')} body={t('vitals.noTrendBody')} />;
  const last = first.at(-1)?.finding;
  return (
    <div className={classes.beside}>
      <div>
        <LineChart label={t('vitals.chartOf', { vital: name, count: first.length })} chart={chart} />
        {last && range(last, unit) !== '' && (
          <Text size="sm" c="dimmed" className="numeric">
            {t('vitals.shaded', { range: range(last, unit) })}
          </Text>
        )}
      </div>
      <div className={classes.tall} tabIndex={0} role="region" aria-label={t('vitals.tableOf', { vital: name })}>
        <Title order={3} size="h6">
          {name} ({symbol(unit)})
        </Title>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('vitals.measuredAt')}</Table.Th>
              <Table.Th scope="col">{t('vitals.value')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {[...first].reverse().map((point) => (
              <Table.Tr key={point.set}>
                <Table.Td className="numeric">{dateAndTime(point.measured_at)}</Table.Td>
                <Table.Td>
                  <Both
                    systolic={point.finding}
                    diastolic={second?.find((other) => other.set === point.set)?.finding}
                    unit={unit}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </div>
  );
}

/** Seconds since 1970, each once: two sets of one second are drawn a second apart. */
function momentsOf(points: readonly TrendPoint[]): readonly number[] {
  let free = -Infinity;
  return points.map((point) => {
    free = Math.max(free + 1, dayjs(point.measured_at).unix());
    return free;
  });
}

/** One measurement stands in the middle of its month, not at the end of years to come. */
function around(moment: string | undefined): readonly [number, number] {
  const at = dayjs(moment).unix();
  return [at - HALF_MONTH_S, at + HALF_MONTH_S];
}

interface BothProps {
  readonly systolic: VitalFinding;
  readonly diastolic: VitalFinding | undefined;
  readonly unit: string;
}

/** A value, or the two pressures as one. */
function Both({ systolic, diastolic, unit }: BothProps) {
  if (!diastolic) return <Value finding={systolic} unit={unit} />;
  return (
    <>
      <Text span size="sm" className="numeric">
        {figure(systolic.value, unit)}/{figure(diastolic.value, unit)}{' '}
      </Text>
      <Flags finding={systolic} />
      {diastolic.interpretation !== systolic.interpretation && <Flags finding={diastolic} />}
    </>
  );
}
