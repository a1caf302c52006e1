import { beforeAll, expect, test } from 'vitest';
import { Problem } from '../../../common/problem';
import i18n, { chooseLanguage } from '../../language/i18n';
import { faultsOf } from './faults';

const refusedBy = (...errors: readonly object[]) => faultsOf(new Problem(422, { errors }), i18n.t);

beforeAll(() => chooseLanguage('es'));

test('limits and units come from the params of the refusal, never from its English sentence', () => {
  const params = { low: 0, high: 600.5, unit: 'mm[Hg]' };
  expect(
    refusedBy(
      { pointer: '/values/systolic', code: 'impossible', detail: 'in other words', params },
      { pointer: '/values/height', code: 'unit-confused', detail: 'in other words', params: { unit: 'm' } },
    ),
  ).toEqual({
    systolic: 'No es posible. Se admite 0–600.5 mmHg',
    height: 'No es posible en esta unidad. ¿Se midió en m?',
  });
});

test('what has no words of its own is said in general ones, in the language of the page', () => {
  expect(refusedBy({ pointer: '/measured_at', code: 'datetime_parsing', detail: 'English words' })).toEqual({
    measured_at: 'Revise este valor',
  });
});
