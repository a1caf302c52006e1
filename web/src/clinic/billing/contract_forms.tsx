import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBillingChange, usePayers, type ContractBody, type PayerBody } from '../data/billing';
import { billing, unwrap } from '../data/server/client';
import { DateField } from '../kit/date_field';
import { currentCountry } from '../language/i18n';
import { HERE, isDay, today } from '../language/zone';
import { BillingRefused } from './refused';

const PAYERS = ['public', 'private', 'employer', 'self'] as const;

interface DoneProps {
  readonly onDone: () => void;
}

export function PayerForm({ onDone }: DoneProps) {
  const { t } = useTranslation('billing');
  const [name, setName] = useState('');
  const [kind, setKind] = useState<PayerBody['kind']>('private');
  const [tax, setTax] = useState('');
  const adding = useBillingChange(
    (body: PayerBody, header) => unwrap(billing.POST('/billing/payers', { params: { header }, body })),
    onDone,
  );
  const send = () => adding.mutate({ name, kind, tax_number: tax.trim() === '' ? null : tax, active: true });
  return (
    <Stack>
      <TextInput
        label={t('contracts.name')}
        withAsterisk
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label={t('contracts.kind')}
        value={kind}
        data={PAYERS.map((value) => ({ value, label: t(`payerKinds.${value}`) }))}
        onChange={(event) => setKind(PAYERS.find((each) => each === event.currentTarget.value) ?? 'private')}
      />
      <TextInput
        label={t('contracts.tax')}
        maxLength={200}
        value={tax}
        onChange={(event) => setTax(event.currentTarget.value)}
      />
      <BillingRefused error={adding.error} />
      <Group justify="flex-end">
        <Button disabled={name.trim() === ''} loading={adding.isPending} onClick={send}>
          {t('add')}
        </Button>
      </Group>
    </Stack>
  );
}

export function ContractForm({ onDone }: DoneProps) {
  const { t } = useTranslation('billing');
  const payers = (usePayers().data ?? []).filter(({ active }) => active);
  const [payer, setPayer] = useState('');
  const [name, setName] = useState('');
  const [number, setNumber] = useState('');
  const [country, setCountry] = useState(currentCountry() ?? '');
  const [currency, setCurrency] = useState('');
  const [from, setFrom] = useState(today(HERE));
  const [until, setUntil] = useState('');
  const adding = useBillingChange(
    (body: ContractBody, header) => unwrap(billing.POST('/billing/contracts', { params: { header }, body })),
    onDone,
  );
  const chosen = payer === '' ? (payers[0]?.id ?? '') : payer;
  const good = chosen !== '' && name.trim() !== '' && /^[A-Za-z]{2}$/.test(country) && /^[A-Za-z]{3}$/.test(currency);
  const send = () =>
    adding.mutate({
      payer: chosen,
      name,
      number: number.trim() === '' ? null : number,
      country: country.toUpperCase(),
      currency: currency.toUpperCase(),
      valid_from: from,
      valid_until: until === '' ? null : until,
      active: true,
    });
  return (
    <Stack>
      <NativeSelect
        label={t('contracts.payer')}
        value={chosen}
        data={payers.map((one) => ({ value: one.id, label: one.name }))}
        onChange={(event) => setPayer(event.currentTarget.value)}
      />
      <Group grow>
        <TextInput
          label={t('contracts.name')}
          withAsterisk
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t('contracts.number')}
          maxLength={200}
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
      </Group>
      <Group grow>
        <TextInput
          label={t('contracts.country')}
          withAsterisk
          maxLength={2}
          value={country}
          onChange={(event) => setCountry(event.currentTarget.value)}
        />
        <TextInput
          label={t('contracts.currency')}
          withAsterisk
          placeholder="PEN"
          maxLength={3}
          value={currency}
          onChange={(event) => setCurrency(event.currentTarget.value)}
        />
      </Group>
      <Group grow align="flex-start">
        <DateField label={t('contracts.from')} value={from} onChange={setFrom} withAsterisk />
        <DateField label={t('contracts.until')} value={until} onChange={setUntil} min={from} />
      </Group>
      <BillingRefused error={adding.error} />
      <Group justify="flex-end">
        <Button
          disabled={!good || !isDay(from) || (until !== '' && !isDay(until))}
          loading={adding.isPending}
          onClick={send}
        >
          {t('add')}
        </Button>
      </Group>
    </Stack>
  );
}
