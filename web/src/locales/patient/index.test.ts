import { expect, test } from 'vitest';
import { fetchTexts, hasTexts, translator } from './index';

test('a language that is still on its way is spoken in Spanish, and in itself once it is here', async () => {
  expect(hasTexts('es')).toBe(true);
  expect(hasTexts('pt')).toBe(false);
  expect(translator('pt')('loading')).toBe(translator('es')('loading'));
  await fetchTexts('pt');
  expect(hasTexts('pt')).toBe(true);
  expect(translator('pt')('loading')).not.toBe(translator('es')('loading'));
});

test('the words of a country stand over the Spanish ones alone', async () => {
  await fetchTexts('pt');
  expect(translator('es', { loading: 'Aguarde' })('loading')).toBe('Aguarde');
  expect(translator('pt', { loading: 'Aguarde' })('loading')).not.toBe('Aguarde');
});
