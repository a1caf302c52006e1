/** A person's data as a form has them, and as the server takes them. */
import type { components } from '../../api/patients';
import { currentCountry } from '../language/country';
import { documentsOffered } from '../language/identity_documents';
import { parsePartialDate } from '../language/typed_date';
import { isDay } from '../language/zone';

export type Patient = components['schemas']['Patient'];
export type PatientBody = components['schemas']['PatientBody'];
type Address = NonNullable<PatientBody['address']>;
type ContactPerson = NonNullable<PatientBody['guardian']>;
type Insurance = NonNullable<PatientBody['insurance']>;

export const SEXES = ['female', 'male', 'other', 'unknown'] as const;

export interface TypedDocument {
  /** Country and type, such as `PE DNI`. */
  readonly kind: string;
  readonly number: string;
}

export interface TypedContact {
  readonly name: string;
  readonly relationship: string;
  readonly phone: string;
}

export interface PersonFields {
  given: string;
  middle: string;
  family: string;
  secondFamily: string;
  socialName: string;
  motherName: string;
  birthDate: string;
  estimated: boolean;
  sex: (typeof SEXES)[number] | '';
  documents: TypedDocument[];
  phones: string[];
  email: string;
  language: string;
  address: { line: string; district: string; city: string; region: string; postalCode: string };
  guardian: TypedContact;
  emergency: TypedContact;
  insurance: { insurer: string; contract: string; validUntil: string };
}

const NOBODY: TypedContact = { name: '', relationship: '', phone: '' };

/** What a new registration begins with. */
export function blankPerson(language: string): PersonFields {
  return {
    given: '',
    middle: '',
    family: '',
    secondFamily: '',
    socialName: '',
    motherName: '',
    birthDate: '',
    estimated: false,
    sex: '',
    documents: [blankDocument()],
    phones: [''],
    email: '',
    language,
    address: { line: '', district: '', city: '', region: '', postalCode: '' },
    guardian: NOBODY,
    emergency: NOBODY,
    insurance: { insurer: '', contract: '', validUntil: '' },
  };
}

export function blankDocument(): TypedDocument {
  return { kind: documentsOffered()[0] ?? '', number: '' };
}

/** Somebody's data as they are now. */
export function fieldsOf(patient: Patient): PersonFields {
  const { name, address, insurance } = patient;
  const documents = patient.documents.map(({ country, type, number }) => ({ kind: `${country} ${type}`, number }));
  const length = { year: 4, month: 7, day: 10 }[patient.birth_date_precision ?? 'day'];
  return {
    given: name.given,
    middle: name.middle ?? '',
    family: name.family,
    secondFamily: name.second_family ?? '',
    socialName: name.social_name ?? '',
    motherName: patient.mother_name ?? '',
    birthDate: patient.birth_date.slice(0, length),
    estimated: patient.birth_date_estimated,
    sex: patient.sex,
    documents: documents.length > 0 ? documents : [blankDocument()],
    phones: patient.phones.length > 0 ? [...patient.phones] : [''],
    email: patient.email ?? '',
    language: patient.language,
    address: {
      line: address?.lines.join('\n') ?? '',
      district: address?.district ?? '',
      city: address?.city ?? '',
      region: address?.region ?? '',
      postalCode: address?.postal_code ?? '',
    },
    guardian: contactFields(patient.guardian),
    emergency: contactFields(patient.emergency_contact),
    insurance: {
      insurer: insurance?.insurer ?? '',
      contract: insurance?.contract ?? '',
      validUntil: insurance?.valid_until ?? '',
    },
  };
}

function contactFields(contact: Patient['guardian']): TypedContact {
  return { name: contact?.name ?? '', relationship: contact?.relationship ?? '', phone: contact?.phone ?? '' };
}

/** What was typed goes on over newer data: each field that was changed from `before`, the others as they are `now`. */
export function carried(before: PersonFields, typed: PersonFields, now: PersonFields): PersonFields {
  const changed = Object.entries(typed).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as keyof PersonFields]),
  );
  return { ...now, ...Object.fromEntries(changed) };
}

/** What the server takes; `before` keeps what the form does not show. */
export function bodyOf(fields: PersonFields, before?: Patient): PatientBody {
  return {
    ...kept(before),
    name: {
      ...before?.name,
      given: fields.given.trim(),
      middle: orNothing(fields.middle),
      family: fields.family.trim(),
      second_family: orNothing(fields.secondFamily),
      social_name: orNothing(fields.socialName),
    },
    ...birthOf(fields.birthDate),
    birth_date_estimated: fields.estimated,
    sex: fields.sex === '' ? 'unknown' : fields.sex,
    mother_name: orNothing(fields.motherName),
    language: fields.language,
    documents: fields.documents.filter(({ number }) => number.trim() !== '').map(documentOf),
    phones: fields.phones.map((phone) => phone.trim()).filter(Boolean),
    email: orNothing(fields.email),
    address: addressOf(fields.address, before),
    guardian: contactOf(fields.guardian),
    emergency_contact: contactOf(fields.emergency),
    insurance: insuranceOf(fields.insurance),
  };
}

