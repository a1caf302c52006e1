import { describe, expect, test } from 'vitest';
import { observationOf } from './result_form';

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
    expect(observationOf({ display: 'PCR', loinc: null, value: 'not detected', unit: '', limits })).toEqual({
      display: 'PCR',
      text: 'not detected',
    });
  });
});
