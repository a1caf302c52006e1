/**
 * How the institution's country says things: words over the language's, numbers, the first day of
 * a week. The server tells the country; this browser remembers it for the next start.
 */
import { isLanguage, type Language } from './texts';

const REMEMBERED = 'telesalud.country';

/** Words of a country over the Spanish ones, by their keys; where it has none the language's stand. */
const OVERLAYS: Readonly<Record<string, () => Promise<Overlay>>> = {
  AR: async () => (await import('../../locales/clinic/countries/AR.json')).default,
  CL: async () => (await import('../../locales/clinic/countries/CL.json')).default,
  CO: async () => (await import('../../locales/clinic/countries/CO.json')).default,
  MX: async () => (await import('../../locales/clinic/countries/MX.json')).default,
  PE: async () => (await import('../../locales/clinic/countries/PE.json')).default,
  PY: async () => (await import('../../locales/clinic/countries/PY.json')).default,
};
type Overlay = Readonly<Partial<Record<Language, Readonly<Record<string, string>>>>>;

/** For Intl: dates, numbers and units of a language wherever it is spoken. */
const LOCALES: Readonly<Record<Language, string>> = { es: 'es-419', pt: 'pt-BR', en: 'en-GB' };
/** Weeks begin on Sunday here (Unicode CLDR, weekData); elsewhere on Monday, as in ISO 8601. */
const SUNDAY = ['BR', 'CO', 'DO', 'GT', 'HN', 'MX', 'NI', 'PA', 'PE', 'PR', 'PY', 'SV', 'VE'];
/** Write the month first in numbers, which nobody here may read a date by. */
const MONTH_FIRST = ['PA', 'PR'];

let country = remembered();

function remembered(): string | undefined {
  const kept = localStorage.getItem(REMEMBERED);
  return kept !== null && /^[A-Z]{2}$/.test(kept) ? kept : undefined;
}

/** ISO 3166-1 alpha-2; undefined until an institution has named its country. */
export function currentCountry(): string | undefined {
  return country;
}

export function rememberCountry(code: string | undefined): void {
  country = code !== undefined && /^[A-Z]{2}$/.test(code) ? code : undefined;
  if (country === undefined) localStorage.removeItem(REMEMBERED);
  else localStorage.setItem(REMEMBERED, country);
}

/** The country's words in a language. */
export async function overlayOf(language: Language): Promise<Readonly<Record<string, string>>> {
  const load = country === undefined ? undefined : OVERLAYS[country];
  return (await load?.())?.[language] ?? {};
}

/** For numbers: Spanish has its decimal sign from the country, Portuguese and English keep theirs. */
export function numberLocale(language: string): string {
  if (language === 'es' && country !== undefined) return `es-${country}`;
  return LOCALES[isLanguage(language) ? language : 'es'];
}

/** For dates, which all write with the day first. */
export function dateLocale(language: string): string {
  return country !== undefined && MONTH_FIRST.includes(country)
    ? LOCALES[isLanguage(language) ? language : 'es']
    : numberLocale(language);
}

/** The decimal sign of what is shown and typed. */
export function decimalSign(language: string): string {
  return (1.1).toLocaleString(numberLocale(language)).charAt(1);
}

/** 0 is Sunday. */
export function firstWeekday(): 0 | 1 {
  return country !== undefined && SUNDAY.includes(country) ? 0 : 1;
}
