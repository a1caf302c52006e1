import { NumberInput, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../common/problem';
import { useSaving } from '../../data/saving';
import { Form, FormEnd } from '../../kit/forms';
import { explainField } from '../../language/refusals';
import { symbol, UNITS } from '../../language/units';
import { faultsOf, fromFields, LIMITS, toFields, VITALS, type OwnRange, type RangeFields } from './measuring_fields';

interface RangeFormProps {
  readonly present: Parameters<typeof toFields>[0];
  readonly queryKey: readonly unknown[];
  readonly onSave: (range: OwnRange) => Promise<unknown>;
  readonly onClose: () => void;
}

/** One reference range: for whom, from where, which limits, and who says so. */
export function RangeForm({ present, queryKey, onSave, onClose }: RangeFormProps) {
  const { t } = useTranslation();
  const form = useForm<RangeFields>({
    initialValues: toFields(present),
    validate: (fields) => {
      const said: Record<string, string> = {};
      for (const [name, fault] of faultsOf(fields)) said[name] = t(`measuring.fault.${fault}`);
      return said;
    },
  });
  const marks = (refused: Problem) =>
    Object.fromEntries(
      refused.fields.flatMap((fault) => {
        const name = fault.pointer.split('/').at(-1);
        return name === undefined ? [] : [[name, explainField(fault, t)] as const];
      }),
    );
  const saving = useSaving(form, queryKey, (fields) => onSave(fromFields(fields)), onClose, marks);
  const { vital } = form.values;
  const unit = symbol(UNITS[vital][0]);
  return (
    <Form onSubmit={saving.onSubmit}>
      <Select
        label={t('measuring.vital')}
        allowDeselect={false}
        searchable
        data={VITALS.map((value) => ({ value, label: t(`chart.vital.${value}`) }))}
        {...form.getInputProps('vital')}
      />
      <div className="columns-3">
        <NumberInput label={t('measuring.fromAge')} min={0} allowDecimal={false} {...form.getInputProps('from')} />
        <NumberInput
          label={t('measuring.toAge')}
          placeholder={t('measuring.noEnd')}
          min={0}
          allowDecimal={false}
          {...form.getInputProps('to')}
        />
        <Select
          label={t('measuring.ageUnit')}
          allowDeselect={false}
          data={(['years', 'months'] as const).map((value) => ({ value, label: t(`measuring.unit.${value}`) }))}
          {...form.getInputProps('ageUnit')}
        />
      </div>
      <div className="columns-2">
        <Select
          label={t('measuring.sex')}
          allowDeselect={false}
          data={(['any', 'female', 'male'] as const).map((value) => ({ value, label: t(`measuring.sexes.${value}`) }))}
          {...form.getInputProps('sex')}
        />
        <Select
          label={t('measuring.pregnancy')}
          allowDeselect={false}
          data={(['any', 'yes', 'no'] as const).map((value) => ({ value, label: t(`measuring.pregnant.${value}`) }))}
          {...form.getInputProps('pregnant')}
        />
        <NumberInput
          label={t('measuring.fromAltitude')}
          min={-430}
          max={6000}
          allowDecimal={false}
          {...form.getInputProps('lowest')}
        />
        <NumberInput
          label={t('measuring.toAltitude')}
          min={-430}
          max={6000}
          allowDecimal={false}
          {...form.getInputProps('highest')}
        />
        {LIMITS.map((name) => (
          <TextInput
            key={name}
            label={t(`measuring.limit.${name}`, { unit })}
            inputMode="decimal"
            {...form.getInputProps(name)}
          />
        ))}
      </div>
      <TextInput
        label={t('measuring.source')}
        description={t('measuring.sourceHelp')}
        withAsterisk
        {...form.getInputProps('source')}
      />
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
