import { expect, test } from 'vitest';
import { codesText } from './codes';
import { chooseLanguage } from './i18n';

test('substances are named in the language of the page, and codes by their system', async () => {
  const codes = ['substance:benzylpenicillin', 'substance:constructor', 'atc:J01CA04', 'snomed:91936005', 'BA00'];
  await chooseLanguage('es');
  expect(codesText(codes)).toBe('bencilpenicilina, constructor, ATC J01CA04, SNOMED CT 91936005, BA00');
  await chooseLanguage('pt');
  expect(codesText(['substance:warfarin'])).toBe('varfarina');
});
