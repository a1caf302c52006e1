import { Button, Group, NativeSelect, NumberInput, SimpleGrid, Stack, TextInput } from '@mantine/core';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBillingChange, type Charge } from '../data/billing';
import { billing, unwrap } from '../data/server/client';
import { MomentField } from '../kit/date_field';
import { isMoment } from '../language/typed_date';
import { BillingRefused } from './refused';

const KINDS = ['service', 'procedure', 'visit', 'supply', 'medicine'] as const;

interface Body {
  readonly patient: string;
  readonly kind: Charge['kind'];
  readonly code: string;
  readonly quantity: number;
  readonly at: string;
  readonly note: string | null;
}

/** A procedure, a diagnostic aid or another service that was done on demand. */
export function AddCharge({ patient, onDone }: { readonly patient: string; readonly onDone: () => void }) {
  const { t } = useTranslation('billing');
  const [kind, setKind] = useState<Charge['kind']>('service');
  const [code, setCode] = useState('');
  const [quantity, setQuantity] = useState(1);
  const [at, setAt] = useState(() => dayjs().format('YYYY-MM-DDTHH:mm'));
  const [note, setNote] = useState('');
  const adding = useBillingChange(
    (body: Body, header) => unwrap(billing.POST('/billing/charges', { params: { header }, body })),
    onDone,
  );
  const send = () => {
    const described = note.trim() === '' ? null : note;
    adding.mutate({ patient, kind, code: code.trim(), quantity, at: dayjs(at).toISOString(), note: described });
  };
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <NativeSelect
          label={t('vouchers.kind')}
          value={kind}
          data={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
          onChange={(event) => setKind(KINDS.find((each) => each === event.currentTarget.value) ?? 'service')}
        />
        <TextInput
          label={t('vouchers.code')}
          withAsterisk
          maxLength={30}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <NumberInput
          label={t('vouchers.quantity')}
          min={1}
          allowDecimal={false}
          allowNegative={false}
          value={quantity}
          onChange={(value) => setQuantity(Number(value))}
        />
      </SimpleGrid>
      <TextInput
        label={t('vouchers.note')}
        maxLength={200}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <MomentField label={t('vouchers.when')} value={at} onChange={setAt} withAsterisk />
      <BillingRefused error={adding.error} />
      <Group justify="flex-end">
        <Button
          disabled={code.trim() === '' || quantity < 1 || !isMoment(at)}
          loading={adding.isPending}
          onClick={send}
        >
          {t('save')}
        </Button>
      </Group>
    </Stack>
  );
}
