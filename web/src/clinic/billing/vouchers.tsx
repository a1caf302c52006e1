import { Badge, Button, Checkbox, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { IconReceipt } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBillingChange, useCharges, useVouchersOf, type Charge, type Voucher } from '../data/billing';
import { useCoverages } from '../data/coverage';
import type { PatientSummary } from '../data/patients';
import { billing, unwrap } from '../data/server/client';
import { Dialog } from '../kit/dialogs';
import { Section } from '../kit/section';
import { Empty, Loaded } from '../kit/states';
import { Listing, More, RowButton } from '../kit/table';
import { dateAndTime, number } from '../language/format';
import { HERE } from '../language/zone';
import { PatientPicker } from '../patients/find';
import { amountText } from './amounts';
import { AddCharge } from './charge';
import { BillingRefused } from './refused';
import { OneVoucher } from './voucher';

const MOST = 20;
/** Kinds of visits that are charged by themselves, with the code `visit.<kind>`. */
const VISITS = ['ambulatory', 'telemedicine', 'day_hospital'] as const;

/** First who; then what they got, and what becomes a voucher of it. */
export function VouchersPage() {
  const { t } = useTranslation('billing');
  const [patient, setPatient] = useState<PatientSummary>();
  if (!patient) return <PatientPicker onPick={setPatient} />;
  return (
    <Stack gap="xl">
      <Group justify="space-between">
        <Text fw={600}>
          {patient.display_name} · {t('vouchers.record', { number: patient.record_number })}
        </Text>
        <Button variant="default" onClick={() => setPatient(undefined)}>
          {t('vouchers.other')}
        </Button>
      </Group>
      <Charges key={`charges ${patient.id}`} patient={patient.id} />
      <Issued key={`issued ${patient.id}`} patient={patient.id} />
    </Stack>
  );
}

interface OfPatient {
  readonly patient: string;
}

function Charges({ patient }: OfPatient) {
  const { t } = useTranslation('billing');
  const charges = useCharges(patient);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [adding, setAdding] = useState(false);
  const named = ({ name, code }: Charge) => {
    const visit = VISITS.find((each) => code === `visit.${each}`);
    return name ?? (visit ? t(`visits.${visit}`) : code);
  };
  const toggle = (id: string) =>
    setChosen((now) => (now.includes(id) ? now.filter((each) => each !== id) : [...now, id].slice(0, MOST)));
  return (
    <Section
      title={t('vouchers.open')}
      action={
        <Button variant="default" onClick={() => setAdding(true)}>
          {t('vouchers.charge')}
        </Button>
      }
    >
      <Loaded query={charges}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={IconReceipt} title={t('vouchers.none')} />
          ) : (
            <>
              <Listing
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  {
                    label: t('vouchers.what'),
                    cell: (charge) => (
                      <Checkbox
                        label={named(charge)}
                        description={[t(`kinds.${charge.kind}`), named(charge) === charge.code ? '' : charge.code]
                          .filter(Boolean)
                          .join(' · ')}
                        aria-label={t('vouchers.choose', { what: named(charge) })}
                        checked={chosen.includes(charge.id)}
                        onChange={() => toggle(charge.id)}
                      />
                    ),
                  },
                  { label: t('vouchers.when'), cell: ({ at }) => dateAndTime(at) },
                  { label: t('vouchers.quantity'), numeric: true, cell: ({ quantity }) => number(quantity) },
                ]}
              />
              <More query={charges} />
              <Issue
                patient={patient}
                charges={chosen.filter((id) => items.some((each) => each.id === id))}
                onIssued={() => setChosen([])}
              />
            </>
          )
        }
      </Loaded>
      <Dialog title={t('vouchers.charge')} opened={adding} onClose={() => setAdding(false)}>
        <AddCharge patient={patient} onDone={() => setAdding(false)} />
      </Dialog>
    </Section>
  );
}

interface IssueProps extends OfPatient {
  readonly charges: readonly string[];
  readonly onIssued: (voucher: Voucher) => void;
}

function Issue({ patient, charges, onIssued }: IssueProps) {
  const { t } = useTranslation('billing');
  const covered = (useCoverages(patient).data?.items ?? []).filter((one) => !one.entered_in_error);
  const [coverage, setCoverage] = useState('');
  const issuing = useBillingChange(
    (body: { patient: string; coverage: string; zone: string; charges: string[] }, header) =>
      unwrap(billing.POST('/billing/vouchers', { params: { header }, body })),
    onIssued,
  );
  const chosen = coverage === '' ? (covered[0]?.id ?? '') : coverage;
  if (covered.length === 0) return <Text c="dimmed">{t('vouchers.noCoverage')}</Text>;
  return (
    <Stack gap="xs">
      <BillingRefused error={issuing.error} />
      <Group align="flex-end" justify="flex-end">
        <NativeSelect
          label={t('vouchers.coverage')}
          value={chosen}
          data={covered.map((one) => ({ value: one.id, label: `${one.payer_name} · ${one.contract_name}` }))}
          onChange={(event) => setCoverage(event.currentTarget.value)}
        />
        <Button
          disabled={charges.length === 0}
          loading={issuing.isPending}
          onClick={() => issuing.mutate({ patient, coverage: chosen, zone: HERE, charges: [...charges] })}
        >
          {t('vouchers.issue')}
        </Button>
      </Group>
    </Stack>
  );
}

function Issued({ patient }: OfPatient) {
  const { t } = useTranslation('billing');
  const vouchers = useVouchersOf(patient);
  const [open, setOpen] = useState<string>();
  return (
    <Section title={t('vouchers.listed')}>
      <Loaded query={vouchers}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={IconReceipt} title={t('vouchers.noneListed')} />
          ) : (
            <>
              <Listing
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  { label: t('vouchers.number'), cell: ({ number: each }) => <span className="numeric">{each}</span> },
                  { label: t('vouchers.when'), cell: ({ issued_at: at }) => dateAndTime(at) },
                  {
                    label: t('vouchers.state'),
                    cell: ({ state }) => (
                      <Badge variant="light" tt="none" color={state === 'void' ? 'gray' : 'blue'}>
                        {t(`states.${state}`)}
                      </Badge>
                    ),
                  },
                  {
                    label: t('total'),
                    numeric: true,
                    cell: ({ total, currency }) => amountText(total, currency),
                  },
                  {
                    label: t('actions'),
                    quiet: true,
                    cell: ({ id, number: each }) => (
                      <RowButton label={t('open')} of={each} onClick={() => setOpen(id)} />
                    ),
                  },
                ]}
              />
              <More query={vouchers} />
            </>
          )
        }
      </Loaded>
      <Dialog title={t('sections.vouchers')} opened={open !== undefined} onClose={() => setOpen(undefined)}>
        {open !== undefined && <OneVoucher which={open} />}
      </Dialog>
    </Section>
  );
}
