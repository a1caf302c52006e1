import { expect, test } from 'vitest';
import type { Entry } from '../../data/chart/entries';
import { problem, recorded } from './made_problem';
import { KINDS, type Values } from './model';
import { bodyOf, formValues, voidBody } from './values';

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
    primary_source: true,
    dose_number: 2,
    codes: [],
    sensitivity: [],
  });
});

test('a code of which one address is unknown is sent without addresses, never with too few', () => {
  const [diagnosis] = recorded.diagnoses;
  const unknown = { ...diagnosis, codes: [diagnosis.codes[0], { ...diagnosis.codes[1], entity_uri: '' }] };
  const body = bodyOf(KINDS.problems, { ...formValues(KINDS.problems, problem), diagnoses: [unknown] }, null);
  expect('diagnoses' in body && body.diagnoses[0]).toEqual({ code: '5A11&XS25', icd10: 'E11' });
});

test('whatever marks it, an entry can be marked as entered in error', () => {
  for (const kind of Object.values(KINDS)) {
    const marked: Values = voidBody(kind, { ...problem, comment: 'as told' }, 'Voided: other patient');
    expect(marked[kind.voidBy]).toBe('entered_in_error');
    expect(marked['comment']).toBe('as told\nVoided: other patient');
    expect(kind.ended({ [kind.voidBy]: 'entered_in_error', ended_on: null })).toBe(true);
  }
});

test('what followed a vaccination is one part of it, sent whole or not at all, and shown as it was', () => {
  const kind = KINDS.immunizations;
  const entry = {
    codes: ['cvx:03'],
    text: 'SRP',
    given_on: '2026-05',
    status: 'completed',
    primary_source: false,
    reaction: { text: 'Fiebre', began_on: null, serious: true, outcome: 'recovered', reported_to: null },
  } as unknown as Entry;
  const values = formValues(kind, entry);
  expect(values).toMatchObject({ reaction_text: 'Fiebre', reaction_serious: true, primary_source: 'card' });
  expect(bodyOf(kind, values, null)).toMatchObject({
    primary_source: false,
    reaction: { text: 'Fiebre', serious: true, outcome: 'recovered' },
  });
  expect(bodyOf(kind, { ...values, reaction_text: ' ' }, null)).not.toHaveProperty('reaction');
});
