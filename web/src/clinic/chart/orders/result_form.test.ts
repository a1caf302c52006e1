import { describe, expect, test } from 'vitest';
import { Problem } from '../../../common/problem';
import i18n, { chooseLanguage } from '../../language/i18n';
import { faults, observationOf } from './result_form';

describe('a result row', () => {
  const limits = { critical_low: '', low: '3,5', high: '5.1', critical_high: '' };

  test('is a number with its limits, or a text without them', () => {
    expect(observationOf({ display: 'K', loinc: '2823-3', value: '6,2', unit: 'mmol/L', limits })).toEqual({
      display: 'K',
      loinc: '2823-3',
      value: 6.2,
      unit: 'mmol/L',
      low: 3.5,
      high: 5.1,
    });
    expect(observationOf({ display: 'TSH', loinc: null, value: '< 0,05', unit: 'mU/L', limits })).toEqual({
      display: 'TSH',
      text: '< 0,05',
      unit: 'mU/L',
      low: 3.5,
      high: 5.1,
    });
    expect(observationOf({ display: 'PCR', loinc: null, value: 'not detected', unit: '', limits })).toEqual({
      display: 'PCR',
      text: 'not detected',
    });
  });
});

describe('a refused result', () => {
  const row = (display: string, low: string, high: string) => {
    const limits = { critical_low: '', low, high, critical_high: '' };
    return { display, loinc: null, value: '4', unit: 'mmol/L', limits };
  };
  const sent = [row('K', '3,5', '5'), row('Na', '145', '135')];
  const refused = (pointer: string, code = 'value_error') =>
    faults(new Problem(422, { errors: [{ pointer, code, detail: 'English words' }] }), sent, i18n.t);

  test('names the row and says in the page’s language what is wrong, never in the server’s', async () => {
    await chooseLanguage('es');
    expect(refused('/observations/1')).toBe(
      'Na: Los límites deben ir de menor a mayor, del crítico inferior al crítico superior.',
    );
    expect(refused('/observations/0/display')).toBe('K: Revise este valor');
    expect(refused('/observations/0/value', 'implausible')).toBe(
      'K: nadie mide ese valor. Revise el número y la unidad.',
    );
    expect(refused('/correction_reason')).toBe('Revise este valor');
  });
});
