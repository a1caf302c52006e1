import { Checkbox, MultiSelect, NumberInput, Pill, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { GetInputPropsReturnType } from '@mantine/form';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Diagnosis } from '../../data/chart/entries';
import { useForms } from '../../data/chart/forms';
import { DateField, MomentField } from '../../kit/date_field';
import { codeText } from '../../language/codes';
import { CodesPicker } from '../base/codes_picker';
import { DiagnosisPicker } from '../diagnosis/picker';
import { ERROR, type Field, type OptionName } from './model';
import { SENSITIVITY } from './sensitivity';
import { VaccinePicker } from './vaccine_picker';

/** Dates that people often remember only in part. */
const PARTIAL: ReadonlySet<string> = new Set([
  'onset_on',
  'started_on',
  'performed_on',
  'since',
  'ended_on',
  'given_on',
]);

interface FieldInputProps {
  readonly field: Field;
  readonly first: boolean;
  readonly input: GetInputPropsReturnType;
  /** What a chosen code is called. */
  readonly onName?: (name: string) => void;
}

/** What `@mantine/form` gives a widget, which it types as `any`. */
interface InputOf<Value> {
  readonly value: Value;
  readonly error?: ReactNode;
  readonly onChange: (value: Value) => void;
}

/** The widget of one field. */
export function FieldInput({ field, first, input, onName }: FieldInputProps) {
  const { t } = useTranslation();
  const shared = {
    label: t(`lists.field.${field.name}`),
    withAsterisk: field.required === true,
    ...(first && { 'data-autofocus': true }),
  };
  switch (field.input) {
    case 'line':
      return <TextInput {...shared} maxLength={200} {...input} />;
    case 'text':
      return <Textarea {...shared} autosize minRows={2} maxLength={4000} {...input} />;
    case 'date':
      return <DateField {...shared} longAgo={field.name === 'onset_on'} partial={PARTIAL.has(field.name)} {...input} />;
    case 'moment':
      return <MomentField {...shared} {...input} />;
    case 'number':
      return <NumberInput {...shared} min={0} max={field.max} allowDecimal={false} {...input} />;
    case 'flag':
      return (
        <Checkbox
          label={shared.label}
          checked={input.value === true}
          onChange={(event) => (input as InputOf<boolean>).onChange(event.currentTarget.checked)}
        />
      );
    case 'choice': {
      const known = input.value === ERROR ? [...field.options, ERROR] : field.options;
      const data = known.map((value) => ({
        value,
        label: value === ERROR ? t('lists.voided') : t(`lists.option.${`${field.set}-${value}` as OptionName}`),
      }));
      return <Select {...shared} allowDeselect={false} data={data} {...input} />;
    }
    case 'sensitivity':
      return (
        <MultiSelect
          {...shared}
          description={t('lists.sensitivityHint')}
          data={SENSITIVITY.map((value) => ({ value, label: t(`lists.label.${value}`) }))}
          {...input}
        />
      );
    case 'codes':
      return (
        <TagsInput
          {...shared}
          description={t('lists.codesHint')}
          maxTags={20}
          renderPill={({ value, onRemove }) => (
            <Pill withRemoveButton {...(onRemove && { onRemove })}>
              {codeText(String(value))}
            </Pill>
          )}
          {...input}
        />
      );
    case 'allergyCodes':
    case 'medicineCodes': {
      const { value, error, onChange } = input as InputOf<readonly string[]>;
      const purpose = field.input === 'allergyCodes' ? 'allergy' : 'medicine';
      return (
        <CodesPicker
          label={shared.label}
          purpose={purpose}
          value={value}
          error={error}
          onChange={onChange}
          {...(onName && { onName })}
        />
      );
    }
    case 'either': {
      const data = [field.yes, field.no].map((value) => ({
        value,
        label: t(`lists.option.${`${field.set}-${value}` as OptionName}`),
      }));
      return <Select {...shared} allowDeselect={false} data={data} {...input} />;
    }
    case 'vaccine':
      return <VaccinePicker first={first} {...(input as InputOf<readonly string[]>)} {...(onName && { onName })} />;
    case 'diagnoses': {
      const { value, error, onChange } = input as InputOf<readonly Diagnosis[]>;
      return (
        <DiagnosisPicker label={shared.label} data-autofocus={first} value={value} error={error} onChange={onChange} />
      );
    }
    case 'consentForm':
      return <ConsentForm {...shared} {...input} />;
  }
}

/** Which text, in which version, was put to the patient: one of the institution's questionnaires. */
function ConsentForm(props: { readonly label: string } & GetInputPropsReturnType) {
  const data = (useForms().data ?? []).map(({ canonical, title }) => ({ value: canonical, label: title }));
  const present = String(props.value);
  const known = present === '' || data.some(({ value }) => value === present);
  return <Select data={known ? data : [...data, { value: present, label: present }]} {...props} />;
}
