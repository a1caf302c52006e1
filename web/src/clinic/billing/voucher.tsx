import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBillingChange, useVoucher, type Voucher } from '../data/billing';
import { billing, ifMatch, unwrap } from '../data/server/client';
import { useHasRole, VOUCHERS } from '../data/session/roles';
import { Loaded } from '../kit/states';
import { Listing } from '../kit/table';
import { dateAndTime, day, number } from '../language/format';
import { amountText } from './amounts';
import { BillingRefused } from './refused';

/** A voucher with its lines; it can be printed, and voided until it is invoiced. */
export function OneVoucher({ which }: { readonly which: string }) {
  return <Loaded query={useVoucher(which)}>{(voucher) => <Paper voucher={voucher} />}</Loaded>;
}

function Paper({ voucher }: { readonly voucher: Voucher }) {
  const { t } = useTranslation('billing');
  const has = useHasRole();
  const money = (amount: string) => amountText(amount, voucher.currency);
  return (
    <Stack>
      <div>
        <Text fw={700} className="numeric">
          {voucher.number}
        </Text>
        <Text>
          {voucher.patient_name} · {t('vouchers.record', { number: voucher.record_number })}
        </Text>
        <Text>
          {t('vouchers.payer')}: {voucher.payer_name} · {voucher.contract_name}
          {voucher.member_number !== null && ` · ${voucher.member_number}`}
        </Text>
        <Text size="sm" c="dimmed">
          {dateAndTime(voucher.issued_at)} · {voucher.issued_by_name}
        </Text>
      </div>
      {voucher.void_reason !== null && (
        <Alert color="gray" title={t('states.void')}>
          {voucher.void_reason}
        </Alert>
      )}
      <Listing
        items={voucher.lines}
        keyOf={(line) => `${line.day} ${line.code}`}
        columns={[
          { label: t('vouchers.what'), cell: ({ name }) => name },
          { label: t('vouchers.when'), cell: (line) => day(line.day) },
          { label: t('vouchers.quantity'), numeric: true, cell: ({ quantity }) => number(quantity) },
          { label: t('vouchers.price'), numeric: true, cell: ({ price }) => money(price) },
          {
            label: t('vouchers.tax'),
            numeric: true,
            cell: ({ tax_name: name, tax_rate: rate, tax_amount: added }) =>
              name === '' ? '–' : `${money(added)} (${name} ${rate} %)`,
          },
          { label: t('total'), numeric: true, cell: ({ total }) => money(total) },
        ]}
      />
      <Group justify="flex-end" gap="xl">
        <Text>
          {t('vouchers.net')}: <span className="numeric">{money(voucher.net)}</span>
        </Text>
        <Text fw={700}>
          {t('total')}: <span className="numeric">{money(voucher.total)}</span>
        </Text>
      </Group>
      <Group justify="flex-end">
        <Button variant="default" onClick={() => window.print()}>
          {t('print')}
        </Button>
      </Group>
      {voucher.state === 'issued' && has(VOUCHERS) && <Void voucher={voucher} />}
    </Stack>
  );
}

function Void({ voucher }: { readonly voucher: Voucher }) {
  const { t } = useTranslation('billing');
  const [reason, setReason] = useState('');
  const voiding = useBillingChange((body: { reason: string }, header) =>
    unwrap(
      billing.POST('/billing/vouchers/{voucher_id}/void', {
        params: { path: { voucher_id: voucher.id }, header: { ...header, ...ifMatch(voucher.version) } },
        body,
      }),
    ),
  );
  return (
    <>
      <BillingRefused error={voiding.error} />
      <Group align="flex-end" justify="flex-end">
        <TextInput
          label={t('reason')}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button
          color="red"
          variant="light"
          disabled={reason.trim().length < 5}
          loading={voiding.isPending}
          onClick={() => voiding.mutate({ reason })}
        >
          {t('vouchers.void')}
        </Button>
      </Group>
    </>
  );
}
