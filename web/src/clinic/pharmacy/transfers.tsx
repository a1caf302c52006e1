import { Badge, Button, Group, NativeSelect, NumberInput, Paper, Stack, Text, TextInput } from '@mantine/core';
import { IconTruck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lotText } from '../data/lots';
import { usePharmacyChange, useTransfers, type Transfer, type Warehouse } from '../data/pharmacy';
import { ifMatch, pharmacy, unwrap } from '../data/server/client';
import { Dialog } from '../kit/dialogs';
import { Section } from '../kit/section';
import { Empty, Loaded } from '../kit/states';
import { Listing, More, RowButton } from '../kit/table';
import { dateAndTime, number } from '../language/format';
import { Here } from './layout';
import { LotLines, type Taken } from './lot_lines';
import { PharmacyRefused } from './refused';

const MOST = 10;

/** Goods on the way to a warehouse, and those that it sends. */
export function TransfersPage() {
  return <Here>{(here, all) => <TransfersOf here={here} all={all} />}</Here>;
}

interface PlacesProps {
  readonly here: Warehouse;
  readonly all: readonly Warehouse[];
}

function TransfersOf({ here, all }: PlacesProps) {
  const { t } = useTranslation('pharmacy');
  const coming = useTransfers(here.id, true);
  const past = useTransfers(here.id, false);
  const [sending, setSending] = useState(false);
  const [receiving, setReceiving] = useState<string>();
  const nameOf = (id: string) => all.find((each) => each.id === id)?.name ?? id;
  return (
    <Stack>
      <Section
        title={t('transfers.coming', { name: here.name })}
        action={<Button onClick={() => setSending(true)}>{t('transfers.send')}</Button>}
      >
        <Loaded query={coming}>
          {(items) => {
            const current = items.find(({ id }) => id === receiving);
            return items.length === 0 ? (
              <Empty icon={IconTruck} title={t('transfers.none')} />
            ) : (
              <>
                <Listing
                  items={items}
                  keyOf={({ id }) => id}
                  columns={[
                    { label: t('transfers.from'), cell: ({ sender }) => <Text fw={600}>{nameOf(sender)}</Text> },
                    { label: t('transfers.sentAt'), cell: ({ sent_at }) => dateAndTime(sent_at) },
                    { label: t('transfers.lines'), cell: (transfer) => <Contents transfer={transfer} /> },
                    {
                      label: t('actions'),
                      quiet: true,
                      cell: ({ id, sender }) => (
                        <RowButton
                          label={t('transfers.receive')}
                          of={nameOf(sender)}
                          onClick={() => setReceiving(id)}
                        />
                      ),
                    },
                  ]}
                />
                <Dialog
                  title={t('transfers.receive')}
                  opened={current !== undefined}
                  onClose={() => setReceiving(undefined)}
                >
                  {current && <Receive key={current.id} transfer={current} onDone={() => setReceiving(undefined)} />}
                </Dialog>
              </>
            );
          }}
        </Loaded>
      </Section>
      <Section title={t('transfers.all')}>
        <Loaded query={past}>
          {(items) => (
            <>
              <Listing
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  {
                    label: t('transfers.route'),
                    cell: ({ sender, receiver }) => `${nameOf(sender)} → ${nameOf(receiver)}`,
                  },
                  { label: t('transfers.sentAt'), cell: ({ sent_at }) => dateAndTime(sent_at) },
                  { label: t('transfers.lines'), cell: (transfer) => <Contents transfer={transfer} /> },
                  {
                    label: t('transfers.state'),
                    cell: (transfer) => <State transfer={transfer} mine={transfer.sender === here.id} />,
                  },
                ]}
              />
              <More query={past} />
            </>
          )}
        </Loaded>
      </Section>
      <Dialog title={t('transfers.send')} opened={sending} onClose={() => setSending(false)}>
        <Send here={here} all={all} onDone={() => setSending(false)} />
      </Dialog>
    </Stack>
  );
}

function Contents({ transfer }: { readonly transfer: Transfer }) {
  const { t } = useTranslation('pharmacy');
  return (
    <Stack gap={2}>
      {transfer.lines.map((line) => (
        <Group key={`${line.item} ${line.lot}`} gap={6}>
          <Text size="sm">
            {line.name}, {lotText(line.lot)}: {number(line.sent)}
            {line.received !== null &&
              line.received !== line.sent &&
              ` → ${number(line.received)} (${line.reason ?? ''})`}
          </Text>
          {line.state !== 'open' && (
            <Badge variant="light" tt="none" color="red">
              {t(`states.${line.state}`)}
            </Badge>
          )}
        </Group>
      ))}
    </Stack>
  );
}

