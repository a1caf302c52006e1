import { Button, Group } from '@mantine/core';
import { IconCash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCash } from '../data/billing';
import { DateField } from '../kit/date_field';
import { Section } from '../kit/section';
import { Empty, Loaded } from '../kit/states';
import { Listing } from '../kit/table';
import { number, time } from '../language/format';
import { HERE, isDay, today } from '../language/zone';
import { amountText } from './amounts';

/** What came in on a day, by method and one by one; a page that prints. */
export function CashPage() {
  const { t } = useTranslation('billing');
  const [day, setDay] = useState(today(HERE));
  return (
    <Section
      title={t('sections.cash')}
      action={
        <Group align="flex-end">
          <DateField label={t('cash.day')} value={day} onChange={setDay} max={today(HERE)} />
          <Button variant="default" onClick={() => window.print()}>
            {t('print')}
          </Button>
        </Group>
      }
    >
      {isDay(day) && <OfDay key={day} day={day} />}
    </Section>
  );
}

function OfDay({ day }: { readonly day: string }) {
  const { t } = useTranslation('billing');
  return (
    <Loaded query={useCash(day, HERE)}>
      {({ items, totals }) =>
        items.length === 0 ? (
          <Empty icon={IconCash} title={t('cash.none')} />
        ) : (
          <>
            <Listing
              items={totals}
              keyOf={({ method, currency }) => `${method} ${currency}`}
              columns={[
                { label: t('invoices.method'), cell: ({ method }) => t(`methods.${method}`) },
                { label: t('cash.count'), numeric: true, cell: ({ count }) => number(count) },
                { label: t('total'), numeric: true, cell: ({ amount, currency }) => amountText(amount, currency) },
              ]}
            />
            <Listing
              items={items}
              keyOf={({ id }) => id}
              columns={[
                { label: t('cash.time'), cell: ({ at }) => time(at) },
                { label: t('invoices.number'), cell: ({ invoice_number: each }) => each },
                { label: t('invoices.method'), cell: ({ method }) => t(`methods.${method}`) },
                { label: t('invoices.reference'), cell: ({ reference }) => reference ?? '–' },
                { label: t('cash.by'), cell: ({ by_name: name }) => name },
                {
                  label: t('invoices.amount'),
                  numeric: true,
                  cell: ({ amount, currency }) => amountText(amount, currency),
                },
              ]}
            />
          </>
        )
      }
    </Loaded>
  );
}
