import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const SECRET = 'Ab3_'.repeat(10) + 'x-9';
const EARLIER = '0123456789abcdef0123456789abcdef01234567';

/** A page that was just opened: modules keep what lasts as long as it. */
async function opened() {
  vi.resetModules();
  return import('./storage');
}

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});
afterEach(() => {
  vi.restoreAllMocks();
  history.replaceState(null, '', '/c/');
});

describe('the secret in a link', () => {
  test.each([
    ['as it was sent', SECRET, SECRET],
    ['with what a campaign adds', `${SECRET}?utm_medium=sms`, SECRET],
    ['with what a network adds', `${SECRET}&fbclid=abc`, SECRET],
    ['at the end of a sentence', `${SECRET}).`, SECRET],
    ['between marks of emphasis', `_${SECRET}_`.slice(1), SECRET],
    ['with an invisible sign', `%E2%80%8B${SECRET}`, SECRET],
    ['with a lone percent sign', `${SECRET}%`, SECRET],
    ['of the earlier module', EARLIER, EARLIER],
    ['of the earlier module, emphasised', `${EARLIER}_`, EARLIER],
    ['cut short', SECRET.slice(0, 20), undefined],
  ])('%s', async (_, fragment, wanted) => {
    expect((await opened()).secretIn(fragment)).toBe(wanted);
  });

  test('leaves the address and stays in the tab', async () => {
    history.replaceState(null, '', `/c/#${SECRET}?utm_medium=sms`);
    expect((await opened()).takeSecret()).toBe(SECRET);
    expect(location.hash).toBe('');
    expect((await opened()).takeSecret()).toBe(SECRET);
  });

  test('is found where a messenger has put the sign into the path', async () => {
    history.replaceState(null, '', `/c/%23${SECRET}`);
    expect((await opened()).takeSecret()).toBe(SECRET);
  });
});

describe('a browser that blocks all storage', () => {
  beforeEach(() => {
    for (const name of ['localStorage', 'sessionStorage'] as const) {
      vi.spyOn(window, name, 'get').mockImplementation(() => {
        throw new DOMException('blocked', 'SecurityError');
      });
    }
  });

  test('holds the consult as long as the page, and its device through a reload', async () => {
    history.replaceState(null, '', `/c/#${SECRET}`);
    const page = await opened();
    expect(page.takeSecret()).toBe(SECRET);
    const mark = page.deviceMark();
    page.keepPassed('consult-1', 'consented');
    expect(page.passed('consult-1')).toBe('consented');
    const reloaded = await opened();
    expect(reloaded.takeSecret()).toBe(SECRET);
    expect(reloaded.deviceMark()).toBe(mark);
  });
});

test('a session that grew too old does not send its patient back to the consent', async () => {
  const page = await opened();
  page.keepPassed('consult-1', 'checked');
  page.forgetSession();
  expect(page.passed('consult-1')).toBe('checked');
});
