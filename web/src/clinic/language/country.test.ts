import { afterEach, expect, test } from 'vitest';
import { dateParts, day, number } from './format';
import i18n, { chooseCountry, chooseLanguage, decimal, firstWeekday } from './i18n';
import { documentsOffered, usualDocument } from './identity_documents';
import { startOfWeek } from './zone';

afterEach(async () => {
  await chooseCountry(null);
  await chooseLanguage('es');
});

test('pages speak the words of the country, and the language’s again without one', async () => {
  await chooseLanguage('es');
  expect(i18n.t('agenda.book')).toBe('Nueva cita');
  await chooseCountry('AR');
  expect(i18n.t('agenda.book')).toBe('Nuevo turno');
  expect(i18n.t('agenda.count', { count: 2 })).toBe('2 turnos');
  await chooseCountry('MX');
  expect(i18n.t('agenda.book')).toBe('Nueva cita');
  expect(i18n.t('worklists.chart')).toBe('Abrir expediente clínico');
  await chooseCountry('UY');
  expect(i18n.t('worklists.chart')).toBe('Abrir historia clínica');
});

test('another language chosen later has the country too, and its own words where there are none', async () => {
  await chooseCountry('AR');
  await chooseLanguage('pt');
  expect(i18n.t('agenda.book')).toBe('Nova consulta');
  await chooseLanguage('es');
  expect(i18n.t('agenda.book')).toBe('Nuevo turno');
});

test.each([
  ['PE', 'es', '1234.5', '.'],
  ['MX', 'es', '1234.5', '.'],
  ['AR', 'es', '1234,5', ','],
  ['CL', 'es', '1234,5', ','],
  ['PE', 'pt', '1234,5', ','],
  ['BR', 'en', '1234.5', '.'],
])('in %s, %s numbers have the sign that they have on paper', async (country, language, shown, sign) => {
  await chooseLanguage(language as 'es' | 'pt' | 'en');
  await chooseCountry(country);
  expect(decimal()).toBe(sign);
  expect(number(1234.5).replace(/(?<=^1)[.,\u00a0 ]/, '')).toBe(shown);
});

test('dates have the day first everywhere, also where numbers would have the month first', async () => {
  await chooseLanguage('es');
  for (const country of ['PE', 'PA', 'PR', 'CL', 'AR', 'MX']) {
    await chooseCountry(country);
    expect(day('2026-12-03')).toMatch(/^0?3\D/);
    expect(dateParts('2026-12-03', { day: 'numeric', month: 'numeric' })).toMatch(/^0?3\D/);
  }
});

test('weeks begin when the country’s do', async () => {
  await chooseCountry('AR');
  expect([firstWeekday(), startOfWeek('2026-11-22')]).toEqual([1, '2026-11-16']);
  await chooseCountry('BR');
  expect([firstWeekday(), startOfWeek('2026-11-22'), startOfWeek('2026-11-28')]).toEqual([
    0,
    '2026-11-22',
    '2026-11-22',
  ]);
});

test('the own country’s documents come first, then a passport and those of the neighbours', async () => {
  await chooseCountry('MX');
  expect(documentsOffered().slice(0, 2)).toEqual(['MX CURP', 'XX PASSPORT']);
  expect(documentsOffered()).toContain('EC CI');
  expect(usualDocument()).toEqual({ country: 'MX', type: 'CURP' });
  await chooseCountry('HT');
  expect(documentsOffered()[0]).toBe('XX PASSPORT');
});
