import { Alert, Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconPackage } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lotText, partsOf } from '../data/lots';
import { useStock, useStockAlerts, type LotBalance, type Stock, type Warehouse } from '../data/pharmacy';
import { STOCK, useHasRole } from '../data/session/roles';
import { Dialog } from '../kit/dialogs';
import { Section } from '../kit/section';
import { Empty, Loaded } from '../kit/states';
import { Listing, More, RowButton } from '../kit/table';
import { day, number } from '../language/format';
import { Kardex } from './kardex';
import { Here } from './layout';
import { LevelsForm } from './levels';
import { WriteOff } from './write_off';

/** What a warehouse has, what is scarce, and what ends soon. */
export function StockPage() {
  return <Here>{(here) => <StockOf here={here} />}</Here>;
}

function StockOf({ here }: { readonly here: Warehouse }) {
  const { t } = useTranslation('pharmacy');
  const has = useHasRole();
  const stock = useStock(here.id);
  const [words, setWords] = useState('');
  const [writing, setWriting] = useState(false);
  const [open, setOpen] = useState<{ readonly what: 'kardex' | 'levels'; readonly item: string }>();
  const shown = (item: Stock) => `${item.name} ${item.item}`.toLowerCase().includes(words.trim().toLowerCase());
  return (
    <Stack>
      <Alerts warehouse={here.id} />
      <Section
        title={t('stock.title', { name: here.name })}
        action={
          has(STOCK) && (
            <Button variant="default" onClick={() => setWriting(true)}>
              {t('writeOff.title')}
            </Button>
          )
        }
      >
        <TextInput
          label={t('stock.filter')}
          value={words}
          maw={360}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Loaded query={stock}>
          {(items) => {
            const current = items.find((each) => each.item === open?.item);
            if (items.length === 0) {
              return <Empty icon={IconPackage} title={t('stock.none')} body={t('stock.noneBody')} />;
            }
            return (
              <>
                <Listing
                  items={items.filter(shown)}
                  keyOf={(item) => item.item}
                  columns={[
                    { label: t('item'), cell: (item) => <ItemName item={item} /> },
                    { label: t('stock.lots'), cell: (item) => <Lots lots={item.lots} /> },
                    {
                      label: t('balance'),
                      numeric: true,
                      cell: (item) => `${number(item.balance)} ${item.unit}`,
                    },
                    {
                      label: t('stock.minimum'),
                      numeric: true,
                      cell: (item) => (item.minimum === null ? '' : number(item.minimum)),
                    },
                    {
                      label: t('actions'),
                      quiet: true,
                      cell: (item) => (
                        <Group gap="xs" justify="flex-end" wrap="nowrap">
                          <RowButton
                            label={t('kardex.open')}
                            of={item.name}
                            onClick={() => setOpen({ what: 'kardex', item: item.item })}
                          />
                          {has(['pharmacist', 'administrator']) && (
                            <RowButton
                              label={t('levels.open')}
                              of={item.name}
                              onClick={() => setOpen({ what: 'levels', item: item.item })}
                            />
                          )}
                        </Group>
                      ),
                    },
                  ]}
                />
                <More query={stock} />
                <Dialog
                  title={
                    current ? t(open?.what === 'levels' ? 'levels.title' : 'kardex.title', { name: current.name }) : ''
                  }
                  opened={current !== undefined}
                  onClose={() => setOpen(undefined)}
                >
                  {current && open?.what === 'kardex' && <Kardex warehouse={here.id} stock={current} />}
                  {current && open?.what === 'levels' && (
                    <LevelsForm warehouse={here.id} stock={current} onClose={() => setOpen(undefined)} />
                  )}
                </Dialog>
              </>
            );
          }}
        </Loaded>
      </Section>
      <Dialog title={t('writeOff.title')} opened={writing} onClose={() => setWriting(false)}>
        <WriteOff warehouse={here.id} onDone={() => setWriting(false)} />
      </Dialog>
    </Stack>
  );
}

function ItemName({ item }: { readonly item: Stock }) {
  const { t } = useTranslation('pharmacy');
  return (
    <div>
      <Text fw={600}>{item.name}</Text>
      <Group gap={6}>
        <Text c="dimmed" size="sm">
          {item.item}
        </Text>
        {item.controlled && (
          <Badge variant="light" tt="none" color="grape">
            {t('controlled')}
          </Badge>
        )}
        {item.counted_by !== null && (
          <Badge variant="light" tt="none" color="yellow">
            {t('stock.counted')}
          </Badge>
        )}
      </Group>
    </div>
  );
}

function Lots({ lots }: { readonly lots: readonly LotBalance[] }) {
  const { t } = useTranslation('pharmacy');
  return (
    <Stack gap={2}>
      {lots.map((lot) => (
        <Group key={lot.lot} gap={6}>
          <Text size="sm">
            {lotText(lot.lot)}: {number(lot.balance)}
          </Text>
          {(lot.expired || lot.state !== 'open') && (
            <Badge variant="light" tt="none" color="red">
              {t(lot.state === 'open' ? 'expired' : `states.${lot.state}`)}
            </Badge>
          )}
        </Group>
      ))}
    </Stack>
  );
}

const SHOWN = 5;

function Alerts({ warehouse }: { readonly warehouse: string }) {
  const { t } = useTranslation('pharmacy');
  const alerts = useStockAlerts(warehouse);
  const [all, showAll] = useState(false);
  const { low = [], expiring = [] } = alerts.data ?? {};
  const texts = [
    ...low.map((each) => ({
      key: each.item,
      text: t('alerts.low', {
        name: each.name,
        balance: number(each.balance),
        minimum: number(each.minimum),
        unit: each.unit,
      }),
    })),
    ...expiring.map((each) => ({
      key: `${each.item} ${each.lot}`,
      text: t(each.expired ? 'alerts.expired' : 'alerts.expires', {
        name: each.name,
        lot: partsOf(each.lot).number,
        balance: number(each.balance),
        unit: each.unit,
        day: day(each.expiry),
      }),
    })),
  ];
  if (texts.length === 0) return null;
  const hidden = texts.length - SHOWN;
  return (
    <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title={t('alerts.title')}>
      <Stack gap={4} component="ul" m={0} pl="md">
        {(all ? texts : texts.slice(0, SHOWN)).map(({ key, text }) => (
          <li key={key}>{text}</li>
        ))}
      </Stack>
      {!all && hidden > 0 && (
        <Button mt="xs" size="xs" variant="default" onClick={() => showAll(true)}>
          {t('alerts.more', { count: hidden })}
        </Button>
      )}
    </Alert>
  );
}
