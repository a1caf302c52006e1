/** Sites or services beside each other: how many were seen, and how it was before. */
import { Button, Group, Paper, Table, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgendaTotals } from '../data/activity';
import { number } from '../language/format';
import { missed } from './agendas';
import { csvOf, download } from './csv';
import classes from './dashboards.module.css';

interface ByNameProps {
  readonly title: string;
  readonly totals: readonly AgendaTotals[];
  readonly nameOf: (id: string) => string;
  /** Of its file, without an ending. */
  readonly file: string;
}

export function ByName({ title, totals, nameOf, file }: ByNameProps) {
  const { t } = useTranslation('dashboards');
  const heading = useId();
  const order = [...totals].sort((a, b) => b.now.seen - a.now.seen);
  const columns = [t('counts.seen'), t('plot.before'), t('counts.noShows'), t('counts.noShowShare')];
  const rows = order.map(({ id, now, before }) => ({
    id,
    name: nameOf(id),
    cells: [now.seen, before.seen, now.no_shows, missed([{ ...now, week: '', open_minutes: null }])],
  }));
  const save = () =>
    download(
      `${file}.csv`,
      csvOf(
        [title, ...columns],
        rows.map(({ name, cells }) => [name, ...cells]),
      ),
    );
  return (
    <Paper p="md" component="section" aria-labelledby={heading} className={classes.plot}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={3} size="h5" id={heading}>
          {title}
        </Title>
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
      <div className={classes.scroll} tabIndex={0} role="group" aria-labelledby={heading}>
        <Table className="numeric">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{title}</Table.Th>
              {columns.map((name) => (
                <Table.Th key={name} scope="col" ta="right">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ id, name, cells }) => (
              <Table.Tr key={id}>
                <Table.Th scope="row" fw={400}>
                  {name}
                </Table.Th>
                {cells.map((value, at) => (
                  <Table.Td key={columns[at]} ta="right">
                    {value === null ? '–' : `${number(Math.round(value * 10) / 10)}${at === 3 ? ' %' : ''}`}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Paper>
  );
}
