/** A made-up problem of the chart, for tests. */
import type { Entry } from '../../data/chart/entries';

export const recorded = {
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
export const problem = recorded as unknown as Entry;
