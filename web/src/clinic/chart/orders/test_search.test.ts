import { expect, test } from 'vitest';
import { offered } from './test_search';

test('what was found comes first with its code, the typed text last and without one', () => {
  const found = [{ loinc: '58410-2', code: null, display: 'Hemograma completo' }];
  expect(offered(found, 'hemog')).toEqual([
    { test: { loinc: '58410-2', display: 'Hemograma completo' }, coded: true },
    { test: { display: 'hemog' }, coded: false },
  ]);
});
