/** Between an entry and the fields of its form. */
import dayjs from 'dayjs';
import type { components } from '../../../api/patients';
import type { Body, Diagnosis, Entry } from '../../data/chart/entries';
import { ERROR, type Field, type Kind, type Values } from './model';

export const LOCAL = 'YYYY-MM-DDTHH:mm';
export type FormValues = Record<string, unknown>;

/** What the form shows: an entry's fields, or those of a new one. */
export function formValues(kind: Kind, entry?: Entry): FormValues {
  const known = entry as Values | undefined;
  return Object.fromEntries(kind.fields.map((field) => [field.name, formValue(field, held(field, known))]));
}

/** A field of an entry, or of the part of it to which the field belongs. */
export function held(field: Field, entry: Values | undefined): unknown {
  if (!field.within || (entry && field.name in entry)) return entry?.[field.name];
  const [whole, part] = field.within;
  return (entry?.[whole] as Values | null | undefined)?.[part];
}

function formValue(field: Field, value: unknown): unknown {
  switch (field.input) {
    case 'choice':
      return value ?? field.initial;
    case 'flag':
      return value ?? false;
    case 'either':
      return value === false ? field.no : field.yes;
    case 'codes':
    case 'vaccine':
    case 'allergyCodes':
    case 'medicineCodes':
    case 'diagnoses':
    case 'sensitivity':
      return value ?? [];
    case 'moment':
      return (typeof value === 'string' ? dayjs(value) : dayjs()).format(LOCAL);
    default:
      return value ?? '';
  }
}

/** What is sent. Fields that are empty are left out; the server knows what that means. */
export function bodyOf(kind: Kind, values: FormValues, encounter: string | null): Body {
  const body: Record<string, unknown> = {};
  const parts: Record<string, Record<string, unknown>> = {};
  for (const field of kind.fields) {
    const value = sent(field, values[field.name]);
    if (value === undefined) continue;
    const [whole, part] = field.within ?? [];
    if (whole === undefined || part === undefined) body[field.name] = value;
    else (parts[whole] ??= {})[part] = value;
  }
  for (const [whole, part] of Object.entries(parts)) if ('text' in part) body[whole] = part;
  return { ...body, ...(encounter !== null && { encounter }) } as Body;
}

/** The entry as it was, marked as entered in error, with the reason in its comment. */
export function voidBody(kind: Kind, entry: Entry, why: string): Body {
  const comment = [entry.comment, why].filter((part) => part !== '').join('\n');
  const body = bodyOf(kind, { ...formValues(kind, entry), comment }, entry.encounter);
  return { ...body, [kind.voidBy]: ERROR };
}

function sent(field: Field, value: unknown): unknown {
  switch (field.input) {
    case 'diagnoses':
      return (value as readonly Diagnosis[]).map(given);
    case 'either':
      return value === field.yes;
    case 'moment':
      return dayjs(String(value)).toISOString();
    case 'number':
      return value === '' ? undefined : Number(value);
    case 'line':
    case 'text':
    case 'date':
    case 'consentForm':
      return String(value).trim() === '' ? undefined : String(value).trim();
    default:
      return value;
  }
}

/** A diagnosis as clients send it: addresses of all codes, or of none. */
function given(one: Diagnosis): components['schemas']['DiagnosisGiven'] {
  const uris = one.codes.map(({ entity_uri: uri }) => uri);
  return {
    code: one.code,
    icd10: one.icd10,
    ...(uris.length > 0 && uris.every((uri) => uri !== '') && { entity_uris: uris }),
  };
}
