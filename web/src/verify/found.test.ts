import { expect, test } from 'vitest';
import { translator } from '../locales/verify';
import { regimen, type Line } from './found';

const t = translator('es');
const number = new Intl.NumberFormat('es-PE', { maximumFractionDigits: 10 });
const daily = { times: 1, hours: 24, as_needed: false };
const dose = (value: number) => ({ value, unit: 'tableta' });
const plain: Line = {
  name: 'Prednisona',
  strength: '5 mg',
  form: 'tableta',
  dose: dose(0.0625),
  route: 'oral',
  frequency: { times: 2, hours: 24, as_needed: true },
  duration_days: 7,
  quantity: 14,
  unit: 'tableta',
  steps: [],
  continuous: false,
  max_doses_a_day: null,
  substitution_allowed: true,
  controlled: false,
  stopped: false,
  dispensed: null,
};

test('a plain dose shows every digit', () => {
  expect(regimen(plain, number, 'es', t)).toEqual(['0.0625 tableta · 2 veces cada 24 h · si es necesario · 7 días']);
});

test('each stage of a dose that changes is shown, not only the first', () => {
  const steps = [4, 2, 1].map((value, place) => ({
    sequence: place + 1,
    dose: dose(value),
    frequency: daily,
    days: 5,
    at: null,
  }));
  expect(regimen({ ...plain, steps }, number, 'es', t)).toEqual([
    '4 tableta · cada 24 h · 5 días',
    '2 tableta · cada 24 h · 5 días',
    '1 tableta · cada 24 h · 5 días',
  ]);
});

test('another dose at night stands beside that of the morning', () => {
  const steps = [['morning', 1] as const, ['bedtime', 2] as const].map(([at, value]) => ({
    sequence: 1,
    dose: dose(value),
    frequency: daily,
    days: 30,
    at,
  }));
  expect(regimen({ ...plain, steps }, number, 'es', t)).toEqual([
    '1 tableta · por la mañana + 2 tableta · al acostarse · 30 días',
  ]);
});
