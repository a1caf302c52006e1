/** Bars by week that are a table as well: on request, for who cannot see them, and in a file. */
import { Button, Group, Paper, Table, Text, Title } from '@mantine/core';
import { IconDownload, IconTable } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateParts, day, number } from '../language/format';
import { csvOf, download } from './csv';
import classes from './dashboards.module.css';
import { ceiling } from './numbers';

export type Tone = 'main' | 'second' | 'warn' | 'bad';

interface Series {
  readonly name: string;
  readonly tone: Tone;
  /** One a week; null where nothing is known. */
  readonly values: readonly (number | null)[];
}

interface WeekBarsProps {
  readonly title: string;
  /** What is counted, or what it means. */
  readonly about?: string;
  readonly weeks: readonly string[];
  /** Stacked from the bottom up. */
  readonly series: readonly Series[];
  /** All series together in the weeks before, by the same place; a mark on each bar. */
  readonly before?: readonly (number | null)[];
  /** Of its file, without an ending. */
  readonly file: string;
  /** Where the axis ends, when the figures have an end of their own. */
  readonly most?: number;
  readonly unit?: string;
}

export function WeekBars(props: WeekBarsProps) {
  const { t } = useTranslation('dashboards');
  const { title, about, weeks, series, before, file } = props;
  const [asTable, setAsTable] = useState(false);
  const heading = useId();
  const columns = [...series.map(({ name }) => name), ...(before ? [t('plot.before')] : [])];
  const cells = weeks.map((_, at) => [
    ...series.map(({ values }) => values[at] ?? null),
    ...(before ? [before[at] ?? null] : []),
  ]);
  const save = () =>
    download(
      `${file}.csv`,
      csvOf(
        [t('plot.week'), ...columns],
        weeks.map((week, at) => [week, ...(cells[at] ?? [])]),
      ),
    );
  return (
    <Paper p="md" component="section" aria-labelledby={heading} className={classes.plot}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
        <Title order={3} size="h5" id={heading}>
          {title}
        </Title>
        <Group gap={4} wrap="nowrap">
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconTable size={16} aria-hidden />}
            aria-pressed={asTable}
            aria-label={`${t('plot.table')}: ${title}`}
            onClick={() => setAsTable(!asTable)}
          >
            {t('plot.table')}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconDownload size={16} aria-hidden />}
            aria-label={`CSV: ${title}`}
            onClick={save}
          >
            CSV
          </Button>
        </Group>
      </Group>
      {about !== undefined && (
        <Text size="sm" c="dimmed">
          {about}
        </Text>
      )}
      {asTable ? <Figures weeks={weeks} columns={columns} cells={cells} /> : <Bars {...props} />}
    </Paper>
  );
}

function Bars({ title, weeks, series, before, most, unit }: WeekBarsProps) {
  const { t } = useTranslation('dashboards');
  const totals = weeks.map((_, at) => series.reduce((total, { values }) => total + (values[at] ?? 0), 0));
  const top = most ?? ceiling(Math.max(...totals, ...(before ?? []).map((each) => each ?? 0)));
  const show = (value: number) => `${number(Math.round(value * 10) / 10)}${unit ?? ''}`;
  const words = weeks.map((week, at) =>
    [day(week), ...series.map(({ name, values }) => `${name} ${values[at] == null ? '–' : show(values[at])}`)].join(
      ', ',
    ),
  );
  // A label for each week fits up to eight.
  const every = Math.ceil(weeks.length / 7);
  return (
    <>
      <div className={classes.bars} role="img" aria-label={t('plot.label', { title, last: words.at(-1) ?? '' })}>
        <div className={classes.axis} aria-hidden>
          <span>{show(top)}</span>
          <span>{show(top / 2)}</span>
          <span>0</span>
        </div>
        <div className={classes.columns} aria-hidden>
          {weeks.map((week, at) => (
            <div key={week} className={classes.column} title={words[at]}>
              <div className={classes.stack}>
                {series.map(({ name, tone, values }) => (
                  <div
                    key={name}
                    className={classes.bar}
                    data-tone={tone}
                    style={{ height: `${(100 * (values[at] ?? 0)) / top}%` }}
                  />
                ))}
                {(before?.[at] ?? 0) > 0 && (
                  <div
                    className={classes.mark}
                    style={{ bottom: `${Math.min(100, (100 * (before?.[at] ?? 0)) / top)}%` }}
                  />
                )}
              </div>
              <span className={classes.weekLabel} data-rare={(weeks.length - 1 - at) % (2 * every) === 0 || undefined}>
                {(weeks.length - 1 - at) % every === 0 && dateParts(week, { day: 'numeric', month: 'short' })}
              </span>
            </div>
          ))}
        </div>
      </div>
      <ul className={classes.legend} aria-hidden>
        {series.length > 1 &&
          series.map(({ name, tone }) => (
            <li key={name}>
              <span className={classes.swatch} data-tone={tone} /> {name}
            </li>
          ))}
        {before && (
          <li>
            <span className={classes.swatchMark} /> {t('plot.before')}
          </li>
        )}
      </ul>
    </>
  );
}

interface FiguresProps {
  readonly weeks: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly (readonly (number | null)[])[];
}

function Figures({ weeks, columns, cells }: FiguresProps) {
  const { t } = useTranslation('dashboards');
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={t('plot.table')}>
      <Table className="numeric" striped>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('plot.week')}</Table.Th>
            {columns.map((name) => (
              <Table.Th key={name} scope="col" ta="right">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {weeks.map((week, at) => (
            <Table.Tr key={week}>
              <Table.Th scope="row" fw={400}>
                {day(week)}
              </Table.Th>
              {(cells[at] ?? []).map((value, column) => (
                <Table.Td key={columns[column]} ta="right">
                  {value === null ? '–' : number(Math.round(value * 10) / 10)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
