import { Badge, Button, Group, NativeSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { IconClipboardList } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHospitalChange, type Dose, type Ward } from '../data/hospital';
import { lotText } from '../data/lots';
import { ifMatch, pharmacy, unwrap } from '../data/server/client';
import { useHasRole, WARD } from '../data/session/roles';
import { Dialog } from '../kit/dialogs';
import { Section } from '../kit/section';
import { Empty } from '../kit/states';
import { Listing, RowButton } from '../kit/table';
import { dateAndTime, number } from '../language/format';
import { Plan } from './plan';
import { WardRefused } from './refused';

const WHY = ['refused', 'contraindicated', 'fasting', 'vomiting', 'absent', 'not_available', 'other'] as const;
const COLOURS = { due: 'blue', given: 'green', not_given: 'yellow', withdrawn: 'gray' } as const;

interface DosesProps {
  readonly admission: string;
  /** By name, on whatever is asked about them. */
  readonly patient: string;
  readonly ward: Ward | null;
  readonly open: boolean;
}

/** The administration record, in the order in which it is due. */
export function Doses({ admission, patient, ward, open }: DosesProps) {
  const { t } = useTranslation('hospital');
  const has = useHasRole();
  const [planning, setPlanning] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const doses = ward?.doses ?? [];
  const current = doses.find(({ id }) => id === chosen);
  const works = open && has(WARD);
  return (
    <Section
      title={t('doses.title')}
      action={works && <Button onClick={() => setPlanning(true)}>{t('doses.plan')}</Button>}
    >
      {doses.length === 0 ? (
        <Empty icon={IconClipboardList} title={t('doses.none')} />
      ) : (
        <Listing
          items={doses}
          keyOf={({ id }) => id}
          columns={[
            { label: t('doses.due'), cell: (dose) => <Due dose={dose} /> },
            {
              label: t('doses.what'),
              cell: ({ name, instructions }) => (
                <Stack gap={2}>
                  <Text fw={600}>{name}</Text>
                  {instructions !== null && (
                    <Text size="sm" c="dimmed">
                      {instructions}
                    </Text>
                  )}
                </Stack>
              ),
            },
            { label: t('doses.quantity'), numeric: true, cell: ({ quantity, unit }) => `${number(quantity)} ${unit}` },
            { label: t('doses.state'), cell: (dose) => <State dose={dose} /> },
            {
              label: t('actions'),
              quiet: true,
              cell: ({ id, name, state, due }) =>
                works &&
                state === 'due' && (
                  <RowButton
                    label={t('doses.give')}
                    of={`${name}, ${dateAndTime(due)}`}
                    onClick={() => setChosen(id)}
                  />
                ),
            },
          ]}
        />
      )}
      <Dialog title={`${t('doses.plan')} · ${patient}`} opened={planning} onClose={() => setPlanning(false)}>
        <Plan admission={admission} onDone={() => setPlanning(false)} />
      </Dialog>
      <Dialog
        title={current ? `${current.name} · ${patient}` : ''}
        opened={current !== undefined}
        onClose={() => setChosen(undefined)}
      >
        {current && ward && <Decide key={current.id} dose={current} ward={ward} onDone={() => setChosen(undefined)} />}
      </Dialog>
    </Section>
  );
}

function Due({ dose }: { readonly dose: Dose }) {
  const { t } = useTranslation('hospital');
  const late = dose.state === 'due' && new Date(dose.due) < new Date();
  return (
    <Group gap="xs">
      <span className="numeric">{dateAndTime(dose.due)}</span>
      {late && (
        <Badge color="red" variant="light" tt="none">
          {t('doses.late')}
        </Badge>
      )}
    </Group>
  );
}

