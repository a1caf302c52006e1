import { expect, test } from 'vitest';
import type { Circumstances } from '../../data/chart/vitals';
import { changedBody, pregnancyFields } from './circumstances_fields';

const nothing: Circumstances = {
  gestation_at_birth: null,
  oxygen_scale: 1,
  pregnancies: [],
  obstetric_history: null,
  version: 0,
  current: null,
  puerperium: false,
};

test('nothing typed says nothing', () => {
  expect(changedBody(nothing, pregnancyFields(nothing))).toEqual({
    gestation_at_birth: null,
    oxygen_scale: 1,
    pregnancies: [],
    obstetric_history: null,
  });
});

test('the due date is 280 days after the last menstruation', () => {
  const fields = { ...pregnancyFields(nothing), pregnant: true, menstruation: '2026-04-05' };
  expect(changedBody(nothing, fields).pregnancies?.[0]).toMatchObject({
    due_on: '2027-01-10',
    dated_by: 'menstruation',
    menstruation_on: '2026-04-05',
    ended_on: null,
  });
});

test('ending a pregnancy keeps it, with its day and outcome', () => {
  const known: Circumstances = {
    ...nothing,
    pregnancies: [
      {
        id: 'p',
        due_on: '2027-01-10',
        dated_by: 'ultrasound',
        menstruation_on: null,
        fetuses: 1,
        ended_on: null,
        outcome: null,
      },
    ],
  };
  const fields = { ...pregnancyFields(known), outcome: 'birth', ended: '2026-12-30' } as const;
  expect(changedBody(known, fields).pregnancies).toEqual([
    { ...known.pregnancies[0], ended_on: '2026-12-30', outcome: 'birth' },
  ]);
});
