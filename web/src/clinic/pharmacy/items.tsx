import { Checkbox, NumberInput, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { KEY, saveItem, useItems, type Item } from '../data/pharmacy';
import { useSaving } from '../data/saving';
import { Form, FormEnd } from '../kit/forms';
import { orNull } from '../kit/or_null';
import { Catalogue } from '../kit/table';

/** What is kept: medicines of the formulary, and supplies. */
export function ItemsPage() {
  const { t } = useTranslation('pharmacy');
  const [words, setWords] = useState('');
  return (
    <Catalogue
      query={useItems(words.trim())}
      texts={{ title: t('items.title'), intro: t('items.intro'), add: t('items.add'), edit: t('items.edit') }}
      keyOf={({ code }) => code}
      nameOf={({ name }) => name}
      columns={[
        { label: t('item'), cell: ({ name }) => <Text fw={600}>{name}</Text> },
        { label: t('items.code'), cell: ({ code }) => code },
        { label: t('items.kind'), cell: ({ kind }) => t(`items.kinds.${kind}`) },
        { label: t('items.unit'), cell: ({ unit }) => unit },
        {
          label: t('items.packs'),
          cell: ({ packs }) => packs.map(({ name, units }) => `${name} (${units})`).join(', '),
        },
      ]}
      form={(item, close) => <ItemForm key={item?.version} item={item} onClose={close} />}
    >
      <TextInput
        label={t('stock.filter')}
        maw={360}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
    </Catalogue>
  );
}

type Fields = {
  kind: 'medicine' | 'supply';
  code: string;
  name: string;
  unit: string;
  pack: string;
  units: number | string;
  gtin: string;
  controlled: boolean;
  active: boolean;
};

function ItemForm({ item, onClose }: { readonly item: Item | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation('pharmacy');
  const { t: common } = useTranslation();
  const [first, ...others] = item?.packs ?? [];
  const form = useForm<Fields>({
    initialValues: {
      kind: item?.kind ?? 'medicine',
      code: item?.code ?? '',
      name: item?.kind === 'supply' ? item.name : '',
      unit: item?.kind === 'supply' ? item.unit : '',
      pack: first?.name ?? '',
      units: first?.units ?? '',
      gtin: first?.gtin ?? '',
      controlled: item?.controlled ?? false,
      active: item?.active ?? true,
    },
    validate: ({ kind, code, name, unit, pack, units }) => ({
      ...(code.trim() === '' && { code: common('common.required') }),
      ...(kind === 'supply' && name.trim() === '' && { name: common('common.required') }),
      ...(kind === 'supply' && unit.trim() === '' && { unit: common('common.required') }),
      ...(pack.trim() !== '' && Number(units) < 1 && { units: common('common.required') }),
    }),
  });
  const saving = useSaving(
    form,
    KEY,
    ({ kind, code, name, unit, pack, units, gtin, controlled, active }) =>
      saveItem(
        code.trim(),
        {
          kind,
          name: kind === 'supply' ? orNull(name) : null,
          unit: kind === 'supply' ? orNull(unit) : null,
          packs: [
            ...(pack.trim() === '' ? [] : [{ name: pack.trim(), units: Number(units), gtin: orNull(gtin) }]),
            ...others,
          ],
          controlled: kind === 'supply' && controlled,
          active,
        },
        item?.version ?? 0,
      ),
    onClose,
  );
  const supply = form.values.kind === 'supply';
  return (
    <Form onSubmit={saving.onSubmit}>
      {!item && (
        <SegmentedControl
          aria-label={t('items.kind')}
          data={(['medicine', 'supply'] as const).map((value) => ({ value, label: t(`items.kinds.${value}`) }))}
          {...form.getInputProps('kind')}
        />
      )}
      <TextInput
        label={t('items.code')}
        description={supply ? undefined : t('items.codeHelp')}
        withAsterisk
        disabled={item !== undefined}
        data-autofocus
        {...form.getInputProps('code')}
      />
      {supply && (
        <>
          <TextInput label={t('items.name')} withAsterisk {...form.getInputProps('name')} />
          <TextInput
            label={t('items.unit')}
            description={t('items.unitHelp')}
            withAsterisk
            {...form.getInputProps('unit')}
          />
          <Checkbox label={t('controlled')} {...form.getInputProps('controlled', { type: 'checkbox' })} />
        </>
      )}
      <div className="columns-2">
        <TextInput label={t('items.pack')} description={t('items.packHelp')} {...form.getInputProps('pack')} />
        <NumberInput
          label={t('items.units')}
          min={1}
          allowDecimal={false}
          allowNegative={false}
          {...form.getInputProps('units')}
        />
      </div>
      <TextInput label={t('items.gtin')} inputMode="numeric" {...form.getInputProps('gtin')} />
      <Checkbox label={t('items.active')} {...form.getInputProps('active', { type: 'checkbox' })} />
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
