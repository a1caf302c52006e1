import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forgetToken, keepToken } from '../server/tokens';
import { markSignedIn, whoseSession } from './restoring';

const ANA = { id: 'user-1', display_name: 'Profesional Demostración Uno' };
const answers = vi.fn<() => Promise<Response>>();

beforeEach(() => {
  keepToken('token', 900);
  markSignedIn(true);
  answers.mockReset().mockImplementation(() => Promise.resolve(Response.json(ANA)));
  vi.stubGlobal('fetch', answers);
});
afterEach(() => {
  forgetToken();
  vi.unstubAllGlobals();
});

test('the session that was asked for early is not asked for a second time', async () => {
  const early = whoseSession();
  expect(await whoseSession()).toEqual(ANA);
  expect(await early).toEqual(ANA);
  expect(await whoseSession()).toEqual(ANA);
  expect(answers).toHaveBeenCalledTimes(1);
});

test('after a network that did not answer it is asked for again', async () => {
  answers.mockRejectedValueOnce(new TypeError('no network'));
  await expect(whoseSession()).rejects.toThrow('the network did not answer');
  expect(await whoseSession()).toEqual(ANA);
});

test('whoever signs in next is not taken for the one before', async () => {
  await whoseSession();
  markSignedIn(false);
  answers.mockImplementation(() => Promise.resolve(Response.json({ ...ANA, id: 'user-2' })));
  expect(await whoseSession()).toMatchObject({ id: 'user-2' });
});
