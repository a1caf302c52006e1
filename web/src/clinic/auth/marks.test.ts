import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';
import { Problem } from '../../common/problem';
import { marks } from './marks';

const t = ((key: string) => key) as unknown as TFunction;

test('a refused field of the sign-in is marked where it was typed', () => {
  const errors = ['/tenant', '/user_name', '/second_factor'].map((pointer) => ({
    pointer,
    code: 'string_pattern_mismatch',
    detail: 'English',
  }));
  expect(marks(new Problem(422, { errors }), t)).toEqual({
    tenant: 'field.invalid',
    userName: 'field.invalid',
    code: 'field.invalid',
  });
  expect(marks(new Problem(401, {}), t)).toEqual({});
});
