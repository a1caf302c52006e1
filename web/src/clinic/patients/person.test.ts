import { expect, test } from 'vitest';
import { blankPerson, bodyOf, carried, fieldAt, fieldsOf, type Patient } from './person';

const patient: Patient = {
  id: '01900000-0000-7000-8000-000000000001',
  record_number: 'HC-1',
  version: 3,
  registered_at: '2026-11-30T10:00:00Z',
  name: {
    given: 'Paciente',
    middle: 'Demostración',
    family: 'Uno',
    second_family: null,
    birth_name: 'Antes',
    social_name: 'Pacha',
  },
  birth_date: '1980-03-01',
  birth_date_estimated: true,
  birth_date_precision: 'month',
  sex: 'other',
  gender_identity: 'No binaria',
  documents: [
    { country: 'PE', type: 'DNI', number: '12345678' },
    { country: 'XX', type: 'PASSPORT', number: 'A123' },
  ],
  mother_name: null,
  address: {
    lines: ['Calle 1', 'Dpto. 2'],
    city: 'Lima',
    district: 'Lince',
    region: null,
    admin_code: '150116',
    postal_code: null,
    country: 'PE',
  },
  phones: ['+51 999 000 111', '01 000 0000'],
  email: null,
  language: 'es',
  preferred_channel: 'sms',
  contact_permissions: ['sms'],
  emergency_contact: null,
  guardian: { name: 'Representante Demostración', relationship: 'Madre', phone: null },
  ethnicity: 'x',
  education: 'y',
  insurance: { insurer: 'SIS', contract: '9', valid_until: '2027-01-01' },
  deceased_on: null,
};

test('a correction without a change sends what was there, whatever the form does not show', () => {
  const { id, record_number, version, registered_at, ...body } = patient;
  expect(bodyOf(fieldsOf(patient), patient)).toEqual(body);
});

test('a new registration sends nothing for what was left empty', () => {
  const fields = { ...blankPerson('es'), given: ' Ana ', family: 'Demostración', birthDate: '1980', estimated: true };
  expect(bodyOf({ ...fields, sex: 'female' })).toMatchObject({
    name: { given: 'Ana', middle: null },
    birth_date: '1980-01-01',
    birth_date_precision: 'year',
    documents: [],
    phones: [],
    address: null,
    guardian: null,
    insurance: null,
  });
});

test('another district loses the code of the one before', () => {
  const fields = fieldsOf(patient);
  const moved = { ...fields, address: { ...fields.address, district: 'Breña' } };
  expect(bodyOf(moved, patient).address).toMatchObject({ district: 'Breña', admin_code: null });
});

test('what was typed goes on over what somebody else saved meanwhile', () => {
  const before = fieldsOf(patient);
  const typed = { ...before, email: 'demostracion@example.org' };
  const now = { ...before, family: 'Dos', phones: ['1234567'] };
  expect(carried(before, typed, now)).toEqual({ ...now, email: 'demostracion@example.org' });
});

test('a refusal of the second document finds its row past the empty ones', () => {
  const fields = fieldsOf(patient);
  const documents = [{ kind: 'PE DNI', number: '' }, ...fields.documents];
  expect(fieldAt('/documents/1/number', { ...fields, documents })).toBe('documents.2.number');
  expect(fieldAt('/documents', { ...fields, documents })).toBe('documents.1.number');
  expect(fieldAt('/guardian/phone', fields)).toBe('guardian.phone');
});
