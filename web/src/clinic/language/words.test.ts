import { beforeAll, describe, expect, it } from 'vitest';
import i18n, { chooseLanguage } from './i18n';
import { actionText } from './trail_actions';
import { codesText } from './codes';
import { symbol } from './units';
import { measuredText } from './measured';

const measured = [
  { vital: 'systolic', value: 188, unit: 'mm[Hg]' },
  { vital: 'diastolic', value: 121, unit: 'mm[Hg]' },
  { vital: 'temperature', value: 36.5, unit: 'Cel' },
] as const;

describe('in Spanish', () => {
  beforeAll(() => chooseLanguage('es'));
  it('writes measured values as a note does', () => {
    expect(measuredText(measured, i18n.t)).toBe('Presión arterial 188/121 mmHg · Temperatura 36.5 °C');
    expect(measuredText(measured.slice(0, 1), i18n.t)).toBe('Presión sistólica 188 mmHg');
  });
  it('names substances, and codes by their system', () => {
    const codes = ['substance:benzylpenicillin', 'substance:constructor', 'atc:J01CA04', 'snomed:91936005', 'BA00'];
    expect(codesText(codes)).toBe('bencilpenicilina, constructor, ATC J01CA04, SNOMED CT 91936005, BA00');
  });
  it('says what somebody did', () => {
    expect(actionText('patients.read_summary', i18n.t)).toBe('Vio el resumen');
    expect(actionText('patients.list_problems', i18n.t)).toBe('Vio una lista de la historia');
  });
});

describe('in Portuguese', () => {
  beforeAll(() => chooseLanguage('pt'));
  it('names the same in its own words', () => {
    expect(codesText(['substance:warfarin'])).toBe('varfarina');
    expect(measuredText(measured.slice(2), i18n.t)).toBe('Temperatura 36,5 °C');
  });
});

describe('a UCUM unit', () => {
  it.each([
    ['mm[Hg]', 'mmHg'],
    ['10*3/uL', '10³/µL'],
    ['10*-6', '10⁻⁶'],
    ['ug/L', 'µg/L'],
    ['{cells}/uL', '/µL'],
    ['mg/dL', 'mg/dL'],
  ])('%s is written as %s', (unit, written) => expect(symbol(unit)).toBe(written));
});
