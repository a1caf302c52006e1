import { Button, Group, NativeSelect, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHospitalChange } from '../data/hospital';
import { useItems, useWarehouses } from '../data/pharmacy';
import { pharmacy, unwrap } from '../data/server/client';
import { WardRefused } from './refused';

interface Line {
  readonly item: string;
  readonly name: string;
  readonly quantity: number;
}
interface Body {
  readonly admission: string;
  readonly warehouse: string;
  readonly lines: { item: string; quantity: number }[];
  readonly urgent: boolean;
  readonly note: string | null;
}

/** Medicines and supplies that a patient needs, asked of a warehouse. */
export function Ask({ admission, onDone }: { readonly admission: string; readonly onDone: () => void }) {
  const { t } = useTranslation('hospital');
  const places = (useWarehouses().data ?? []).filter(({ closed }) => !closed);
  const [warehouse, setWarehouse] = useState('');
  const [words, setWords] = useState('');
  const found = useItems(words).data ?? [];
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [urgent, setUrgent] = useState(false);
  const [note, setNote] = useState('');
  const asking = useHospitalChange(
    (body: Body, header) => unwrap(pharmacy.POST('/pharmacy/ward-requests', { params: { header }, body })),
    onDone,
  );
  const where = warehouse === '' ? (places[0]?.id ?? '') : warehouse;
  const send = () =>
    asking.mutate({
      admission,
      warehouse: where,
      lines: lines.map(({ item, quantity }) => ({ item, quantity })),
      urgent,
      note: note.trim() === '' ? null : note,
    });
  return (
    <Stack>
      <NativeSelect
        label={t('ward.warehouse')}
        value={where}
        data={places.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => setWarehouse(event.currentTarget.value)}
      />
      <Select
        label={t('ward.item')}
        searchable
        value={null}
        searchValue={words}
        onSearchChange={setWords}
        data={found.map(({ code, name }) => ({ value: code, label: name }))}
        onChange={(code) => {
          const item = found.find((each) => each.code === code);
          if (item && !lines.some((line) => line.item === item.code)) {
            setLines([...lines, { item: item.code, name: `${item.name} (${item.unit})`, quantity: 1 }]);
          }
          setWords('');
        }}
      />
      {lines.map((line) => (
        <NumberInput
          key={line.item}
          label={line.name}
          min={0}
          allowDecimal={false}
          allowNegative={false}
          value={line.quantity}
          onChange={(value) =>
            setLines(lines.map((each) => (each.item === line.item ? { ...each, quantity: Number(value) } : each)))
          }
        />
      ))}
      <Switch label={t('ward.urgent')} checked={urgent} onChange={(event) => setUrgent(event.currentTarget.checked)} />
      <TextInput
        label={t('ward.note')}
        maxLength={200}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <WardRefused error={asking.error} />
      <Group justify="flex-end">
        <Button
          disabled={where === '' || lines.length === 0 || lines.some(({ quantity }) => quantity < 1)}
          loading={asking.isPending}
          onClick={send}
        >
          {t('ward.ask')}
        </Button>
      </Group>
    </Stack>
  );
}
