import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lotText } from '../data/lots';
import { useKardex, type KardexLine, type Stock } from '../data/pharmacy';
import { Loaded } from '../kit/states';
import { Listing, More } from '../kit/table';
import { dateAndTime, number } from '../language/format';

/** The ledger of an item, or of one of its lots, latest first; printed by the browser. */
export function Kardex({ warehouse, stock }: { readonly warehouse: string; readonly stock: Stock }) {
  const { t } = useTranslation('pharmacy');
  const [lot, setLot] = useState('');
  const lines = useKardex(warehouse, stock.item, lot === '' ? null : lot);
  return (
    <Stack>
      <Group justify="space-between" align="flex-end">
        <NativeSelect
          label={t('lot')}
          value={lot}
          data={[
            { value: '', label: t('kardex.allLots') },
            ...stock.lots.map((each) => ({ value: each.lot, label: lotText(each.lot) })),
          ]}
          onChange={(event) => setLot(event.currentTarget.value)}
        />
        <Button
          variant="default"
          leftSection={<IconPrinter size={18} aria-hidden />}
          onClick={() => {
            window.print();
          }}
        >
          {t('print')}
        </Button>
      </Group>
      <Loaded query={lines}>
        {(found) => (
          <>
            <Listing
              items={found}
              keyOf={(line) => String(line.number)}
              columns={[
                { label: t('kardex.number'), numeric: true, cell: (line) => number(line.number) },
                { label: t('kardex.at'), cell: (line) => dateAndTime(line.at) },
                { label: t('kardex.kind'), cell: (line) => <Kind line={line} /> },
                { label: t('lot'), cell: (line) => lotText(line.lot) },
                { label: t('quantity'), numeric: true, cell: (line) => signed(line.quantity) },
                {
                  label: t('balance'),
                  numeric: true,
                  cell: (line) => number(lot === '' ? line.item_balance : line.balance),
                },
              ]}
            />
            <More query={lines} />
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function Kind({ line }: { readonly line: KardexLine }) {
  const { t } = useTranslation('pharmacy');
  return (
    <div>
      {t(`kinds.${line.kind}`)}
      {line.reason !== null && (
        <Text size="sm" c="dimmed">
          {line.reason}
        </Text>
      )}
      {line.register_number !== null && (
        <Text size="sm" c="dimmed">
          {t('kardex.register', { number: line.register_number })}
        </Text>
      )}
    </div>
  );
}

function signed(quantity: number): string {
  return quantity > 0 ? `+${number(quantity)}` : number(quantity);
}