function kept(before: Patient | undefined): Partial<PatientBody> {
  if (!before) return {};
  const { gender_identity, preferred_channel, contact_permissions, ethnicity, education, deceased_on } = before;
  return { gender_identity, preferred_channel, contact_permissions, ethnicity, education, deceased_on };
}

function documentOf({ kind, number }: TypedDocument): components['schemas']['IdentityDocument'] {
  const [country = '', type = ''] = kind.split(' ');
  return { country, type, number: number.trim() };
}

function addressOf(fields: PersonFields['address'], before: Patient | undefined): Address | null {
  const lines = fields.line
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const parts = {
    district: orNothing(fields.district),
    city: orNothing(fields.city),
    region: orNothing(fields.region),
    postal_code: orNothing(fields.postalCode)?.toUpperCase() ?? null,
  };
  if (lines.length === 0 && Object.values(parts).every((part) => part === null)) return null;
  const old = before?.address ?? null;
  // The administrative code goes with the district that it stands for.
  const same = old !== null && old.district === parts.district && old.city === parts.city;
  return {
    lines,
    ...parts,
    admin_code: same ? old.admin_code : null,
    country: old?.country ?? currentCountry() ?? 'PE',
  };
}

function contactOf({ name, relationship, phone }: TypedContact): ContactPerson | null {
  if (name.trim() === '') return null;
  return { name: name.trim(), relationship: orNothing(relationship), phone: orNothing(phone) };
}

function insuranceOf({ insurer, contract, validUntil }: PersonFields['insurance']): Insurance | null {
  if (insurer.trim() === '') return null;
  return { insurer: insurer.trim(), contract: orNothing(contract), valid_until: orNothing(validUntil) };
}

function orNothing(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

/** `1980` and `1980-03` are what is known of a birth; its first day stands for it. */
export function birthOf(typed: string): Pick<PatientBody, 'birth_date' | 'birth_date_precision'> {
  if (!isPartial(typed)) return { birth_date: typed, birth_date_precision: null };
  const month = typed.length > 4;
  return { birth_date: month ? `${typed}-01` : `${typed}-01-01`, birth_date_precision: month ? 'month' : 'year' };
}

export function isPartial(value: string): boolean {
  return !isDay(value) && parsePartialDate(value) === value;
}

const POINTERS: Readonly<Record<string, string>> = {
  '/name/given': 'given',
  '/name/middle': 'middle',
  '/name/family': 'family',
  '/name/second_family': 'secondFamily',
  '/name/social_name': 'socialName',
  '/mother_name': 'motherName',
  '/birth_date': 'birthDate',
  '/email': 'email',
  '/address/district': 'address.district',
  '/address/city': 'address.city',
  '/address/region': 'address.region',
  '/address/postal_code': 'address.postalCode',
  '/guardian/name': 'guardian.name',
  '/guardian/relationship': 'guardian.relationship',
  '/guardian/phone': 'guardian.phone',
  '/emergency_contact/name': 'emergency.name',
  '/emergency_contact/relationship': 'emergency.relationship',
  '/emergency_contact/phone': 'emergency.phone',
  '/insurance/insurer': 'insurance.insurer',
  '/insurance/contract': 'insurance.contract',
  '/insurance/valid_until': 'insurance.validUntil',
};

/** The field of the form that a server's pointer means; rows that were left empty are not counted there. */
export function fieldAt(pointer: string, fields: PersonFields): string | undefined {
  const [, list = '', index = ''] = pointer.split('/');
  if (list === 'documents')
    return nth(
      'documents',
      fields.documents.map(({ number }) => number),
      index,
      '.number',
    );
  if (list === 'phones') return nth('phones', fields.phones, index, '');
  if (pointer.startsWith('/address/lines')) return 'address.line';
  return POINTERS[pointer];
}

function nth(list: string, typed: readonly string[], index: string, rest: string): string | undefined {
  const rows = typed.flatMap((text, row) => (text.trim() === '' ? [] : [row]));
  const row = rows[Number(index === '' ? 0 : index)] ?? rows[0];
  return row === undefined ? undefined : `${list}.${row}${rest}`;
}
