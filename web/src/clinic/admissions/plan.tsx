import { Button, Group, NumberInput, SegmentedControl, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { IconBarcode } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHospitalChange } from '../data/hospital';
import { prescriptionOf, useItems } from '../data/pharmacy';
import { orders, pharmacy, unwrap } from '../data/server/client';
import { MomentField } from '../kit/date_field';
import { isMoment } from '../language/typed_date';
import { WardRefused } from './refused';
import { timesFrom } from './times';

const MOST_TIMES = 24;

interface What {
  readonly item: string;
  readonly prescription?: string;
  readonly line?: number;
}

/** What is given, how much, and when: a medicine by the code of its prescription, or a supply. */
export function Plan({ admission, onDone }: { readonly admission: string; readonly onDone: () => void }) {
  const { t } = useTranslation('hospital');
  const [by, setBy] = useState<'prescription' | 'supply'>('prescription');
  const [what, setWhat] = useState<What>();
  const [quantity, setQuantity] = useState(1);
  const [first, setFirst] = useState(() => dayjs().format('YYYY-MM-DDTHH:mm'));
  const [every, setEvery] = useState(8);
  const [count, setCount] = useState(1);
  const [instructions, setInstructions] = useState('');
  const planning = useHospitalChange(
    (body: What & { quantity: number; times: string[]; instructions: string | null }, header) =>
      unwrap(
        pharmacy.POST('/pharmacy/wards/{admission_id}/doses', {
          params: { path: { admission_id: admission }, header },
          body,
        }),
      ),
    onDone,
  );
  const send = () => {
    if (!what) return;
    const note = instructions.trim() === '' ? null : instructions;
    planning.mutate({ ...what, quantity, times: timesFrom(first, every, count), instructions: note });
  };
  return (
    <Stack>
      <SegmentedControl
        fullWidth
        styles={{ label: { whiteSpace: 'normal' } }}
        aria-label={t('plan.item')}
        value={by}
        data={[
          { value: 'prescription', label: t('plan.prescription') },
          { value: 'supply', label: t('plan.supply') },
        ]}
        onChange={(value) => {
          setBy(value === 'supply' ? 'supply' : 'prescription');
          setWhat(undefined);
        }}
      />
      {by === 'supply' ? <Supply onChange={setWhat} /> : <Prescribed onChange={setWhat} />}
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <NumberInput
          label={t('doses.quantity')}
          min={1}
          allowDecimal={false}
          allowNegative={false}
          value={quantity}
          onChange={(value) => setQuantity(Number(value))}
        />
        <NumberInput
          label={t('plan.every')}
          min={1}
          max={72}
          allowDecimal={false}
          allowNegative={false}
          value={every}
          onChange={(value) => setEvery(Number(value))}
        />
        <NumberInput
          label={t('plan.times')}
          min={1}
          max={MOST_TIMES}
          allowDecimal={false}
          allowNegative={false}
          value={count}
          onChange={(value) => setCount(Number(value))}
        />
      </SimpleGrid>
      <MomentField label={t('plan.first')} value={first} onChange={setFirst} withAsterisk />
      <TextInput
        label={t('plan.instructions')}
        maxLength={200}
        value={instructions}
        onChange={(event) => setInstructions(event.currentTarget.value)}
      />
      <WardRefused error={planning.error} />
      <Group justify="flex-end">
        <Button
          disabled={!what || quantity < 1 || every < 1 || count < 1 || !isMoment(first)}
          loading={planning.isPending}
          onClick={send}
        >
          {t('doses.plan')}
        </Button>
      </Group>
    </Stack>
  );
}

interface WhatProps {
  readonly onChange: (what: What | undefined) => void;
}

function Supply({ onChange }: WhatProps) {
  const { t } = useTranslation('hospital');
  const [words, setWords] = useState('');
  const found = (useItems(words).data ?? []).filter(({ kind }) => kind === 'supply');
  return (
    <Select
      label={t('plan.item')}
      searchable
      searchValue={words}
      onSearchChange={setWords}
      data={found.map(({ code, name }) => ({ value: code, label: name }))}
      onChange={(item) => onChange(item === null ? undefined : { item })}
    />
  );
}

/** The code that is printed on the prescription leads to its lines. */
function Prescribed({ onChange }: WhatProps) {
  const { t } = useTranslation('hospital');
  const [code, setCode] = useState('');
  const finding = useMutation({
    mutationFn: async (text: string) => {
      const plain = text.trim();
      const id = await prescriptionOf(plain.slice(Math.max(plain.lastIndexOf('#'), plain.lastIndexOf('/')) + 1));
      return unwrap(orders.GET('/orders/prescriptions/{id}', { params: { path: { id } } }));
    },
  });
  const prescription = finding.data;
  const lines = (prescription?.lines ?? []).filter((line) => line.stopped_at === null);
  return (
    <Stack gap="xs">
      <Group align="flex-end">
        <TextInput
          label={t('plan.prescription')}
          leftSection={<IconBarcode size={18} aria-hidden />}
          autoComplete="off"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || code.trim() === '') return;
            event.preventDefault();
            finding.mutate(code);
          }}
        />
        <Button
          variant="default"
          disabled={code.trim() === ''}
          loading={finding.isPending}
          onClick={() => finding.mutate(code)}
        >
          {t('plan.find')}
        </Button>
      </Group>
      <WardRefused error={finding.error} />
      {prescription && (
        <Select
          label={t('plan.line')}
          data={lines.map((line) => ({
            value: String(line.number),
            label: `${line.product.name} ${line.product.strength}`,
          }))}
          onChange={(value) => {
            const line = lines.find(({ number: each }) => String(each) === value);
            onChange(line && { item: line.item, prescription: prescription.id, line: line.number });
          }}
        />
      )}
    </Stack>
  );
}
