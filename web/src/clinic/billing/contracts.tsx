import { Badge, Button, Stack } from '@mantine/core';
import { IconFileDescription } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useContracts, usePayers, type PayerContract } from '../data/billing';
import { CONTRACTS, useHasRole } from '../data/session/roles';
import { Dialog } from '../kit/dialogs';
import { Section } from '../kit/section';
import { Empty, Loaded } from '../kit/states';
import { Active, Listing, RowButton } from '../kit/table';
import { day } from '../language/format';
import { ContractForm, PayerForm } from './contract_forms';
import { Prices } from './prices';

/** Who pays, under which contracts, at which prices. */
export function ContractsPage() {
  return (
    <Stack gap="xl">
      <Payers />
      <Contracts />
    </Stack>
  );
}

function Payers() {
  const { t } = useTranslation('billing');
  const has = useHasRole();
  const [adding, setAdding] = useState(false);
  return (
    <Section
      title={t('contracts.payers')}
      action={
        has(CONTRACTS) && (
          <Button variant="default" onClick={() => setAdding(true)}>
            {t('contracts.addPayer')}
          </Button>
        )
      }
    >
      <Loaded query={usePayers()} rows={2}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={IconFileDescription} title={t('contracts.noPayers')} />
          ) : (
            <Listing
              items={items}
              keyOf={({ id }) => id}
              columns={[
                { label: t('contracts.name'), cell: ({ name }) => name },
                { label: t('contracts.kind'), cell: ({ kind }) => t(`payerKinds.${kind}`) },
                { label: t('contracts.tax'), cell: ({ tax_number: tax }) => tax ?? '–' },
              ]}
            />
          )
        }
      </Loaded>
      <Dialog title={t('contracts.addPayer')} opened={adding} onClose={() => setAdding(false)}>
        <PayerForm onDone={() => setAdding(false)} />
      </Dialog>
    </Section>
  );
}

function Contracts() {
  const { t } = useTranslation('billing');
  const has = useHasRole();
  const [adding, setAdding] = useState(false);
  const [priced, setPriced] = useState<PayerContract>();
  return (
    <Section
      title={t('contracts.title')}
      action={has(CONTRACTS) && <Button onClick={() => setAdding(true)}>{t('contracts.add')}</Button>}
    >
      <Loaded query={useContracts()}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={IconFileDescription} title={t('contracts.none')} />
          ) : (
            <Listing
              items={items}
              keyOf={({ id }) => id}
              columns={[
                {
                  label: t('contracts.name'),
                  cell: ({ payer_name: payer, name, number }) => [payer, name, number].filter(Boolean).join(' · '),
                },
                {
                  label: t('contracts.currency'),
                  cell: ({ currency, country }) => (
                    <Badge variant="light" tt="none">
                      {currency} · {country}
                    </Badge>
                  ),
                },
                { label: t('contracts.from'), cell: ({ valid_from: from }) => day(from) },
                { label: t('contracts.until'), cell: ({ valid_until: until }) => (until === null ? '–' : day(until)) },
                { label: t('vouchers.state'), cell: ({ active }) => <Active active={active} /> },
                {
                  label: t('actions'),
                  quiet: true,
                  cell: (contract) => (
                    <RowButton label={t('contracts.prices')} of={contract.name} onClick={() => setPriced(contract)} />
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
      <Dialog title={t('contracts.add')} opened={adding} onClose={() => setAdding(false)}>
        <ContractForm onDone={() => setAdding(false)} />
      </Dialog>
      <Dialog
        title={priced ? `${t('contracts.prices')} · ${priced.name}` : ''}
        opened={priced !== undefined}
        onClose={() => setPriced(undefined)}
      >
        {priced && <Prices contract={priced} />}
      </Dialog>
    </Section>
  );
}
