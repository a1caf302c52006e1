import 'dayjs/locale/es';
import 'dayjs/locale/pt-br';
import dayjs from 'dayjs';
import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import { dateLocale, decimalSign, numberLocale, overlayOf, rememberCountry } from './country';
import { PARTS, type Part, type Texts } from './parts';
import {
  AREAS,
  firstLanguage,
  isLanguage,
  LANGUAGES,
  rememberLanguage,
  type Area,
  type BillingTexts,
  type HospitalTexts,
  type DashboardTexts,
  type Language,
  type PharmacyTexts,
  type TriageTexts,
} from './texts';

export { isLanguage, LANGUAGES, type Language } from './texts';
export { currentCountry, firstWeekday } from './country';
/** Each in itself, so that it is recognised whatever the page's language is. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { es: 'Español', pt: 'Português', en: 'English' };
const DAYJS: Readonly<Record<Language, string>> = { es: 'es', pt: 'pt-br', en: 'en' };

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'clinic';
    resources: {
      clinic: Texts;
      dashboards: DashboardTexts;
      billing: BillingTexts;
      hospital: HospitalTexts;
      pharmacy: PharmacyTexts;
      triage: TriageTexts;
    };
  }
}

export function currentLanguage(): Language {
  return isLanguage(i18n.language) ? i18n.language : 'es';
}

/** For Intl: numbers and units as language and country write them. */
export function numbersLocale(): string {
  return numberLocale(i18n.language);
}

/** For Intl: dates and names. */
export function datesLocale(): string {
  return dateLocale(i18n.language);
}

/** What stands before decimals in what is shown and typed. */
export function decimal(): string {
  return decimalSign(i18n.language);
}

const opened = new Set<Area>();

async function loadArea(area: Area, language: Language): Promise<void> {
  if (!i18n.hasResourceBundle(language, area)) i18n.addResourceBundle(language, area, await AREAS[area][language]());
}

/** Parts of the clinic's own texts that some page has asked for. */
const asked = new Set<Part>();

/** Fetches the texts that a page shows. */
export async function openTexts(...parts: readonly Part[]): Promise<void> {
  parts.forEach((part) => asked.add(part));
  for (let language; language !== currentLanguage();) {
    language = currentLanguage();
    await read(language, parts);
  }
}

/** A page that is being fetched, once the texts that it shows are here, too. */
export async function withTexts<T>(fetched: Promise<T>, ...parts: readonly Part[]): Promise<T> {
  const [page] = await Promise.all([fetched, openTexts(...parts)]);
  return page;
}

/** Fetches the texts of an area that most people never open, with its first page. */
export async function openArea(area: Area): Promise<void> {
  opened.add(area);
  await loadArea(area, currentLanguage());
}

export async function chooseLanguage(language: Language): Promise<void> {
  // A page that opens meanwhile asks for more.
  for (let parts = -1; parts !== asked.size;) {
    parts = asked.size;
    await read(language, asked);
  }
  await Promise.all([...opened].map((area) => loadArea(area, language)));
  rememberLanguage(language);
  await i18n.changeLanguage(language);
}

/** The institution is in this country: its words and numbers from now on, without a reload. */
export async function chooseCountry(code: string | null): Promise<void> {
  rememberCountry(code ?? undefined);
  const shown = currentLanguage();
  for (const language of LANGUAGES) if (language !== shown) i18n.removeResourceBundle(language, 'clinic');
  here.clear();
  await read(shown, asked);
  await i18n.changeLanguage(shown); // whatever stands on the page is written again
}

/** What has been read, as part and language. */
const here = new Set<string>();

/** Parts of a language's texts with the country's words over them. */
async function read(language: Language, parts: Iterable<Part>): Promise<void> {
  const missing = [...parts].filter((part) => !here.has(`${part} ${language}`));
  if (missing.length === 0) return;
  const [over, ...texts] = await Promise.all([overlayOf(language), ...missing.map((part) => PARTS[part][language]())]);
  for (const each of texts) i18n.addResourceBundle(language, 'clinic', each, true, true);
  for (const [key, text] of Object.entries(over)) i18n.addResource(language, 'clinic', key, text);
  missing.forEach((part) => here.add(`${part} ${language}`));
}

function follow(language: string): void {
  document.documentElement.lang = language;
  dayjs.locale(DAYJS[isLanguage(language) ? language : 'es']);
}

i18n.on('languageChanged', follow);
const first = firstLanguage();
void i18n.use(initReactI18next).init({
  lng: first,
  fallbackLng: false,
  defaultNS: 'clinic',
  resources: {},
  interpolation: { escapeValue: false }, // React escapes
});

await openTexts('door');

export default i18n;
