import { beforeAll, expect, test } from 'vitest';
import { madeSet } from '../../data/chart/made_vitals';
import i18n, { chooseLanguage } from '../../language/i18n';
import { alarmsOf, factsOf } from './meaning';

beforeAll(() => chooseLanguage('es'));

const set = (more: Parameters<typeof madeSet>[3]) => madeSet('a', '2026-02-10T14:00:00Z', 9, more);

test('what asks somebody to act is said in words and by what it was found', () => {
  const alarms = alarmsOf(
    set({
      nutrition: [{ code: 'severe-acute-malnutrition', basis: ['weight-for-length', 'oedema'] }],
      scores: [{ name: 'news2', value: 8, band: 'high', parts: {}, missing: [], scale: 1 }],
      consciousness: 'voice',
      not_measured: [{ vital: 'systolic', reason: 'undetectable' }],
    }),
    i18n.t,
  );
  expect(alarms).toEqual([
    'Desnutrición aguda grave (Peso para la longitud, Edema de ambos pies)',
    'NEWS2 8: riesgo alto, atención de emergencia',
    'Responde a la voz',
    'Presión sistólica: no se detecta',
  ]);
});

test('what was not computed says what is missing, and where the values were read as at', () => {
  const facts = factsOf(
    set({
      scores: [{ name: 'news2', value: null, band: null, parts: {}, missing: ['oxygen', 'pulse'], scale: 1 }],
      altitude_m: 850,
      gestation_days: 221,
    }),
    i18n.t,
  );
  expect(facts).toEqual([
    'NEWS2 sin calcular, falta: Respira, Pulso',
    '31+4 semanas de embarazo',
    'leído para 850 m de altitud',
  ]);
});

test('a plain set says nothing besides its values', () => {
  expect([...alarmsOf(set({}), i18n.t), ...factsOf(set({}), i18n.t)]).toEqual([]);
});
