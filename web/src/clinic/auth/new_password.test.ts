import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';
import { Problem } from '../../common/problem';
import { passwordFaults, passwordMarks } from './new_password';

const t = ((key: string) => key) as unknown as TFunction;
const typed = (password: string, repeated = password) => passwordFaults({ new_password: password, repeated }, t);

test('length is told before the server is asked, counted as the server counts it', () => {
  expect(typed('once letras')).toEqual({ new_password: 'password.too_short' });
  expect(typed('doce letras.')).toEqual({});
  expect(typed('🐦'.repeat(11))).toEqual({ new_password: 'password.too_short' });
  expect(typed('🐦'.repeat(12))).toEqual({});
});

test('the second of both is marked when they differ', () => {
  expect(typed('doce letras.', 'doce letras,')).toEqual({ repeated: 'signIn.mismatch' });
});

test.each(['too_short', 'too_easy', 'used_before'])('the server’s %s has words of ours', (code) => {
  const refused = new Problem(422, { errors: [{ pointer: '/new_password', code, detail: 'English' }] });
  expect(passwordMarks(refused, t)).toEqual({ new_password: `password.${code}` });
});

test('what is refused elsewhere is not blamed on the new password', () => {
  const refused = new Problem(422, { errors: [{ pointer: '/password', code: 'too_short', detail: 'English' }] });
  expect(passwordMarks(refused, t)).toEqual({});
});
