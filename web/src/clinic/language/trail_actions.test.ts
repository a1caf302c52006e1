import { expect, test } from 'vitest';
import i18n, { chooseLanguage } from './i18n';
import { actionText } from './trail_actions';

test('the trail says what somebody did', async () => {
  await chooseLanguage('es');
  expect(actionText('patients.read_summary', i18n.t)).toBe('Vio el resumen');
  expect(actionText('patients.list_problems', i18n.t)).toBe('Vio una lista de la historia');
});
