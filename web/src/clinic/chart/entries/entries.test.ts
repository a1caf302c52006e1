import { expect, test } from 'vitest';
import i18n, { chooseLanguage } from '../../language/i18n';
import type { Values } from './model';
import { KINDS } from './model';
import { changes, shown } from './shown';
import { bodyOf, formValues, voidBody } from './values';
import type { Entry } from '../../data/chart/entries';

const recorded = {
  id: 'p1',
  patient: 'patient',
  version: 2,
  recorded_by: 'ana',
  recorded_at: '2026-11-21T10:00:00Z',
  text: 'Diabetes tipo 2',
  comment: '',
  encounter: 'e1',
  sensitivity: ['PSY'],
  diagnoses: [
    {
      code: '5A11&XS25',
      entity_uris: [],
      icd10: 'E11',
      codes: [
        {
          code: '5A11',
          title: 'Diabetes tipo 2',
          entity_uri: 'http://id.who.int/icd/entity/1',
          status: 'active',
          warning: null,
        },
        { code: 'XS25', title: 'Grave', entity_uri: 'http://id.who.int/icd/entity/2', status: 'active', warning: null },
      ],
    },
  ],
  onset_on: '2019-03-01',
  ended_on: null,
  verification: 'confirmed',
  status: 'chronic',
} as const;
const problem = recorded as unknown as Entry;

test('what was read and not changed is sent back as it was', () => {
  expect(bodyOf(KINDS.problems, formValues(KINDS.problems, problem), 'e1')).toEqual({
    text: 'Diabetes tipo 2',
    encounter: 'e1',
    sensitivity: ['PSY'],
    diagnoses: [
      {
        code: '5A11&XS25',
        icd10: 'E11',
        entity_uris: ['http://id.who.int/icd/entity/1', 'http://id.who.int/icd/entity/2'],
      },
    ],
    onset_on: '2019-03-01',
    verification: 'confirmed',
    status: 'chronic',
  });
});

test('a new entry sends its defaults and nothing that was left empty', () => {
  const values = { ...formValues(KINDS.immunizations), text: ' Influenza ', given_on: '2026-05-01', dose_number: 2 };
  expect(bodyOf(KINDS.immunizations, values, null)).toEqual({
    text: 'Influenza',
    given_on: '2026-05-01',
    status: 'completed',
    dose_number: 2,
    codes: [],
    sensitivity: [],
  });
});

test('a code of which one address is unknown is sent without addresses, never with too few', () => {
  const [diagnosis] = recorded.diagnoses;
  const unknown = { ...diagnosis, codes: [diagnosis.codes[0], { ...diagnosis.codes[1], entity_uri: '' }] };
  const body = bodyOf(KINDS.problems, { ...formValues(KINDS.problems, problem), diagnoses: [unknown] }, null);
  expect('diagnoses' in body && body.diagnoses?.[0]).toEqual({ code: '5A11&XS25', icd10: 'E11' });
});

test('versions are compared in the words of the reader', async () => {
  await chooseLanguage('pt');
  const before: Values = recorded;
  const after: Values = { ...recorded, status: 'resolved', ended_on: '2026-01-05' };
  const found = changes(KINDS.problems, before, after, i18n.t).map(({ field, before: was, after: is }) => [
    field.name,
    was,
    is,
  ]);
  expect(found).toEqual([
    ['status', 'Crônico', 'Resolvido'],
    ['ended_on', '', '5 de jan. de 2026'],
  ]);
});

test('what was entered in error says so, whatever marks it', async () => {
  await chooseLanguage('en');
  for (const kind of Object.values(KINDS)) {
    const field = kind.fields.find(({ name }) => name === kind.voidBy);
    if (field) expect(shown(field, { [kind.voidBy]: 'entered_in_error' }, i18n.t)).toBe('Voided');
    const marked = voidBody(kind, { ...problem, comment: 'as told' } as Entry, 'Voided: other patient') as Values;
    expect(marked[kind.voidBy]).toBe('entered_in_error');
    expect(marked['comment']).toBe('as told\nVoided: other patient');
    expect(kind.ended({ [kind.voidBy]: 'entered_in_error', ended_on: null })).toBe(true);
  }
});