function State({ dose }: { readonly dose: Dose }) {
  const { t } = useTranslation('hospital');
  return (
    <Stack gap={2} align="flex-start">
      <Badge variant="light" tt="none" color={COLOURS[dose.state]}>
        {t(`doseStates.${dose.state}`)}
      </Badge>
      <Text size="sm" c="dimmed">
        {[
          dose.not_given !== null && t(`notGivenFor.${dose.not_given}`),
          dose.reason,
          dose.at !== null && t('doses.by', { name: dose.by_name ?? '', at: dateAndTime(dose.at) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
    </Stack>
  );
}

interface DecideProps {
  readonly dose: Dose;
  readonly ward: Ward;
  readonly onDone: () => void;
}

/** Given out of a lot of the ward, or not given and why. */
function Decide({ dose, ward, onDone }: DecideProps) {
  const { t } = useTranslation('hospital');
  const lots = ward.lots.filter(({ item, left }) => item === dose.item && left > 0);
  const [lot, setLot] = useState(lots[0]?.lot ?? '');
  const [quantity, setQuantity] = useState(dose.quantity);
  const [reason, setReason] = useState('');
  const [why, setWhy] = useState<(typeof WHY)[number]>('refused');
  const path = { admission_id: ward.admission, dose_id: dose.id };
  const match = ifMatch(dose.version);
  const giving = useHospitalChange(
    (body: { lots: { lot: string; quantity: number }[]; reason: string | null }, header) =>
      unwrap(
        pharmacy.POST('/pharmacy/wards/{admission_id}/doses/{dose_id}/give', {
          params: { path, header: { ...header, ...match } },
          body,
        }),
      ),
    onDone,
  );
  const refusing = useHospitalChange(
    (body: { reason: (typeof WHY)[number]; note: string | null }, header) =>
      unwrap(
        pharmacy.POST('/pharmacy/wards/{admission_id}/doses/{dose_id}/not-given', {
          params: { path, header: { ...header, ...match } },
          body,
        }),
      ),
    onDone,
  );
  const withdrawing = useHospitalChange(
    (body: { reason: string }, header) =>
      unwrap(
        pharmacy.POST('/pharmacy/wards/{admission_id}/doses/{dose_id}/withdraw', {
          params: { path, header: { ...header, ...match } },
          body,
        }),
      ),
    onDone,
  );
  const note = reason.trim() === '' ? null : reason;
  const busy = giving.isPending || refusing.isPending || withdrawing.isPending;
  return (
    <Stack>
      <Text>
        {dateAndTime(dose.due)} · {number(dose.quantity)} {dose.unit}
      </Text>
      {lots.length === 0 ? (
        <Text c="dimmed">{t('doses.noLot')}</Text>
      ) : (
        <Group align="flex-end">
          <NativeSelect
            label={t('doses.lot')}
            value={lot}
            data={lots.map((one) => ({ value: one.lot, label: `${lotText(one.lot)} (${number(one.left)})` }))}
            onChange={(event) => setLot(event.currentTarget.value)}
          />
          <NumberInput
            label={t('doses.quantity')}
            w={140}
            min={1}
            allowDecimal={false}
            allowNegative={false}
            value={quantity}
            onChange={(value) => setQuantity(Number(value))}
          />
        </Group>
      )}
      <TextInput
        label={quantity === dose.quantity ? t('doses.note') : t('doses.otherQuantity')}
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <WardRefused error={giving.error ?? refusing.error ?? withdrawing.error} />
      <Group justify="flex-end">
        <Button
          disabled={busy || lot === '' || quantity < 1}
          loading={giving.isPending}
          onClick={() => giving.mutate({ lots: [{ lot, quantity }], reason: note })}
        >
          {t('doses.give')}
        </Button>
      </Group>
      <Group align="flex-end" justify="space-between">
        <NativeSelect
          label={t('doses.notGiven')}
          value={why}
          data={WHY.map((value) => ({ value, label: t(`notGivenFor.${value}`) }))}
          onChange={(event) => setWhy(WHY.find((each) => each === event.currentTarget.value) ?? 'other')}
        />
        <Group>
          <Button
            variant="default"
            disabled={busy}
            loading={refusing.isPending}
            onClick={() => refusing.mutate({ reason: why, note })}
          >
            {t('doses.notGiven')}
          </Button>
          <Button
            variant="subtle"
            color="gray"
            disabled={busy || reason.trim().length < 5}
            loading={withdrawing.isPending}
            onClick={() => withdrawing.mutate({ reason })}
          >
            {t('doses.withdraw')}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}
