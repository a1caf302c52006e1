import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { leaves, PAGES } from './reading';

function sources(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

const placeholders = (text: string) => (text.match(/\{+\w+\}+/g) ?? []).sort();

const SOURCES: Readonly<Record<string, string>> = {
  practitioner: 'src/patient/practitioner',
  consent: 'src/patient/consent',
  billing: 'src/clinic/billing',
  hospital: 'src/clinic/admissions',
  dashboards: 'src/clinic/dashboards',
  pharmacy: 'src/clinic/pharmacy',
  external: 'src/clinic/chart/external',
  triage: 'src/clinic/triage',
};

const catalogues = Object.fromEntries(
  Object.entries(PAGES).map(([page, { es, pt, en }]) => [
    page,
    { es: leaves(es), pt: leaves(pt), en: leaves(en), code: sources(SOURCES[page] ?? `src/${page}`) },
  ]),
);

describe.each(Object.entries(catalogues))(
  'the %s catalogue',
  (_, { es: spanish, pt: portuguese, en: english, code }) => {
    test.each([
      ['pt', portuguese],
      ['en', english],
    ])('has every text in %s, with the same placeholders', (_language, other) => {
      expect([...other.keys()].sort()).toEqual([...spanish.keys()].sort());
      for (const [key, text] of spanish) expect(placeholders(other.get(key) ?? '')).toEqual(placeholders(text));
    });

    test('has no text that nothing shows', () => {
      const unused = [...spanish.keys()].filter((key) => !mentions(code, key));
      expect(unused).toEqual([]);
    }, 30_000); // thousands of keys against all sources
  },
);

/** The key itself, or a template literal such as `common.${scheme}` that may make it. */
function mentions(code: string, key: string): boolean {
  const plural = key.replace(/_(zero|one|other|many)$/, '');
  if (code.includes(`'${plural}'`) || code.includes(`"${plural}"`)) return true;
  const stem = key.slice(0, key.lastIndexOf('.') + 1);
  return stem !== '' && code.includes(`\`${stem}\${`);
}
