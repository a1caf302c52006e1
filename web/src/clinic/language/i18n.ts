import 'dayjs/locale/es';
import 'dayjs/locale/pt-br';
import dayjs from 'dayjs';
import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import {
  AREAS,
  firstLanguage,
  isLanguage,
  rememberLanguage,
  textsOf,
  type Area,
  type Language,
  type PharmacyTexts,
  type Texts,
} from './texts';

export { isLanguage, LANGUAGES, type Language } from './texts';
/** Each in itself, so that it is recognised whatever the page's language is. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { es: 'Español', pt: 'Português', en: 'English' };
/** For Intl: dates, numbers and units. */
export const LOCALES: Readonly<Record<Language, string>> = { es: 'es-PE', pt: 'pt-BR', en: 'en-GB' };
const DAYJS: Readonly<Record<Language, string>> = { es: 'es', pt: 'pt-br', en: 'en' };

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'clinic';
    resources: { clinic: Texts; pharmacy: PharmacyTexts };
  }
}

export function currentLanguage(): Language {
  return isLanguage(i18n.language) ? i18n.language : 'es';
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
  if (!i18n.hasResourceBundle(language, 'clinic')) {
    i18n.addResourceBundle(language, 'clinic', await textsOf(language));
  }
  await Promise.all([...opened].map((area) => loadArea(area, language)));
  rememberLanguage(language);
  await i18n.changeLanguage(language);
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
  resources: { [first]: { clinic: await textsOf(first) } },
  interpolation: { escapeValue: false }, // React escapes
});

export default i18n;
