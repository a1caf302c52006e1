/** The form of a person's data: its rules, and the server's refusals at their fields. */
import { useForm, type UseFormReturnType } from '@mantine/form';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../common/problem';
import { documentName } from '../language/identity_documents';
import { explainField } from '../language/refusals';
import { isDay } from '../language/zone';
import { fieldAt, isPartial, type PersonFields, type TypedContact } from './person';

export type PersonForm = UseFormReturnType<PersonFields>;

export function usePersonForm(initialValues: PersonFields): PersonForm {
  const { t } = useTranslation();
  const required = (value: string) => (value.trim() === '' ? t('common.required') : null);
  const named = ({ name, relationship, phone }: TypedContact) =>
    name.trim() === '' && `${relationship}${phone}`.trim() !== '' ? t('common.required') : null;
  return useForm<PersonFields>({
    initialValues,
    validate: {
      given: required,
      family: required,
      sex: required,
      documents: { number: (value, fields, path) => documentFault(kindAt(fields, path), value, t) },
      birthDate: (value, { estimated }) =>
        required(value) ?? (isDay(value) || (estimated && isPartial(value)) ? null : t('date.bad')),
      guardian: { name: (_, fields) => named(fields.guardian) },
      emergency: { name: (_, fields) => named(fields.emergency) },
      insurance: {
        insurer: (value, { insurance }) =>
          value.trim() === '' && `${insurance.contract}${insurance.validUntil}` !== '' ? t('common.required') : null,
        validUntil: (value) => (value === '' || isDay(value) ? null : t('date.bad')),
      },
    },
  });
}

/** Puts the reader at the first field that is refused. */
export function focusFirst(form: PersonForm, fields: readonly string[]): void {
  const first = fields[0];
  if (first !== undefined) form.getInputNode(first)?.focus();
}

/** Marks the fields that the server refuses, and focuses the first. */
export function mark(form: PersonForm, problem: Problem, t: TFunction): void {
  const faults = problem.fields.flatMap((fault) => {
    const field = fieldAt(fault.pointer, form.values);
    return field === undefined ? [] : [[field, explainField(fault, t)] as const];
  });
  form.setErrors(Object.fromEntries(faults));
  focusFirst(
    form,
    faults.map(([field]) => field),
  );
}

/** How many digits a document has, where that says at once what was mistyped. */
const DIGITS: Readonly<Record<string, number>> = { 'PE DNI': 8, 'BR CPF': 11, 'EC CI': 10, 'SV DUI': 9, 'GT CUI': 13 };

function documentFault(kind: string, typed: string, t: TFunction): string | null {
  const wanted = DIGITS[kind];
  const count = typed.replace(/[\s.-]/g, '').length;
  if (wanted === undefined || count === 0 || count === wanted) return null;
  // The check character that is printed beside a Peruvian DNI may be typed along.
  if (kind === 'PE DNI' && count === wanted + 1) return null;
  const [country = '', type = ''] = kind.split(' ');
  return t('register.documentDigits', { document: documentName(country, type, t), wanted, count });
}

/** `documents.1.number` is of the second document. */
function kindAt(fields: PersonFields, path: string): string {
  return fields.documents[Number(path.split('.')[1])]?.kind ?? '';
}
