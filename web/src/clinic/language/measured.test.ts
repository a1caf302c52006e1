import { expect, test } from 'vitest';
import i18n, { chooseLanguage } from './i18n';
import { measuredText } from './measured';

const measured = [
  { vital: 'systolic', value: 188, unit: 'mm[Hg]' },
  { vital: 'diastolic', value: 121, unit: 'mm[Hg]' },
  { vital: 'temperature', value: 36.5, unit: 'Cel' },
] as const;

test('measured values are written as a note does', async () => {
  await chooseLanguage('es');
  expect(measuredText(measured, i18n.t)).toBe('Presión arterial 188/121 mmHg · Temperatura 36.5 °C');
  expect(measuredText(measured.slice(0, 1), i18n.t)).toBe('Presión sistólica 188 mmHg');
  await chooseLanguage('pt');
  expect(measuredText(measured.slice(2), i18n.t)).toBe('Temperatura 36,5 °C');
});

test('both pressures are written as one, the mean pressure that follows from them is left out', async () => {
  await chooseLanguage('es');
  const mean = { vital: 'mean_pressure', value: 143, unit: 'mm[Hg]' } as const;
  const pain = { vital: 'pain', value: 7, unit: '{score}' } as const;
  expect(measuredText([...measured.slice(0, 2), mean, pain], i18n.t)).toBe(
    'Presión arterial 188/121 mmHg · Dolor (0 a 10) 7/10',
  );
});
