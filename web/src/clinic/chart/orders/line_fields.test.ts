import { expect, it } from 'vitest';
import type { FormularyItem } from '../../data/orders';
import { firstLine, isComplete } from './line_fields';

const product = {
  code: 'DEMO-0011',
  atc: 'B01AA03',
  name: 'Warfarina',
  substances: ['warfarin'],
  form: 'tableta',
  strength: '5 mg',
  unit: 'tableta',
  routes: ['oral'],
  controlled: false,
} as unknown as FormularyItem; // what a form needs of a product

it('guesses nothing of a dose: a new line cannot be signed as it is', () => {
  const line = firstLine(product);
  expect([line.dose.value, line.frequency.times, line.frequency.hours, line.duration_days, line.quantity]).toEqual([
    0, 0, 0, 0, 0,
  ]);
  expect(isComplete({ key: '1', product, line, counted: true })).toBe(false);
});
