/** What texts must not say, and which forms they must have, in each language. */
import { describe, expect, test } from 'vitest';
import { texts, type LanguageOf } from './reading';

const LANGUAGES = ['es', 'pt', 'en'] as const;

/** Words that were read for something else, or that another country does not use, with what is said instead. */
const BANNED: Readonly<Record<LanguageOf, readonly (readonly [RegExp, string])[]>> = {
  es: [
    [/\bvídeo/i, 'video'],
    [/\bsocios?\b/i, 'sistema asociado'],
    [/\bformularios?\b/i, 'lista de medicamentos, cuestionario'],
    [/\bsecretos?\b/i, 'clave secreta'],
    [/\bturnos?\b/i, 'cita, cupo'],
    [/\bcolegiatura/i, 'registro profesional'],
    [/^Cambiar (usuario|sede|profesional)/, 'Editar'],
    [/\b(retención legal|retenida)\b/i, 'conservación legal'],
    [/\b(aparece|cierra|cambia|actualiza|entrará|intenta|borran)( aquí)?( de nuevo)? sol[oa]s?\b/i, 'automáticamente'],
    [/\bcitad[oa]s?\b/i, 'agendada'],
    [/\b(vosotros|vuestr[oa]s?|tú|tus|vos)\b/i, 'usted'],
  ],
  pt: [
    [/\b(papel|papéis) (de acesso|obrigat|não abre|a exige)/i, 'perfil de acesso'],
    [/\b(cifr\w+)\b/i, 'criptografar'],
    [/\b(emend\w+|referend\w+)\b/i, 'retificar, coassinar'],
    [/\bsegredos?\b/i, 'chave secreta'],
    [/\bsozinh[oa]s?\b(?! e combine)/i, 'automaticamente'],
    [/\bobrigad[oa] pel[oa]/i, 'agradecemos'],
    [/\b(ecrã|utilizador|ficheiro|telemóvel|rato|consigo mesmo|registo)\b/i, 'o português do Brasil'],
    [/\b(tu|teu|tua|vós)\b/i, 'você'],
  ],
  en: [
    [/\b(he|him|his|she|her|hers)\b/i, 'they'],
    [/\b(broke the glass|take back|whole copy|fill a)\b/i, 'plain English'],
    [/\bcall(ed)? off\b/i, 'cancel'],
  ],
};

/** Forms that stand for a decision that the text should have made. */
const BRACKETED = /[a-záéíóúãõç]\((s|es|a|o|as|os)\)|\b\w+[oa]\/[oa]\b/;

describe.each(LANGUAGES)('in %s', (language) => {
  const all = [...texts(language)];

  test('no text has a word that was misread', () => {
    const found = all.flatMap(([key, text]) =>
      BANNED[language].filter(([word]) => word.test(text)).map(([, better]) => `${key}: ${text} → ${better}`),
    );
    expect(found).toEqual([]);
  });

  test('no text leaves number or gender to its reader', () => {
    expect(all.filter(([, text]) => BRACKETED.test(text))).toEqual([]);
  });

  test('percentages are written as the language writes them', () => {
    const wrong = language === 'es' ? /[\d}]%/ : /[\d}]\s%/;
    expect(all.filter(([, text]) => wrong.test(text))).toEqual([]);
  });

  test('what is counted has every plural form of the language', () => {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const known = new Map(all);
    const stems = new Set(
      all.map(([key]) => /^(.*)_(one|many|other)$/.exec(key)?.[1]).filter((stem) => stem !== undefined),
    );
    const missing = [...stems].flatMap((stem) =>
      categories.map((form) => `${stem}_${form}`).filter((key) => !known.has(key)),
    );
    expect(missing).toEqual([]);
  });

  test('a number stands before a noun only where its plural follows it', () => {
    const noun = /(?<![+{])\{+(count|items|entries|messages|files|seconds|days)\}+ (?!min\b|h\b|m\b|more\b)\p{L}{3,}/u;
    const bare = all.filter(([key, text]) => noun.test(text) && !/_(one|many|other)$/.test(key));
    expect(bare.map(([key]) => key).filter((key) => !ALWAYS_MANY.includes(key))).toEqual([]);
  });
});

/** Shown from two on, or a figure that is never one. */
const ALWAYS_MANY: readonly string[] = [
  'clinic.documents.versions',
  'clinic.encounter.versions',
  'clinic.orders.versions',
  'clinic.orders.reasonHint',
  'pharmacy.noMoreLines',
  'pharmacy.sheet.seenHelp',
  'clinic.vitals.chartOf',
  'clinic.vitals.growth.chartOf',
];
