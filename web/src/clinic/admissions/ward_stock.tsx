import { Badge, Button, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { IconPackage } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHospitalChange, type Ward, type WardLot, type WardRequest } from '../data/hospital';
import { lotText } from '../data/lots';
import { ifMatch, pharmacy, unwrap } from '../data/server/client';
import { useHasRole, WARD } from '../data/session/roles';
import { Dialog } from '../kit/dialogs';
import { Section } from '../kit/section';
import { Empty } from '../kit/states';
import { Listing, RowButton } from '../kit/table';
import { dateAndTime, number } from '../language/format';
import { Ask } from './ask';
import { WardRefused } from './refused';

interface StockProps {
  readonly admission: string;
  /** By name, on whatever is asked about them. */
  readonly patient: string;
  readonly ward: Ward | null;
  readonly open: boolean;
}

/** What was delivered for the patient and what became of it; what was asked for. */
export function WardStock({ admission, patient, ward, open }: StockProps) {
  const { t } = useTranslation('hospital');
  const has = useHasRole();
  const [asking, setAsking] = useState(false);
  const [wasting, setWasting] = useState<WardLot>();
  const works = open && has(WARD);
  return (
    <>
      <Section
        title={t('ward.title')}
        action={works && <Button onClick={() => setAsking(true)}>{t('ward.ask')}</Button>}
      >
        {!ward || ward.lots.length === 0 ? (
          <Empty icon={IconPackage} title={t('ward.none')} />
        ) : (
          <Listing
            items={ward.lots}
            keyOf={({ item, lot }) => `${item} ${lot}`}
            columns={[
              { label: t('ward.item'), cell: ({ name }) => <Text fw={600}>{name}</Text> },
              { label: t('ward.lot'), cell: ({ lot }) => lotText(lot) },
              { label: t('ward.delivered'), numeric: true, cell: ({ delivered }) => number(delivered) },
              { label: t('ward.applied'), numeric: true, cell: ({ applied }) => number(applied) },
              { label: t('ward.returned'), numeric: true, cell: ({ returned }) => number(returned) },
              { label: t('ward.wasted'), numeric: true, cell: ({ wasted }) => number(wasted) },
              { label: t('ward.left'), numeric: true, cell: ({ left }) => <strong>{number(left)}</strong> },
              {
                label: t('actions'),
                quiet: true,
                cell: (lot) =>
                  works &&
                  lot.left > 0 &&
                  !lot.controlled && (
                    <RowButton
                      label={t('ward.waste')}
                      of={`${lot.name} ${lotText(lot.lot)}`}
                      onClick={() => setWasting(lot)}
                    />
                  ),
              },
            ]}
          />
        )}
      </Section>
      <Section title={t('ward.requests')}>
        {!ward || ward.requests.length === 0 ? (
          <Empty icon={IconPackage} title={t('ward.noRequests')} />
        ) : (
          <Listing
            items={ward.requests}
            keyOf={({ id }) => id}
            columns={[
              { label: t('ward.asked'), cell: (request) => <Asked request={request} /> },
              {
                label: t('ward.state'),
                cell: ({ state }) => (
                  <Badge variant="light" tt="none">
                    {t(`requestStates.${state}`)}
                  </Badge>
                ),
              },
              { label: t('actions'), quiet: true, cell: (request) => works && <Acts request={request} /> },
            ]}
          />
        )}
      </Section>
      <Dialog title={`${t('ward.ask')} · ${patient}`} opened={asking} onClose={() => setAsking(false)}>
        <Ask admission={admission} onDone={() => setAsking(false)} />
      </Dialog>
      <Dialog
        title={`${t('ward.waste')} · ${patient}`}
        opened={wasting !== undefined}
        onClose={() => setWasting(undefined)}
      >
        {wasting && <Waste admission={admission} lot={wasting} onDone={() => setWasting(undefined)} />}
      </Dialog>
    </>
  );
}

