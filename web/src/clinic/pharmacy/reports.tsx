import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lotText } from '../data/lots';
import { useConsumption, useRegister, type Consumption, type Warehouse } from '../data/pharmacy';
import { DateField } from '../kit/date_field';
import { Section } from '../kit/section';
import { Loaded } from '../kit/states';
import { Listing, More } from '../kit/table';
import { dateAndTime, number } from '../language/format';
import { addDays, isDay, startOfMonth, today } from '../language/zone';
import { Here } from './layout';

const LONGEST = 366;

/** What became of stock in a span of days, and the register of controlled medicines. */
export function StockReportsPage() {
  return <Here>{(here) => <Reports here={here} />}</Here>;
}

function Reports({ here }: { readonly here: Warehouse }) {
  const { t } = useTranslation('pharmacy');
  const now = today(here.zone);
  const [since, setSince] = useState(startOfMonth(now));
  const [until, setUntil] = useState(now);
  const known = isDay(since) && isDay(until);
  const good = known && since <= until && until <= addDays(since, LONGEST);
  return (
    <Stack>
      <Section
        title={t('reports.consumption', { name: here.name })}
        intro={t('reports.intro')}
        action={
          <Button
            variant="default"
            leftSection={<IconPrinter size={18} aria-hidden />}
            onClick={() => {
              window.print();
            }}
          >
            {t('print')}
          </Button>
        }
      >
        <Group align="flex-start">
          <DateField label={t('reports.since')} value={since} onChange={setSince} />
          <DateField
            label={t('reports.until')}
            value={until}
            error={known && !good ? t('reports.span') : undefined}
            onChange={setUntil}
          />
        </Group>
        {good && <ConsumptionOf warehouse={here.id} since={since} until={until} />}
      </Section>
      <Section title={t('reports.register')}>
        <RegisterOf warehouse={here.id} />
      </Section>
    </Stack>
  );
}

interface SpanProps {
  readonly warehouse: string;
  readonly since: string;
  readonly until: string;
}

function ConsumptionOf(span: SpanProps) {
  const { t } = useTranslation('pharmacy');
  const consumption = useConsumption(span.warehouse, span.since, span.until);
  return (
    <Loaded query={consumption}>
      {(items) => (
        <>
          <Listing
            items={items}
            keyOf={({ item }) => item}
            columns={[
              { label: t('item'), cell: ({ name }) => <Text fw={600}>{name}</Text> },
              { label: t('reports.opening'), numeric: true, cell: ({ opening }) => number(opening) },
              { label: t('reports.moved'), cell: (row) => <Moved row={row} /> },
              {
                label: t('reports.closing'),
                numeric: true,
                cell: ({ closing, unit }) => `${number(closing)} ${unit}`,
              },
            ]}
          />
          <More query={consumption} />
        </>
      )}
    </Loaded>
  );
}

function Moved({ row }: { readonly row: Consumption }) {
  const { t } = useTranslation('pharmacy');
  if (row.totals.length === 0) return <Text c="dimmed">{t('reports.nothing')}</Text>;
  return (
    <Stack gap={2}>
      {row.totals.map(({ kind, quantity }) => (
        <Text key={kind} size="sm">
          {t(`kinds.${kind}`)}: {quantity > 0 ? '+' : ''}
          {number(quantity)}
        </Text>
      ))}
    </Stack>
  );
}

function RegisterOf({ warehouse }: { readonly warehouse: string }) {
  const { t } = useTranslation('pharmacy');
  const register = useRegister(warehouse);
  return (
    <Loaded query={register}>
      {(lines) => (
        <>
          <Listing
            items={lines}
            keyOf={(line) => String(line.register_number)}
            columns={[
              { label: t('kardex.number'), numeric: true, cell: (line) => line.register_number },
              { label: t('kardex.at'), cell: (line) => dateAndTime(line.at) },
              { label: t('item'), cell: (line) => `${line.item}, ${lotText(line.lot)}` },
              { label: t('kardex.kind'), cell: (line) => t(`kinds.${line.kind}`) },
              { label: t('quantity'), numeric: true, cell: (line) => number(line.quantity) },
              { label: t('balance'), numeric: true, cell: (line) => number(line.item_balance) },
            ]}
          />
          <More query={register} />
        </>
      )}
    </Loaded>
  );
}
