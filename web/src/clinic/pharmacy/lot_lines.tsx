import { ActionIcon, Group, NativeSelect, NumberInput, Paper, Select, Stack, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { lotText } from '../data/lots';
import { useStock, type Scan, type Stock } from '../data/pharmacy';
import { Loaded } from '../kit/states';
import { number } from '../language/format';
import { ScanField } from './scan_field';

/** Some of a lot that somebody takes. */
export interface Taken {
  readonly item: string;
  readonly lot: string;
  readonly quantity: number;
}

interface LotLinesProps {
  readonly warehouse: string;
  readonly lines: readonly Taken[];
  readonly most: number;
  readonly onChange: (lines: readonly Taken[]) => void;
}

/** Choosing lots of a warehouse, by scanner or by hand, and how much of each. */
export function LotLines({ warehouse, lines, most, onChange }: LotLinesProps) {
  const { t } = useTranslation('pharmacy');
  const stock = useStock(warehouse);
  const add = (item: Stock, lot?: string, units = 1) => {
    const chosen = item.lots.find((each) => each.lot === lot) ?? item.lots[0];
    if (!chosen) return;
    const at = lines.findIndex((line) => line.item === item.item && line.lot === chosen.lot);
    if (at >= 0) {
      onChange(lines.map((line, n) => (n === at ? { ...line, quantity: line.quantity + units } : line)));
    } else if (lines.length < most) onChange([...lines, { item: item.item, lot: chosen.lot, quantity: units }]);
  };
  const scanned = (items: readonly Stock[], found: Scan) => {
    const item = items.find((each) => each.item === found.item?.code);
    if (item) add(item, found.lot ?? undefined, found.units ?? 1);
  };
  return (
    <Loaded query={stock}>
      {(items) => {
        const held = items.filter(({ balance }) => balance > 0);
        return (
          <Stack gap="sm">
            <ScanField onScan={(found) => scanned(held, found)} />
            <Select
              label={t('byHand')}
              placeholder={t('chooseItem')}
              searchable
              value={null}
              limit={30}
              data={held.map((each) => ({ value: each.item, label: `${each.name} (${each.item})` }))}
              onChange={(code) => {
                const item = held.find((each) => each.item === code);
                if (item) add(item);
              }}
            />
            {lines.map((line, at) => {
              const item = held.find((each) => each.item === line.item);
              const change = (changed: Partial<Taken>) =>
                onChange(lines.map((each, n) => (n === at ? { ...each, ...changed } : each)));
              return (
                <Paper key={`${line.item} ${line.lot}`} p="sm">
                  <Group align="flex-end" justify="space-between">
                    <Text fw={600} maw={320}>
                      {item?.name ?? line.item}
                    </Text>
                    <NativeSelect
                      label={t('lot')}
                      value={line.lot}
                      data={(item?.lots ?? []).map((each) => ({
                        value: each.lot,
                        label: `${lotText(each.lot)} (${number(each.balance)})`,
                      }))}
                      onChange={(event) => change({ lot: event.currentTarget.value })}
                    />
                    <NumberInput
                      label={t('quantityIn', { unit: item?.unit ?? '' })}
                      w={170}
                      min={1}
                      allowDecimal={false}
                      allowNegative={false}
                      value={line.quantity}
                      onChange={(value) => change({ quantity: Number(value) })}
                    />
                    <ActionIcon
                      variant="default"
                      size="lg"
                      aria-label={t('remove', { what: item?.name ?? line.item })}
                      onClick={() => onChange(lines.filter((_, n) => n !== at))}
                    >
                      <IconTrash size={18} aria-hidden />
                    </ActionIcon>
                  </Group>
                </Paper>
              );
            })}
            {lines.length >= most && <Text c="dimmed">{t('noMoreLines', { count: most })}</Text>}
          </Stack>
        );
      }}
    </Loaded>
  );
}
