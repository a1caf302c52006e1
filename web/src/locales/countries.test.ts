/** A country's words stand over those of a language; its numbers are those of the papers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COUNTRIES } from './patient/countries';
import { leaves, PAGES, type LanguageOf } from './reading';

type Overlay = Readonly<Partial<Record<LanguageOf, Readonly<Record<string, string>>>>>;
const FOLDER = 'src/locales/clinic/countries';
const files = readdirSync(FOLDER);
const placeholders = (text: string) => (text.match(/\{+\w+\}+/g) ?? []).sort();

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

describe.each(files)('%s', (file) => {
  const overlay = read(join(FOLDER, file)) as Overlay;

  test('has words only where the language has some, with the same placeholders and other letters', () => {
    for (const language of Object.keys(overlay) as LanguageOf[]) {
      const base = leaves(PAGES['clinic']?.[language] ?? {});
      for (const [key, text] of Object.entries(overlay[language] ?? {})) {
        expect([key, base.get(key) === undefined]).toEqual([key, false]);
        expect(text).not.toBe(base.get(key));
        expect([key, placeholders(text)]).toEqual([key, placeholders(base.get(key) ?? '')]);
      }
    }
  });

  test('is fetched by the pages', () => {
    expect(readFileSync('src/clinic/language/country.ts', 'utf8')).toContain(`countries/${file}`);
  });
});

test('patients read a country’s words over Spanish ones only, with the same placeholders', () => {
  const base = leaves(PAGES['patient']?.es ?? {});
  for (const [country, words] of Object.entries(COUNTRIES)) {
    for (const [key, text] of Object.entries(words)) {
      expect([key, placeholders(text)]).toEqual([key, placeholders(base.get(key) ?? '')]);
      expect(text).not.toBe(base.get(key));
    }
    expect(readFileSync('src/locales/patient/index.ts', 'utf8')).toContain(`'${country}'`);
  }
});

test('the server prints decimals as browsers show them', () => {
  const countries = read('../layers/telesalud/telesalud/platform/words/countries.json') as Record<
    string,
    { readonly decimal: string }
  >;
  const shown = Object.keys(countries).map((code) => [code, (1.5).toLocaleString(`es-${code}`).charAt(1)]);
  const printed = Object.entries(countries).map(([code, { decimal }]) => [code, decimal]);
  expect(shown.filter(([code]) => code !== 'BR')).toEqual(printed.filter(([code]) => code !== 'BR'));
});
