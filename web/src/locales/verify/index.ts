/** The texts of the public page that checks printed papers. */
import { en } from './en';
import { es, type Catalogue, type Key } from './es';
import { pt } from './pt';

export type { Key } from './es';

export const LANGUAGES = ['es', 'pt', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { es: 'Español', pt: 'Português', en: 'English' };
const LOCALES: Readonly<Record<Language, string>> = { es: 'es-419', pt: 'pt-BR', en: 'en-GB' };
const CATALOGUES: Readonly<Record<Language, Catalogue>> = { es, pt, en };

export type Translate = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

/** The first of the browser's languages that we speak, else Spanish. */
export function browserLanguage(): Language {
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.map((tag) => LANGUAGES.find((each) => each === tag)).find((each) => each !== undefined) ?? 'es';
}

/** For Intl: the language as the paper's country writes dates and numbers, as far as it is known. */
export function localeOf(language: Language, country: string | null | undefined): string {
  return language === 'es' && country != null && /^[A-Z]{2}$/.test(country) ? `es-${country}` : LOCALES[language];
}

export function translator(language: Language): Translate {
  return (key, values = {}) =>
    CATALOGUES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** A text with a number, in the form that the number asks for: `days_one`, `days_other`. */
export function counted(stem: 'days', count: number, language: Language, t: Translate): string {
  const key = `${stem}_${new Intl.PluralRules(language).select(count)}`;
  return t(isKey(key) ? key : `${stem}_other`, { count });
}

export function isKey(text: string): text is Key {
  return text in es;
}
