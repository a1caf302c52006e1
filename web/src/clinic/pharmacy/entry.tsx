import { ActionIcon, Alert, Button, Group, NumberInput, Paper, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { uuid7 } from '../../common/uuid';
import { lotText } from '../data/lots';
import { useItems, usePharmacyChange, type Item, type Posting, type Warehouse } from '../data/pharmacy';
import { pharmacy, unwrap } from '../data/server/client';
import { DateField } from '../kit/date_field';
import { Section } from '../kit/section';
import { Loaded } from '../kit/states';
import { number } from '../language/format';
import { isDay } from '../language/zone';
import { Here } from './layout';
import { PharmacyRefused } from './refused';
import { ScanField } from './scan_field';

const MOST = 12;

interface Line {
  readonly key: string;
  readonly item: Item;
  readonly number: string;
  readonly expiry: string;
  readonly quantity: number | string;
  readonly gtin: string | null;
}

/** Goods from outside, with the paper that came along. */
export function EntryPage() {
  return <Here>{(here) => <Entry here={here} />}</Here>;
}

function Entry({ here }: { readonly here: Warehouse }) {
  const { t } = useTranslation('pharmacy');
  const items = useItems('');
  const [supplier, setSupplier] = useState('');
  const [document, setDocument] = useState('');
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [done, setDone] = useState<Posting>();
  const entering = usePharmacyChange(
    (body: Parameters<typeof bodyOf>, header) =>
      unwrap(
        pharmacy.POST('/pharmacy/warehouses/{warehouse_id}/entries', {
          params: { path: { warehouse_id: here.id }, header },
          body: bodyOf(...body),
        }),
      ),
    (posting) => {
      setDone(posting);
      setLines([]);
      setDocument('');
    },
  );
  const add = (item: Item, more: Partial<Line> = {}) => {
    setDone(undefined);
    if (lines.length >= MOST) return;
    setLines([...lines, { key: uuid7(), item, number: '', expiry: '', quantity: '', gtin: null, ...more }]);
  };
  const change = (key: string, changed: Partial<Line>) =>
    setLines(lines.map((line) => (line.key === key ? { ...line, ...changed } : line)));
  const complete = (line: Line) =>
    line.number.trim() !== '' && Number(line.quantity) >= 1 && (line.item.kind === 'supply' || isDay(line.expiry));
  const good = supplier.trim() !== '' && document.trim() !== '' && lines.length > 0 && lines.every(complete);
  return (
    <Section title={t('entry.title')} intro={t('entry.intro')}>
      <div className="columns-2">
        <TextInput
          label={t('entry.supplier')}
          withAsterisk
          maxLength={200}
          value={supplier}
          onChange={(event) => setSupplier(event.currentTarget.value)}
        />
        <TextInput
          label={t('entry.document')}
          withAsterisk
          maxLength={200}
          value={document}
          onChange={(event) => setDocument(event.currentTarget.value)}
        />
      </div>
      <ScanField
        onScan={(found) =>
          found.item &&
          add(found.item, {
            number: found.number ?? '',
            expiry: found.expiry ?? '',
            quantity: found.units ?? '',
            gtin: found.gtin,
          })
        }
      />
      <Loaded query={items} rows={1}>
        {(all) => (
          <Select
            label={t('byHand')}
            placeholder={t('chooseItem')}
            searchable
            limit={30}
            value={null}
            data={all
              .filter(({ active }) => active)
              .map(({ code, name }) => ({ value: code, label: `${name} (${code})` }))}
            onChange={(code) => {
              const item = all.find((each) => each.code === code);
              if (item) add(item);
            }}
          />
        )}
      </Loaded>
      <Stack gap="sm">
        {lines.map((line) => (
          <EntryRow
            key={line.key}
            line={line}
            onChange={(changed) => change(line.key, changed)}
            onRemove={() => setLines(lines.filter(({ key }) => key !== line.key))}
          />
        ))}
      </Stack>
      <PharmacyRefused error={entering.error} />
      <div role="status">
        {done && (
          <Alert color="green" title={t('entry.done')}>
            {done.lines.map((line) => (
              <Text key={line.number}>
                {line.item}, {lotText(line.lot)}: {t('balance')} {number(line.balance)}
              </Text>
            ))}
          </Alert>
        )}
      </div>
      <Group justify="flex-end">
        <Button
          disabled={!good}
          loading={entering.isPending}
          onClick={() => entering.mutate([supplier, document, lines])}
        >
          {t('entry.action')}
        </Button>
      </Group>
    </Section>
  );
}

interface EntryRowProps {
  readonly line: Line;
  readonly onChange: (changed: Partial<Line>) => void;
  readonly onRemove: () => void;
}

function EntryRow({ line, onChange, onRemove }: EntryRowProps) {
  const { t } = useTranslation('pharmacy');
  return (
    <Paper p="sm">
      <Group justify="space-between">
        <Text fw={600}>{line.item.name}</Text>
        <ActionIcon variant="default" size="lg" aria-label={t('remove', { what: line.item.name })} onClick={onRemove}>
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <Group align="flex-start">
        <TextInput
          label={t('entry.lot')}
          withAsterisk
          maxLength={20}
          value={line.number}
          onChange={(event) => onChange({ number: event.currentTarget.value })}
        />
        <DateField label={t('entry.expiry')} value={line.expiry} onChange={(expiry) => onChange({ expiry })} />
        <NumberInput
          label={t('quantityIn', { unit: line.item.unit })}
          withAsterisk
          min={1}
          allowDecimal={false}
          allowNegative={false}
          value={line.quantity}
          onChange={(quantity) => onChange({ quantity })}
        />
      </Group>
    </Paper>
  );
}

function bodyOf(supplier: string, document: string, lines: readonly Line[]) {
  return {
    supplier,
    document,
    lines: lines.map((line) => ({
      item: line.item.code,
      number: line.number.trim(),
      expiry: line.expiry === '' ? null : line.expiry,
      quantity: Number(line.quantity),
      gtin: line.gtin,
    })),
  };
}
