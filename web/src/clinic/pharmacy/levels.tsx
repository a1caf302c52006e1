import { NumberInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { KEY, type Stock } from '../data/pharmacy';
import { useSaving } from '../data/saving';
import { ifMatch, pharmacy, unwrap } from '../data/server/client';
import { Form, FormEnd } from '../kit/forms';

interface LevelsFormProps {
  readonly warehouse: string;
  readonly stock: Stock;
  readonly onClose: () => void;
}

type Fields = { minimum: number | string; maximum: number | string };

/** When an item is scarce in a warehouse, and how much of it there should be at most. */
export function LevelsForm({ warehouse, stock, onClose }: LevelsFormProps) {
  const { t } = useTranslation('pharmacy');
  const form = useForm<Fields>({
    initialValues: { minimum: stock.minimum ?? '', maximum: stock.maximum ?? '' },
    validate: ({ minimum, maximum }) => ({
      ...(minimum !== '' && maximum !== '' && Number(minimum) > Number(maximum) && { maximum: t('levels.order') }),
    }),
  });
  const saving = useSaving(
    form,
    KEY,
    ({ minimum, maximum }) =>
      unwrap(
        pharmacy.PUT('/pharmacy/warehouses/{warehouse_id}/stock/{code}/levels', {
          params: { path: { warehouse_id: warehouse, code: stock.item }, header: ifMatch(stock.version) },
          body: { minimum: orNone(minimum), maximum: orNone(maximum) },
        }),
      ),
    onClose,
  );
  const number = { allowDecimal: false, allowNegative: false, min: 1 } as const;
  return (
    <Form onSubmit={saving.onSubmit}>
      <NumberInput
        label={t('levels.minimum', { unit: stock.unit })}
        data-autofocus
        {...number}
        {...form.getInputProps('minimum')}
      />
      <NumberInput label={t('levels.maximum', { unit: stock.unit })} {...number} {...form.getInputProps('maximum')} />
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}

function orNone(value: number | string): number | null {
  return value === '' ? null : Number(value);
}
