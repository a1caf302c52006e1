import { Badge, Button, Group, NumberInput, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconBed } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  useAdmitted,
  useHospitalChange,
  useWard,
  useWardRequests,
  type WardLot,
  type WardRequest,
} from '../data/hospital';
import { lotText } from '../data/lots';
import { usePharmacyChange, type Warehouse } from '../data/pharmacy';
import { ifMatch, pharmacy, unwrap } from '../data/server/client';
import { PHARMACIST, useHasRole } from '../data/session/roles';
import { Dialog } from '../kit/dialogs';
import { Section } from '../kit/section';
import { Empty, Loaded } from '../kit/states';
import { Listing, More, RowButton } from '../kit/table';
import { dateAndTime, number } from '../language/format';
import { Here } from './layout';
import { LotLines, type Taken } from './lot_lines';
import { PharmacyRefused } from './refused';

const MOST = 10;

/** What wards ask this warehouse for, and what comes back from them. */
export function WardsPage() {
  return (
    <Here>
      {(here) => (
        <Stack gap="xl">
          <Requests here={here} />
          <Returns here={here} />
        </Stack>
      )}
    </Here>
  );
}

function Requests({ here }: { readonly here: Warehouse }) {
  const { t } = useTranslation('pharmacy');
  const has = useHasRole();
  const requests = useWardRequests(here.id);
  const names = useAdmitted().data ?? [];
  const [open, setOpen] = useState<string>();
  return (
    <Section title={t('wards.title', { name: here.name })} intro={t('wards.intro')}>
      <Loaded query={requests}>
        {(items) => {
          const current = items.find(({ id }) => id === open);
          const patient = names.find(({ id }) => id === current?.admission)?.patient_name;
          return items.length === 0 ? (
            <Empty icon={IconBed} title={t('wards.none')} />
          ) : (
            <>
              <Listing
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  {
                    label: t('wards.patient'),
                    cell: ({ admission, urgent }) => {
                      const who = names.find(({ id }) => id === admission);
                      return (
                        <Stack gap={2} align="flex-start">
                          <Text fw={600}>{who?.patient_name ?? '–'}</Text>
                          {who && <Text size="sm">{`${who.place.ward} · ${who.place.name}`}</Text>}
                          {urgent && (
                            <Badge color="red" variant="light" tt="none">
                              {t('wards.urgent')}
                            </Badge>
                          )}
                        </Stack>
                      );
                    },
                  },
                  { label: t('wards.lines'), cell: (request) => <Lines request={request} /> },
                  { label: t('wards.asked'), cell: ({ asked_at: at }) => dateAndTime(at) },
                  {
                    label: t('actions'),
                    quiet: true,
                    cell: ({ id, state, lines }) =>
                      state === 'awaits_receipt' ? (
                        <Text size="sm">{t('wards.waits')}</Text>
                      ) : (
                        has(PHARMACIST) && (
                          <RowButton
                            label={t('wards.deliver')}
                            of={lines.map(({ name }) => name).join(', ')}
                            onClick={() => setOpen(id)}
                          />
                        )
                      ),
                  },
                ]}
              />
              <More query={requests} />
              <Dialog
                title={[t('wards.deliver'), patient].filter(Boolean).join(' · ')}
                opened={current !== undefined}
                onClose={() => setOpen(undefined)}
              >
                {current && (
                  <Deliver key={current.version} request={current} here={here} onDone={() => setOpen(undefined)} />
                )}
              </Dialog>
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Lines({ request }: { readonly request: WardRequest }) {
  return (
    <Stack gap={2}>
      {request.lines.map((line) => (
        <Text key={line.item} size="sm">
          {line.name}: {number(line.quantity - line.delivered)} {line.unit}
        </Text>
      ))}
      {request.note !== null && (
        <Text size="sm" c="dimmed">
          {request.note}
        </Text>
      )}
    </Stack>
  );
}

interface DeliverProps {
  readonly request: WardRequest;
  readonly here: Warehouse;
  readonly onDone: () => void;
}

function Deliver({ request, here, onDone }: DeliverProps) {
  const { t } = useTranslation('pharmacy');
  const [lots, setLots] = useState<readonly Taken[]>([]);
  const [last, setLast] = useState(false);
  const [reason, setReason] = useState('');
  const delivering = usePharmacyChange(
    (body: { lots: Taken[]; last: boolean; reason: string | null }, header) =>
      unwrap(
        pharmacy.POST('/pharmacy/wards/{admission_id}/requests/{request_id}/deliver', {
          params: {
            path: { admission_id: request.admission, request_id: request.id },
            header: { ...header, ...ifMatch(request.version) },
          },
          body,
        }),
      ),
    onDone,
  );
  const good = lots.length > 0 && lots.every(({ quantity }) => quantity >= 1) && (!last || reason.trim() !== '');
  const send = () => delivering.mutate({ lots: [...lots], last, reason: reason.trim() === '' ? null : reason });
  return (
    <Stack>
      <Lines request={request} />
      <LotLines warehouse={here.id} lines={lots} most={MOST} onChange={setLots} />
      <Switch label={t('wards.last')} checked={last} onChange={(event) => setLast(event.currentTarget.checked)} />
      {last && (
        <TextInput
          label={t('reason')}
          withAsterisk
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <PharmacyRefused error={delivering.error} />
      <Group justify="flex-end">
        <Button disabled={!good} loading={delivering.isPending} onClick={send}>
          {t('wards.deliver')}
        </Button>
      </Group>
    </Stack>
  );
}

function Returns({ here }: { readonly here: Warehouse }) {
  const { t } = useTranslation('pharmacy');
  const has = useHasRole();
  const admitted = useAdmitted();
  const [open, setOpen] = useState<string>();
  const patient = admitted.data?.find(({ id }) => id === open)?.patient_name;
  if (!has(PHARMACIST)) return null;
  return (
    <Section title={t('wards.returns')} intro={t('wards.returnsIntro')}>
      <Loaded query={admitted} rows={2}>
        {(items) => (
          <Listing
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { label: t('wards.patient'), cell: ({ patient_name: name }) => name },
              { label: t('wards.place'), cell: ({ place }) => `${place.ward} · ${place.name}` },
              {
                label: t('actions'),
                quiet: true,
                cell: ({ id, patient_name: name }) => (
                  <RowButton label={t('wards.receive')} of={name} onClick={() => setOpen(id)} />
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <Dialog
        title={[t('wards.receive'), patient].filter(Boolean).join(' · ')}
        opened={open !== undefined}
        onClose={() => setOpen(undefined)}
      >
        {open !== undefined && <OnWard admission={open} here={here} />}
      </Dialog>
    </Section>
  );
}

function OnWard({ admission, here }: { readonly admission: string; readonly here: Warehouse }) {
  const { t } = useTranslation('pharmacy');
  return (
    <Loaded query={useWard(admission)}>
      {(ward) => {
        const left = (ward?.lots ?? []).filter((lot) => lot.left > 0);
        if (left.length === 0) return <Empty icon={IconBed} title={t('wards.nothingLeft')} />;
        return (
          <Stack>
            {left.map((lot) => (
              <Receive key={`${lot.item} ${lot.lot} ${lot.left}`} admission={admission} lot={lot} here={here} />
            ))}
          </Stack>
        );
      }}
    </Loaded>
  );
}

interface ReceiveProps {
  readonly admission: string;
  readonly lot: WardLot;
  readonly here: Warehouse;
}

function Receive({ admission, lot, here }: ReceiveProps) {
  const { t } = useTranslation('pharmacy');
  const [quantity, setQuantity] = useState(lot.left);
  const [usable, setUsable] = useState(true);
  const [reason, setReason] = useState('');
  const receiving = useHospitalChange(
    (
      body: { item: string; lot: string; quantity: number; reason: string; warehouse: string; usable: boolean },
      header,
    ) =>
      unwrap(
        pharmacy.POST('/pharmacy/wards/{admission_id}/returns', {
          params: { path: { admission_id: admission }, header },
          body,
        }),
      ),
  );
  const send = () => receiving.mutate({ item: lot.item, lot: lot.lot, quantity, reason, warehouse: here.id, usable });
  return (
    <Stack gap="xs">
      <Text fw={600}>
        {lot.name} · {lotText(lot.lot)}
      </Text>
      <Group align="flex-end">
        <NumberInput
          label={t('quantityIn', { unit: lot.unit })}
          w={150}
          min={1}
          max={lot.left}
          allowDecimal={false}
          allowNegative={false}
          value={quantity}
          onChange={(value) => setQuantity(Number(value))}
        />
        <TextInput
          label={t('reason')}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Switch
          label={t('wards.usable')}
          checked={usable}
          onChange={(event) => setUsable(event.currentTarget.checked)}
        />
        <Button disabled={quantity < 1 || reason.trim().length < 5} loading={receiving.isPending} onClick={send}>
          {t('wards.receive')}
        </Button>
      </Group>
      <PharmacyRefused error={receiving.error} />
    </Stack>
  );
}
