import { Badge, Button, Group, MultiSelect, Stack, Text } from '@mantine/core';
import { IconClipboardCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCounts, usePharmacyChange, useStock, type StockCount, type Warehouse } from '../data/pharmacy';
import { pharmacy, unwrap } from '../data/server/client';
import { STOCK, useHasRole } from '../data/session/roles';
import { Dialog } from '../kit/dialogs';
import { Section } from '../kit/section';
import { Empty, Loaded } from '../kit/states';
import { Listing, More, RowButton } from '../kit/table';
import { dateAndTime } from '../language/format';
import { CountSheet } from './count_sheet';
import { Here } from './layout';
import { PharmacyRefused } from './refused';

const MOST = 8;

/** Counts of a warehouse: balances are frozen, somebody counts, another person decides. */
export function CountsPage() {
  return <Here>{(here) => <CountsOf here={here} />}</Here>;
}

function CountsOf({ here }: { readonly here: Warehouse }) {
  const { t } = useTranslation('pharmacy');
  const has = useHasRole();
  const counts = useCounts(here.id);
  const [beginning, setBeginning] = useState(false);
  const [open, setOpen] = useState<string>();
  return (
    <Section
      title={t('counts.title', { name: here.name })}
      intro={t('counts.intro')}
      action={has(STOCK) && <Button onClick={() => setBeginning(true)}>{t('counts.begin')}</Button>}
    >
      <Loaded query={counts}>
        {(items) => {
          const current = items.find(({ id }) => id === open);
          return items.length === 0 ? (
            <Empty icon={IconClipboardCheck} title={t('counts.none')} />
          ) : (
            <>
              <Listing
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  { label: t('counts.begun'), cell: ({ begun_at }) => dateAndTime(begun_at) },
                  { label: t('counts.items'), cell: (count) => <Text size="sm">{itemsOf(count)}</Text> },
                  {
                    label: t('counts.state'),
                    cell: ({ state }) => (
                      <Badge variant="light" tt="none" color={COLOURS[state]}>
                        {t(`counts.states.${state}`)}
                      </Badge>
                    ),
                  },
                  {
                    label: t('actions'),
                    quiet: true,
                    cell: (count) => (
                      <RowButton label={t('counts.open')} of={itemsOf(count)} onClick={() => setOpen(count.id)} />
                    ),
                  },
                ]}
              />
              <More query={counts} />
              <Dialog title={t('counts.sheet')} opened={current !== undefined} onClose={() => setOpen(undefined)}>
                {current && <CountSheet key={current.version} count={current} />}
              </Dialog>
            </>
          );
        }}
      </Loaded>
      <Dialog title={t('counts.begin')} opened={beginning} onClose={() => setBeginning(false)}>
        <Begin
          here={here}
          onBegun={(count) => {
            setBeginning(false);
            setOpen(count.id);
          }}
        />
      </Dialog>
    </Section>
  );
}

const COLOURS = { open: 'blue', awaits_second: 'yellow', closed: 'green', cancelled: 'gray' } as const;

function itemsOf(count: StockCount): string {
  return [...new Set(count.lines.map(({ name }) => name))].join(', ');
}

interface BeginProps {
  readonly here: Warehouse;
  readonly onBegun: (count: StockCount) => void;
}

function Begin({ here, onBegun }: BeginProps) {
  const { t } = useTranslation('pharmacy');
  const stock = useStock(here.id);
  const [items, setItems] = useState<string[]>([]);
  const beginning = usePharmacyChange(
    (body: { warehouse: string; items: string[] }, header) =>
      unwrap(pharmacy.POST('/pharmacy/counts', { params: { header }, body })),
    onBegun,
  );
  return (
    <Stack>
      <Text>{t('counts.freezes')}</Text>
      <Loaded query={stock}>
        {(all) => (
          <MultiSelect
            label={t('counts.which', { count: MOST })}
            searchable
            maxValues={MOST}
            data={all.map(({ item, name }) => ({ value: item, label: `${name} (${item})` }))}
            value={items}
            onChange={setItems}
          />
        )}
      </Loaded>
      <PharmacyRefused error={beginning.error} />
      <Group justify="flex-end">
        <Button
          disabled={items.length === 0}
          loading={beginning.isPending}
          onClick={() => beginning.mutate({ warehouse: here.id, items })}
        >
          {t('counts.begin')}
        </Button>
      </Group>
    </Stack>
  );
}
