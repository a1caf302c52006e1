import { es, type Catalogue, type Key } from './es';

export type { Key } from './es';
/** Texts that stand over those of the language. */
export type Words = Partial<Catalogue>;

export const LANGUAGES = ['es', 'pt', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  es: 'Español',
  pt: 'Português',
  en: 'English',
};
const LOCALES: Readonly<Record<Language, string>> = { es: 'es-419', pt: 'pt-BR', en: 'en-GB' };
/** Catalogues that are here: the commonest comes with the page, another is fetched by who reads it. */
const here: Partial<Record<Language, Catalogue>> & { readonly es: Catalogue } = { es };
const FETCHED: Readonly<Record<Exclude<Language, 'es'>, () => Promise<Catalogue>>> = {
  pt: async () => (await import('./pt')).pt,
  en: async () => (await import('./en')).en,
};

export function hasTexts(language: Language): boolean {
  return here[language] !== undefined;
}

export async function fetchTexts(language: Language): Promise<void> {
  if (language !== 'es') here[language] ??= await FETCHED[language]();
}

export type Translate = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

export function isLanguage(text: string): text is Language {
  return (LANGUAGES as readonly string[]).includes(text);
}

/** The first of the browser's languages that we speak, else Spanish. */
export function browserLanguage(): Language {
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find(isLanguage) ?? 'es';
}

/** What the country of the consult says otherwise; most say nothing, and nothing is fetched for them. */
export async function wordsOf(country: string | null | undefined): Promise<Words> {
  if (!['AR', 'CL', 'PY'].includes(country ?? '')) return {};
  return (await import('./countries')).COUNTRIES[country ?? ''] ?? {};
}

/** Spanish where the language's texts are not here. */
export function translator(language: Language, over: Words = {}): Translate {
  return (key, values = {}) =>
    ((language === 'es' ? over[key] : undefined) ?? (here[language] ?? here.es)[key]).replace(
      /\{(\w+)\}/g,
      (_, name: string) => String(values[name] ?? ''),
    );
}

export function timeOf(language: Language, moment: string): string {
  return new Intl.DateTimeFormat(LOCALES[language], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(moment),
  );
}

export function dayAndTimeOf(language: Language, moment: string): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    hourCycle: 'h23',
    minute: '2-digit',
  }).format(new Date(moment));
}
