import { Anchor, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertOctagon } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { lotText } from '../data/lots';
import { usePharmacyChange, useReceivers, useRecalls, useStock, type Recall, type Warehouse } from '../data/pharmacy';
import { pharmacy, unwrap } from '../data/server/client';
import { Dialog } from '../kit/dialogs';
import { Section } from '../kit/section';
import { Empty, Loaded } from '../kit/states';
import { Listing, More, RowButton } from '../kit/table';
import { dateAndTime, number } from '../language/format';
import { Here } from './layout';
import { PharmacyRefused } from './refused';

/** Lots that were taken back, and everybody who got some. */
export function RecallsPage() {
  return <Here>{(here) => <Recalls here={here} />}</Here>;
}

function Recalls({ here }: { readonly here: Warehouse }) {
  const { t } = useTranslation('pharmacy');
  const recalls = useRecalls();
  const [writing, setWriting] = useState(false);
  const [open, setOpen] = useState<Recall>();
  return (
    <Section
      title={t('recalls.title')}
      intro={t('recalls.intro')}
      action={
        <Button color="red" onClick={() => setWriting(true)}>
          {t('recalls.new')}
        </Button>
      }
    >
      <Loaded query={recalls}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={IconAlertOctagon} title={t('recalls.none')} />
          ) : (
            <>
              <Listing
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  { label: t('item'), cell: ({ name }) => <Text fw={600}>{name}</Text> },
                  { label: t('lot'), cell: ({ lot }) => lotText(lot) },
                  { label: t('recalls.at'), cell: ({ at }) => dateAndTime(at) },
                  {
                    label: t('reason'),
                    cell: ({ reason, reference }) => [reason, reference].filter(Boolean).join(' · '),
                  },
                  {
                    label: t('actions'),
                    quiet: true,
                    cell: (recall) => (
                      <RowButton label={t('recalls.who')} of={recall.name} onClick={() => setOpen(recall)} />
                    ),
                  },
                ]}
              />
              <More query={recalls} />
            </>
          )
        }
      </Loaded>
      <Dialog title={t('recalls.new')} opened={writing} onClose={() => setWriting(false)}>
        <NewRecall here={here} onDone={() => setWriting(false)} />
      </Dialog>
      <Dialog title={t('recalls.who')} opened={open !== undefined} onClose={() => setOpen(undefined)}>
        {open && <Receivers recall={open} />}
      </Dialog>
    </Section>
  );
}

function Receivers({ recall }: { readonly recall: Recall }) {
  const { t } = useTranslation('pharmacy');
  const found = useReceivers(recall.id);
  return (
    <Loaded query={found}>
      {(items) =>
        items.length === 0 ? (
          <Text>{t('recalls.nobody')}</Text>
        ) : (
          <Stack>
            <Listing
              items={items}
              keyOf={({ dispensing, at, quantity }) => `${dispensing} ${at} ${quantity}`}
              columns={[
                {
                  label: t('recalls.patient'),
                  cell: ({ patient }) => (
                    <Anchor component={Link} to={`/patients/${patient}`}>
                      {t('recalls.openPatient')}
                    </Anchor>
                  ),
                },
                { label: t('recalls.at'), cell: ({ at }) => dateAndTime(at) },
                {
                  label: t('quantity'),
                  numeric: true,
                  cell: ({ quantity }) =>
                    quantity < 0 ? t('recalls.returned', { quantity: number(-quantity) }) : number(quantity),
                },
              ]}
            />
            <More query={found} />
          </Stack>
        )
      }
    </Loaded>
  );
}

function NewRecall({ here, onDone }: { readonly here: Warehouse; readonly onDone: () => void }) {
  const { t } = useTranslation('pharmacy');
  const stock = useStock(here.id);
  const [chosen, setChosen] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [reference, setReference] = useState('');
  const recalling = usePharmacyChange(
    (body: { item: string; lot: string; reason: string; reference: string | null }, header) =>
      unwrap(pharmacy.POST('/pharmacy/recalls', { params: { header }, body })),
    onDone,
  );
  const send = () => {
    const [item = '', lot = ''] = (chosen ?? '').split('#');
    recalling.mutate({
      item,
      lot,
      reason: reason.trim(),
      reference: reference.trim() === '' ? null : reference.trim(),
    });
  };
  return (
    <Stack>
      <Text>{t('recalls.body')}</Text>
      <Loaded query={stock}>
        {(items) => (
          <Select
            label={t('recalls.which')}
            searchable
            limit={30}
            value={chosen}
            onChange={setChosen}
            data={items.flatMap(({ item, name, lots }) =>
              lots
                .filter(({ state }) => state !== 'recalled')
                .map(({ lot }) => ({ value: `${item}#${lot}`, label: `${name}, ${lotText(lot)}` })),
            )}
          />
        )}
      </Loaded>
      <TextInput
        label={t('reason')}
        withAsterisk
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <TextInput
        label={t('recalls.reference')}
        maxLength={200}
        value={reference}
        onChange={(event) => setReference(event.currentTarget.value)}
      />
      <PharmacyRefused error={recalling.error} />
      <Group justify="flex-end">
        <Button
          color="red"
          disabled={chosen === null || reason.trim().length < 5}
          loading={recalling.isPending}
          onClick={send}
        >
          {t('recalls.action')}
        </Button>
      </Group>
    </Stack>
  );
}
