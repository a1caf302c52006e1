import { Badge, Button, Checkbox, Group, NativeSelect, Stack } from '@mantine/core';
import { IconFileInvoice } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBillingChange, useContracts, useInvoices, useWaitingVouchers, type Invoice } from '../data/billing';
import { billing, unwrap } from '../data/server/client';
import { INVOICES, useHasRole } from '../data/session/roles';
import { Dialog } from '../kit/dialogs';
import { Section } from '../kit/section';
import { Empty, Loaded } from '../kit/states';
import { Listing, More, RowButton } from '../kit/table';
import { dateAndTime } from '../language/format';
import { amountText } from './amounts';
import { OneInvoice } from './invoice';
import { BillingRefused } from './refused';

const MOST = 25;
const COLOURS = { waiting: 'yellow', accepted: 'green', rejected: 'red' } as const;

/** Vouchers of a contract become invoices; below, all invoices. */
export function InvoicesPage() {
  const has = useHasRole();
  const [open, setOpen] = useState<string>();
  return (
    <Stack gap="xl">
      {has(INVOICES) && <Waiting onInvoiced={({ id }) => setOpen(id)} />}
      <All open={open} onOpen={setOpen} />
    </Stack>
  );
}

function Waiting({ onInvoiced }: { readonly onInvoiced: (invoice: Invoice) => void }) {
  const { t } = useTranslation('billing');
  const contracts = useContracts().data ?? [];
  const [contract, setContract] = useState('');
  const chosen = contract === '' ? (contracts[0]?.id ?? '') : contract;
  const waiting = useWaitingVouchers(chosen);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const issuing = useBillingChange(
    (body: { contract: string; vouchers: string[] }, header) =>
      unwrap(billing.POST('/billing/invoices', { params: { header }, body })),
    (invoice: Invoice) => {
      setPicked([]);
      onInvoiced(invoice);
    },
  );
  const toggle = (id: string) =>
    setPicked((now) => (now.includes(id) ? now.filter((each) => each !== id) : [...now, id].slice(0, MOST)));
  return (
    <Section
      title={t('invoices.waiting')}
      action={
        <NativeSelect
          label={t('invoices.contract')}
          value={chosen}
          data={contracts.map((one) => ({ value: one.id, label: `${one.payer_name} · ${one.name}` }))}
          onChange={(event) => {
            setContract(event.currentTarget.value);
            setPicked([]);
          }}
        />
      }
    >
      {chosen !== '' && (
        <Loaded query={waiting}>
          {(items) =>
            items.length === 0 ? (
              <Empty icon={IconFileInvoice} title={t('invoices.none')} />
            ) : (
              <>
                <Listing
                  items={items}
                  keyOf={({ id }) => id}
                  columns={[
                    {
                      label: t('vouchers.number'),
                      cell: ({ id, number }) => (
                        <Checkbox label={number} checked={picked.includes(id)} onChange={() => toggle(id)} />
                      ),
                    },
                    { label: t('invoices.date'), cell: ({ issued_at: at }) => dateAndTime(at) },
                    { label: t('total'), numeric: true, cell: ({ total, currency }) => amountText(total, currency) },
                  ]}
                />
                <More query={waiting} />
                <BillingRefused error={issuing.error} />
                <Group justify="flex-end">
                  <Button
                    disabled={picked.length === 0}
                    loading={issuing.isPending}
                    onClick={() => issuing.mutate({ contract: chosen, vouchers: [...picked] })}
                  >
                    {t('invoices.issue')}
                  </Button>
                </Group>
              </>
            )
          }
        </Loaded>
      )}
    </Section>
  );
}

interface AllProps {
  readonly open: string | undefined;
  readonly onOpen: (invoice: string | undefined) => void;
}

function All({ open, onOpen }: AllProps) {
  const { t } = useTranslation('billing');
  const invoices = useInvoices();
  return (
    <Section title={t('invoices.all')}>
      <Loaded query={invoices}>
        {(items) => {
          const current = items.find(({ id }) => id === open);
          return items.length === 0 ? (
            <Empty icon={IconFileInvoice} title={t('invoices.noneYet')} />
          ) : (
            <>
              <Listing
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  { label: t('invoices.number'), cell: ({ number }) => <span className="numeric">{number}</span> },
                  {
                    label: t('invoices.payer'),
                    cell: ({ payer_name: payer, contract_name: name }) => `${payer} · ${name}`,
                  },
                  { label: t('invoices.date'), cell: ({ issued_at: at }) => dateAndTime(at) },
                  { label: t('total'), numeric: true, cell: ({ total, currency }) => amountText(total, currency) },
                  { label: t('invoices.due'), numeric: true, cell: ({ due, currency }) => amountText(due, currency) },
                  {
                    label: t('invoices.electronic'),
                    cell: ({ electronic: { state } }) => (
                      <Badge variant="light" tt="none" color={COLOURS[state]}>
                        {t(`electronic.${state}`)}
                      </Badge>
                    ),
                  },
                  {
                    label: t('actions'),
                    quiet: true,
                    cell: ({ id, number }) => <RowButton label={t('open')} of={number} onClick={() => onOpen(id)} />,
                  },
                ]}
              />
              <More query={invoices} />
              <Dialog title={current?.number ?? ''} opened={current !== undefined} onClose={() => onOpen(undefined)}>
                {current && <OneInvoice key={current.version} invoice={current} />}
              </Dialog>
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}
