import { Button, Group, NativeSelect, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBillingChange, usePrices, type NewPrice, type PayerContract } from '../data/billing';
import { billing, unwrap } from '../data/server/client';
import { CONTRACTS, useHasRole } from '../data/session/roles';
import { DateField } from '../kit/date_field';
import { Empty, Loaded } from '../kit/states';
import { Listing, More } from '../kit/table';
import { day } from '../language/format';
import { HERE, isDay, today } from '../language/zone';
import { amountText, priceOf } from './amounts';
import { BillingRefused } from './refused';

const KINDS = ['service', 'procedure', 'visit', 'medicine', 'supply'] as const;
const TAXES = ['exempt', 'standard', 'reduced'] as const;

/** The tariff of a contract: the price that applies today, and a new one from a day on. */
export function Prices({ contract }: { readonly contract: PayerContract }) {
  const { t } = useTranslation('billing');
  const has = useHasRole();
  const prices = usePrices(contract.id);
  return (
    <Stack>
      {has(CONTRACTS) && <SetPrice contract={contract} />}
      <Loaded query={prices}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={IconTag} title={t('contracts.noPrices')} />
          ) : (
            <>
              <Listing
                items={items.flatMap(({ prices: lines }) => lines)}
                keyOf={({ code, since }) => `${code} ${since}`}
                columns={[
                  { label: t('contracts.code'), cell: ({ code }) => code },
                  { label: t('contracts.name'), cell: ({ name, kind }) => `${name} · ${t(`kinds.${kind}`)}` },
                  { label: t('contracts.since'), cell: ({ since }) => day(since) },
                  { label: t('contracts.taxed'), cell: ({ tax }) => t(`taxes.${tax}`) },
                  {
                    label: t('contracts.price'),
                    numeric: true,
                    cell: ({ price }) => amountText(price, contract.currency),
                  },
                ]}
              />
              <More query={prices} />
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

function SetPrice({ contract }: { readonly contract: PayerContract }) {
  const { t } = useTranslation('billing');
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [kind, setKind] = useState<NewPrice['kind']>('service');
  const [typed, setTyped] = useState('');
  const [tax, setTax] = useState<(typeof TAXES)[number]>('exempt');
  const [since, setSince] = useState(today(HERE));
  const setting = useBillingChange(
    (lines: NewPrice[], header) =>
      unwrap(
        billing.POST('/billing/contracts/{contract_id}/prices', {
          params: { path: { contract_id: contract.id }, header },
          body: { lines },
        }),
      ),
    () => {
      setCode('');
      setName('');
      setTyped('');
    },
  );
  const price = priceOf(typed);
  const good = code.trim() !== '' && name.trim() !== '' && price !== undefined && isDay(since);
  const send = () => {
    if (price !== undefined) setting.mutate([{ code: code.trim(), name, kind, price, tax, since }]);
  };
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <TextInput
          label={t('contracts.code')}
          withAsterisk
          maxLength={30}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
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
          data={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
          onChange={(event) => setKind(KINDS.find((each) => each === event.currentTarget.value) ?? 'service')}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <TextInput
          label={`${t('contracts.price')} (${contract.currency})`}
          description={t('contracts.priceHelp')}
          withAsterisk
          inputMode="decimal"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('contracts.taxed')}
          value={tax}
          data={TAXES.map((value) => ({ value, label: t(`taxes.${value}`) }))}
          onChange={(event) => setTax(TAXES.find((each) => each === event.currentTarget.value) ?? 'exempt')}
        />
        <DateField label={t('contracts.since')} value={since} onChange={setSince} withAsterisk />
      </SimpleGrid>
      <BillingRefused error={setting.error} />
      <Group justify="flex-end">
        <Button disabled={!good} loading={setting.isPending} onClick={send}>
          {t('contracts.set')}
        </Button>
      </Group>
    </Stack>
  );
}
