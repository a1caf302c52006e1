import { afterEach, expect, test } from 'vitest';
import { chooseLanguage } from './i18n';
import { SPECIALTIES, specialtyCode, specialtyName, specialtyOptions } from './specialties';

afterEach(() => chooseLanguage('es'));

test('a specialty has its name in each language, and an institution’s own code its words', async () => {
  const said = [];
  for (const language of ['es', 'pt', 'en'] as const) {
    await chooseLanguage(language);
    said.push(specialtyName('neumologia'), specialtyName('unidad-del-sueno'));
  }
  expect(said).toEqual([
    'Neumología',
    'Unidad del sueno',
    'Pneumologia',
    'Unidad del sueno',
    'Respiratory medicine',
    'Unidad del sueno',
  ]);
});

test.each(['es', 'pt', 'en'] as const)('in %s every name leads back to its own code', async (language) => {
  await chooseLanguage(language);
  expect(SPECIALTIES.filter((code) => specialtyCode(specialtyName(code)) !== code)).toEqual([]);
  expect(SPECIALTIES.filter((code) => !/^[a-z][a-z0-9-]{1,39}$/.test(code))).toEqual([]);
});

test('what is typed without accents is the same specialty, and a new one gets a code', () => {
  expect(specialtyCode(' cardiologia ')).toBe('cardiologia');
  expect(specialtyCode('Ginecología y Obstetricia')).toBe('ginecologia-obstetricia');
  expect(specialtyCode('Unidad del Sueño (UPCH)')).toBe('unidad-del-sueno-upch');
});

test('options stand by their names, not by their codes', () => {
  const options = specialtyOptions(['neurologia', 'medicina-general', 'inmunologia']);
  expect(options.map(({ label }) => label)).toEqual(['Alergia e inmunología', 'Medicina general', 'Neurología']);
});
