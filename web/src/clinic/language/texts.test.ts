import { afterEach, describe, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe('the language of who has blocked all storage', () => {
  test('is the browser’s, and the page opens', async () => {
    vi.stubGlobal('navigator', { languages: ['pt-BR'] });
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('blocked', 'SecurityError');
      },
    });
    const texts = await import('./texts');
    expect(texts.firstLanguage()).toBe('pt');
  });
});