function Asked({ request }: { readonly request: WardRequest }) {
  const { t } = useTranslation('hospital');
  return (
    <Stack gap={2}>
      {request.lines.map((line) => (
        <Text key={line.item}>
          {line.name}: {number(line.delivered)} / {number(line.quantity)} {line.unit}
        </Text>
      ))}
      <Text size="sm" c="dimmed">
        {request.asked_by_name} · {dateAndTime(request.asked_at)}
        {request.urgent && ` · ${t('ward.urgent')}`}
        {request.reason !== null && ` · ${request.reason}`}
      </Text>
    </Stack>
  );
}

function Acts({ request }: { readonly request: WardRequest }) {
  const { t } = useTranslation('hospital');
  const [ending, setEnding] = useState(false);
  const [reason, setReason] = useState('');
  const path = { admission_id: request.admission, request_id: request.id };
  const signing = useHospitalChange((_: string, header) =>
    unwrap(
      pharmacy.POST('/pharmacy/wards/{admission_id}/requests/{request_id}/sign', {
        params: { path, header: { ...header, ...ifMatch(request.version) } },
      }),
    ),
  );
  const cancelling = useHospitalChange(
    (body: { reason: string }, header) =>
      unwrap(
        pharmacy.POST('/pharmacy/wards/{admission_id}/requests/{request_id}/end', {
          params: { path, header: { ...header, ...ifMatch(request.version) } },
          body,
        }),
      ),
    () => setEnding(false),
  );
  if (request.state !== 'open' && request.state !== 'awaits_receipt') return null;
  return (
    <Stack gap="xs">
      <Group gap="xs" justify="flex-end">
        {request.state === 'awaits_receipt' && (
          <Button size="xs" loading={signing.isPending} onClick={() => signing.mutate(request.id)}>
            {t('ward.sign')}
          </Button>
        )}
        <Button size="xs" variant="default" onClick={() => setEnding(true)}>
          {t('ward.end')}
        </Button>
      </Group>
      <WardRefused error={signing.error} />
      <Dialog title={t('ward.end')} opened={ending} onClose={() => setEnding(false)}>
        <Stack>
          <TextInput
            label={t('reason')}
            withAsterisk
            maxLength={200}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <WardRefused error={cancelling.error} />
          <Group justify="flex-end">
            <Button
              disabled={reason.trim().length < 5}
              loading={cancelling.isPending}
              onClick={() => cancelling.mutate({ reason })}
            >
              {t('ward.end')}
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </Stack>
  );
}

interface WasteProps {
  readonly admission: string;
  readonly lot: WardLot;
  readonly onDone: () => void;
}

function Waste({ admission, lot, onDone }: WasteProps) {
  const { t } = useTranslation('hospital');
  const [quantity, setQuantity] = useState(1);
  const [reason, setReason] = useState('');
  const wasting = useHospitalChange(
    (body: { item: string; lot: string; quantity: number; reason: string }, header) =>
      unwrap(
        pharmacy.POST('/pharmacy/wards/{admission_id}/waste', {
          params: { path: { admission_id: admission }, header },
          body,
        }),
      ),
    onDone,
  );
  return (
    <Stack>
      <Text fw={600}>
        {lot.name} · {lot.lot}
      </Text>
      <NumberInput
        label={t('ward.quantity')}
        min={1}
        max={lot.left}
        allowDecimal={false}
        allowNegative={false}
        value={quantity}
        onChange={(value) => setQuantity(Number(value))}
      />
      <TextInput
        label={t('reason')}
        withAsterisk
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <WardRefused error={wasting.error} />
      <Group justify="flex-end">
        <Button
          color="red"
          disabled={quantity < 1 || reason.trim().length < 5}
          loading={wasting.isPending}
          onClick={() => wasting.mutate({ item: lot.item, lot: lot.lot, quantity, reason })}
        >
          {t('ward.waste')}
        </Button>
      </Group>
    </Stack>
  );
}
