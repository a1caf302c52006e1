import 'dayjs/locale/es';
import 'dayjs/locale/pt-br';
import dayjs from 'dayjs';
import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import { dateLocale, decimalSign, numberLocale, overlayOf, rememberCountry } from './country';
import {
  AREAS,
  firstLanguage,
  isLanguage,
  LANGUAGES,
  rememberLanguage,
  textsOf,
  type Area,
  type DashboardTexts,
  type Language,
  type PharmacyTexts,
  type Texts,
} from './texts';

export { isLanguage, LANGUAGES, type Language } from './texts';
export { currentCountry, firstWeekday } from './country';
/** Each in itself, so that it is recognised whatever the page's language is. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { es: 'Español', pt: 'Português', en: 'English' };
const DAYJS: Readonly<Record<Language, string>> = { es: 'es', pt: 'pt-br', en: 'en' };

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'clinic';
    resources: { clinic: Texts; dashboards: DashboardTexts; pharmacy: PharmacyTexts };
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

/** Fetches the texts of an area that most people never open, with its first page. */
export async function openArea(area: Area): Promise<void> {
  opened.add(area);
  await loadArea(area, currentLanguage());
}

export async function chooseLanguage(language: Language): Promise<void> {
  if (!i18n.hasResourceBundle(language, 'clinic')) await read(language);
  await Promise.all([...opened].map((area) => loadArea(area, language)));
  rememberLanguage(language);
  await i18n.changeLanguage(language);
}

/** The institution is in this country: its words and numbers from now on, without a reload. */
export async function chooseCountry(code: string | null): Promise<void> {
  rememberCountry(code ?? undefined);
  const shown = currentLanguage();
  for (const language of LANGUAGES) if (language !== shown) i18n.removeResourceBundle(language, 'clinic');
  await read(shown);
  await i18n.changeLanguage(shown); // whatever stands on the page is written again
}

/** A language's texts with the country's words over them. */
async function read(language: Language): Promise<void> {
  const [texts, over] = await Promise.all([textsOf(language), overlayOf(language)]);
  i18n.addResourceBundle(language, 'clinic', texts, true, true);
  for (const [key, text] of Object.entries(over)) i18n.addResource(language, 'clinic', key, text);
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

await read(first);

export default i18n;
