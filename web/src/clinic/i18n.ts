import 'dayjs/locale/es';
import 'dayjs/locale/pt-br';
import dayjs from 'dayjs';
import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { es } from '../locales/clinic/es';

export const LANGUAGES = ['es', 'pt', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
/** Each in itself, so that it is recognised whatever the page's language is. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { es: 'Español', pt: 'Português', en: 'English' };
/** For Intl: dates, numbers and units. */
export const LOCALES: Readonly<Record<Language, string>> = { es: 'es-PE', pt: 'pt-BR', en: 'en-GB' };
const DAYJS: Readonly<Record<Language, string>> = { es: 'es', pt: 'pt-br', en: 'en' };
const CHOSEN = 'telesalud.language';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'clinic';
    resources: { clinic: Texts };
  }
}

type Texts = typeof es;

const CATALOGUES: Readonly<Record<Language, () => Promise<Texts>>> = {
  es: async () => (await import('../locales/clinic/es')).es,
  pt: async () => (await import('../locales/clinic/pt')).pt,
  en: async () => (await import('../locales/clinic/en')).en,
};

export function isLanguage(text: string | null | undefined): text is Language {
  return LANGUAGES.some((language) => language === text);
}

function initial(): Language {
  const wanted = [localStorage.getItem(CHOSEN), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.find(isLanguage) ?? 'es';
}

export function currentLanguage(): Language {
  return isLanguage(i18n.language) ? i18n.language : 'es';
}

export async function chooseLanguage(language: Language): Promise<void> {
  if (!i18n.hasResourceBundle(language, 'clinic')) {
    i18n.addResourceBundle(language, 'clinic', await CATALOGUES[language]());
  }
  localStorage.setItem(CHOSEN, language);
  await i18n.changeLanguage(language);
}

function follow(language: string): void {
  document.documentElement.lang = language;
  dayjs.locale(DAYJS[isLanguage(language) ? language : 'es']);
}

i18n.on('languageChanged', follow);
const first = initial();
void i18n.use(initReactI18next).init({
  lng: first,
  fallbackLng: false,
  defaultNS: 'clinic',
  resources: { [first]: { clinic: await CATALOGUES[first]() } },
  interpolation: { escapeValue: false }, // React escapes
});

export default i18n;
