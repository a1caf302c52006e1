import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { en } from './clinic/en';
import { es } from './clinic/es';
import pharmacyEn from './clinic/pharmacy/en.json';
import pharmacyEs from './clinic/pharmacy/es.json';
import pharmacyPt from './clinic/pharmacy/pt.json';
import { pt } from './clinic/pt';
import { en as patientEn } from './patient/en';
import { es as patientEs } from './patient/es';
import { pt as patientPt } from './patient/pt';
import { en as practitionerEn } from './practitioner/en';
import { es as practitionerEs } from './practitioner/es';
import { pt as practitionerPt } from './practitioner/pt';
import { en as verifyEn } from './verify/en';
import { es as verifyEs } from './verify/es';
import { pt as verifyPt } from './verify/pt';

type Tree = { readonly [key: string]: string | Tree };

function leaves(tree: Tree, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...leaves(value, `${prefix}${key}.`)],
    ),
  );
}

function sources(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

const placeholders = (text: string) => (text.match(/\{+\w+\}+/g) ?? []).sort();

const catalogues = {
  clinic: { es: leaves(es), pt: leaves(pt), en: leaves(en), code: sources('src/clinic') },
  patient: {
    es: leaves(patientEs),
    pt: leaves(patientPt),
    en: leaves(patientEn),
    code: sources('src/patient'),
  },
  practitioner: {
    es: leaves(practitionerEs),
    pt: leaves(practitionerPt),
    en: leaves(practitionerEn),
    code: sources('src/patient/practitioner'),
  },
  pharmacy: {
    es: leaves(pharmacyEs),
    pt: leaves(pharmacyPt),
    en: leaves(pharmacyEn),
    code: sources('src/clinic/pharmacy'),
  },
  verify: { es: leaves(verifyEs), pt: leaves(verifyPt), en: leaves(verifyEn), code: sources('src/verify') },
};

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
    });
  },
);

/** The key itself, or a template literal such as `common.${scheme}` that may make it. */
function mentions(code: string, key: string): boolean {
  const plural = key.replace(/_(zero|one|other|many)$/, '');
  if (code.includes(`'${plural}'`) || code.includes(`"${plural}"`)) return true;
  const stem = key.slice(0, key.lastIndexOf('.') + 1);
  return stem !== '' && code.includes(`\`${stem}\${`);
}
