/** Fields of entries in the reader's words. */
import type { TFunction } from 'i18next';
import type { Diagnosis } from '../../data/chart/entries';
import { codesText } from '../../language/codes';
import { dateAndTime, day } from '../../language/format';
import { ERROR, type Field, type Kind, type OptionName, type Values } from './model';
import type { Sensitivity } from './sensitivity';
import { held } from './values';

type TitleOf = (form: string) => string;

/** One field as text; empty when nothing is known. */
export function shown(field: Field, values: Values, t: TFunction, titleOf: TitleOf = (form) => form): string {
  const value = held(field, values);
  if (value === null || value === undefined || value === '') return '';
  const scalar = value as string | number | boolean; // where it is no list
  const plain = String(scalar);
  switch (field.input) {
    case 'date':
      return day(plain);
    case 'moment':
      return dateAndTime(plain);
    case 'flag':
      return value === true ? t('lists.yes') : '';
    case 'either': {
      const chosen = typeof value === 'boolean' ? (value ? field.yes : field.no) : plain;
      return t(`lists.option.${`${field.set}-${chosen}` as OptionName}`);
    }
    case 'choice':
      if (value === ERROR) return t('lists.voided');
      return t(`lists.option.${`${field.set}-${plain}` as OptionName}`);
    case 'sensitivity':
      return (value as readonly Sensitivity[]).map((label) => t(`lists.label.${label}`)).join(', ');
    case 'diagnoses':
      return (value as readonly Diagnosis[]).map(diagnosis).join('; ');
    case 'codes':
    case 'vaccine':
    case 'allergyCodes':
    case 'medicineCodes':
      return codesText(value as readonly string[]);
    case 'consentForm':
      return titleOf(plain);
    default:
      return plain;
  }
}

/** A code or cluster with the titles that are known. */
function diagnosis(one: Diagnosis): string {
  const titles = one.codes.map(({ title }) => title).filter(Boolean);
  return titles.length === 0 ? one.code : `${one.code} ${titles.join(' / ')}`;
}

export interface Change {
  readonly field: Field;
  readonly before: string;
  readonly after: string;
}

/** What distinguishes two versions, field by field. */
export function changes(
  kind: Kind,
  before: Values,
  after: Values,
  t: TFunction,
  titleOf: TitleOf = (form) => form,
): readonly Change[] {
  return kind.fields
    .map((field) => ({ field, before: shown(field, before, t, titleOf), after: shown(field, after, t, titleOf) }))
    .filter((change) => change.before !== change.after);
}
