import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBillingChange, type Invoice, type PaymentMethod } from '../data/billing';
import { billing, ifMatch, unwrap } from '../data/server/client';
import { INVOICES, useHasRole } from '../data/session/roles';
import { Listing } from '../kit/table';
import { dateAndTime } from '../language/format';
import { amountText, priceOf } from './amounts';
import { BillingRefused } from './refused';

const METHODS = ['cash', 'card', 'transfer', 'check'] as const;

interface InvoiceProps {
  readonly invoice: Invoice;
}

/** An invoice with its vouchers; payments come in, and credit notes take vouchers off. */
export function OneInvoice({ invoice }: InvoiceProps) {
  const { t } = useTranslation('billing');
  const has = useHasRole();
  const money = (amount: string) => amountText(amount, invoice.currency);
  const facts = [
    [t('total'), invoice.total],
    [t('invoices.credited'), invoice.credited],
    [t('invoices.paid'), invoice.paid],
    [t('invoices.due'), invoice.due],
  ] as const;
  return (
    <Stack>
      <div>
        <Text fw={600}>
          {invoice.payer_name} · {invoice.contract_name}
        </Text>
        <Text size="sm" c="dimmed">
          {dateAndTime(invoice.issued_at)}
          {invoice.payer_tax_number !== null && ` · ${invoice.payer_tax_number}`}
        </Text>
      </div>
      <Group gap="xl">
        {facts.map(([name, amount]) => (
          <div key={name}>
            <Text size="sm" c="dimmed">
              {name}
            </Text>
            <Text fw={600} className="numeric">
              {money(amount)}
            </Text>
          </div>
        ))}
      </Group>
      {invoice.credit_notes.length > 0 && (
        <Listing
          items={invoice.credit_notes}
          keyOf={({ id }) => id}
          columns={[
            { label: t('invoices.credit'), cell: ({ number }) => <span className="numeric">{number}</span> },
            { label: t('reason'), cell: ({ reason }) => reason },
            { label: t('total'), numeric: true, cell: ({ total }) => money(total) },
          ]}
        />
      )}
      {has(INVOICES) && (
        <>
          <Pay invoice={invoice} />
          <Credit invoice={invoice} />
        </>
      )}
    </Stack>
  );
}

function Pay({ invoice }: InvoiceProps) {
  const { t } = useTranslation('billing');
  const [amount, setAmount] = useState(invoice.due);
  const [method, setMethod] = useState<PaymentMethod>('cash');
  const [reference, setReference] = useState('');
  const paying = useBillingChange((body: { amount: string; method: PaymentMethod; reference: string | null }, header) =>
    unwrap(
      billing.POST('/billing/invoices/{invoice_id}/payments', {
        params: { path: { invoice_id: invoice.id }, header: { ...header, ...ifMatch(invoice.version) } },
        body,
      }),
    ),
  );
  const price = priceOf(amount);
  const send = () => {
    if (price === undefined) return;
    paying.mutate({ amount: price, method, reference: reference.trim() === '' ? null : reference });
  };
  return (
    <Stack gap="xs" component="section">
      <Title order={3} size="h5">
        {t('invoices.pay')}
      </Title>
      <Group align="flex-end">
        <TextInput
          label={t('invoices.amount')}
          inputMode="decimal"
          w={150}
          value={amount}
          onChange={(event) => setAmount(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('invoices.method')}
          value={method}
          data={METHODS.map((value) => ({ value, label: t(`methods.${value}`) }))}
          onChange={(event) => setMethod(METHODS.find((each) => each === event.currentTarget.value) ?? 'cash')}
        />
        <TextInput
          label={t('invoices.reference')}
          maxLength={200}
          value={reference}
          onChange={(event) => setReference(event.currentTarget.value)}
        />
        <Button disabled={price === undefined} loading={paying.isPending} onClick={send}>
          {t('invoices.pay')}
        </Button>
      </Group>
      <BillingRefused error={paying.error} />
    </Stack>
  );
}

function Credit({ invoice }: InvoiceProps) {
  const { t } = useTranslation('billing');
  const left = invoice.vouchers.filter(({ credited }) => !credited);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const crediting = useBillingChange((body: { vouchers: string[]; reason: string }, header) =>
    unwrap(
      billing.POST('/billing/invoices/{invoice_id}/credit-notes', {
        params: { path: { invoice_id: invoice.id }, header: { ...header, ...ifMatch(invoice.version) } },
        body,
      }),
    ),
  );
  if (left.length === 0) return null;
  const toggle = (id: string) =>
    setPicked((now) => (now.includes(id) ? now.filter((each) => each !== id) : [...now, id]));
  return (
    <Stack gap="xs" component="section">
      <Title order={3} size="h5">
        {t('invoices.credit')}
      </Title>
      <Text size="sm" c="dimmed">
        {t('invoices.creditHelp')}
      </Text>
      {left.map(({ voucher, number, total }) => (
        <Checkbox
          key={voucher}
          label={`${number} · ${amountText(total, invoice.currency)}`}
          checked={picked.includes(voucher)}
          onChange={() => toggle(voucher)}
        />
      ))}
      <Group align="flex-end">
        <TextInput
          label={t('reason')}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={picked.length === 0 || reason.trim().length < 5}
          loading={crediting.isPending}
          onClick={() => crediting.mutate({ vouchers: [...picked], reason })}
        >
          {t('invoices.credit')}
        </Button>
      </Group>
      <BillingRefused error={crediting.error} />
    </Stack>
  );
}