function State({ transfer, mine }: { readonly transfer: Transfer; readonly mine: boolean }) {
  const { t } = useTranslation('pharmacy');
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const back = usePharmacyChange(
    (body: { reason: string }, header) =>
      unwrap(
        pharmacy.POST('/pharmacy/transfers/{transfer_id}/take-back', {
          params: { path: { transfer_id: transfer.id }, header: { ...header, ...ifMatch(transfer.version) } },
          body,
        }),
      ),
    () => setAsking(false),
  );
  return (
    <Group gap="xs">
      <Badge variant="light" tt="none" color={transfer.state === 'in_transit' ? 'blue' : 'gray'}>
        {t(`transfers.states.${transfer.state}`)}
      </Badge>
      {mine && transfer.state === 'in_transit' && (
        <Button size="xs" variant="default" onClick={() => setAsking(true)}>
          {t('transfers.takeBack')}
        </Button>
      )}
      <Dialog title={t('transfers.takeBack')} opened={asking} onClose={() => setAsking(false)}>
        <Stack>
          <Text>{t('transfers.takeBackBody')}</Text>
          <TextInput
            label={t('reason')}
            withAsterisk
            data-autofocus
            maxLength={200}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <PharmacyRefused error={back.error} />
          <Group justify="flex-end">
            <Button
              disabled={reason.trim().length < 5}
              loading={back.isPending}
              onClick={() => back.mutate({ reason: reason.trim() })}
            >
              {t('transfers.takeBack')}
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </Group>
  );
}

function Send({ here, all, onDone }: PlacesProps & { readonly onDone: () => void }) {
  const { t } = useTranslation('pharmacy');
  const others = all.filter(({ id }) => id !== here.id);
  const [receiver, setReceiver] = useState(others[0]?.id ?? '');
  const [lines, setLines] = useState<readonly Taken[]>([]);
  const sending = usePharmacyChange(
    (body: { receiver: string; lines: Taken[] }, header) =>
      unwrap(pharmacy.POST('/pharmacy/transfers', { params: { header }, body: { ...body, sender: here.id } })),
    onDone,
  );
  if (others.length === 0) return <Text>{t('transfers.oneWarehouse')}</Text>;
  return (
    <Stack>
      <NativeSelect
        label={t('transfers.to')}
        value={receiver}
        data={others.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => setReceiver(event.currentTarget.value)}
      />
      <LotLines warehouse={here.id} lines={lines} most={MOST} onChange={setLines} />
      <PharmacyRefused error={sending.error} />
      <Group justify="flex-end">
        <Button
          disabled={lines.length === 0 || lines.some(({ quantity }) => quantity < 1)}
          loading={sending.isPending}
          onClick={() => sending.mutate({ receiver, lines: [...lines] })}
        >
          {t('transfers.send')}
        </Button>
      </Group>
    </Stack>
  );
}

function Receive({ transfer, onDone }: { readonly transfer: Transfer; readonly onDone: () => void }) {
  const { t } = useTranslation('pharmacy');
  const [counted, setCounted] = useState<readonly (number | string)[]>(transfer.lines.map(() => ''));
  const [reasons, setReasons] = useState<readonly string[]>(transfer.lines.map(() => ''));
  const lines = transfer.lines.map(({ item, lot }, at) => ({
    item,
    lot,
    quantity: Number(counted[at]),
    reason: (reasons[at] ?? '').trim() === '' ? null : (reasons[at] ?? '').trim(),
  }));
  const receiving = usePharmacyChange(
    (body: { lines: typeof lines }, header) =>
      unwrap(
        pharmacy.POST('/pharmacy/transfers/{transfer_id}/receive', {
          params: { path: { transfer_id: transfer.id }, header: { ...header, ...ifMatch(transfer.version) } },
          body,
        }),
      ),
    onDone,
  );
  const differs = (at: number) => counted[at] !== '' && Number(counted[at]) !== transfer.lines[at]?.sent;
  const good = lines.every((line, at) => counted[at] !== '' && (!differs(at) || line.reason !== null));
  return (
    <Stack>
      <Text>{t('transfers.countAll')}</Text>
      {transfer.lines.map((line, at) => (
        <Paper key={`${line.item} ${line.lot}`} p="sm">
          <Text fw={600}>
            {line.name}, {lotText(line.lot)}
          </Text>
          <Group align="flex-start">
            <NumberInput
              label={t('transfers.counted', { unit: line.unit })}
              description={t('transfers.wasSent', { sent: number(line.sent) })}
              min={0}
              allowDecimal={false}
              allowNegative={false}
              value={counted[at] ?? ''}
              onChange={(value) => setCounted(counted.map((each, n) => (n === at ? value : each)))}
            />
            {differs(at) && (
              <TextInput
                label={t('transfers.difference')}
                withAsterisk
                maxLength={200}
                value={reasons[at] ?? ''}
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  setReasons(reasons.map((each, n) => (n === at ? value : each)));
                }}
              />
            )}
          </Group>
        </Paper>
      ))}
      <PharmacyRefused error={receiving.error} />
      <Group justify="flex-end">
        <Button disabled={!good} loading={receiving.isPending} onClick={() => receiving.mutate({ lines })}>
          {t('transfers.receive')}
        </Button>
      </Group>
    </Stack>
  );
}
