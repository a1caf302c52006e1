/** Which of our languages this person reads, and its texts, fetched when first asked for. */
import { inBrowser } from '../../common/kept';
import type billing from '../../locales/clinic/billing/es.json';
import type dashboards from '../../locales/clinic/dashboards/es.json';
import type external from '../../locales/clinic/external/es.json';
import type hospital from '../../locales/clinic/hospital/es.json';
import type pharmacy from '../../locales/clinic/pharmacy/es.json';
import type triage from '../../locales/clinic/triage/es.json';

export const LANGUAGES = ['es', 'pt', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export type BillingTexts = typeof billing;
export type HospitalTexts = typeof hospital;
export type PharmacyTexts = typeof pharmacy;
export type ExternalTexts = typeof external;
export type TriageTexts = typeof triage;
export type DashboardTexts = typeof dashboards;

const CHOSEN = 'telesalud.language';

/** Texts of their own for areas that most people never open: no first load carries them. */
export const AREAS = {
  external: {
    es: async (): Promise<ExternalTexts> => (await import('../../locales/clinic/external/es.json')).default,
    pt: async (): Promise<ExternalTexts> => (await import('../../locales/clinic/external/pt.json')).default,
    en: async (): Promise<ExternalTexts> => (await import('../../locales/clinic/external/en.json')).default,
  },
  billing: {
    es: async (): Promise<BillingTexts> => (await import('../../locales/clinic/billing/es.json')).default,
    pt: async (): Promise<BillingTexts> => (await import('../../locales/clinic/billing/pt.json')).default,
    en: async (): Promise<BillingTexts> => (await import('../../locales/clinic/billing/en.json')).default,
  },
  hospital: {
    es: async (): Promise<HospitalTexts> => (await import('../../locales/clinic/hospital/es.json')).default,
    pt: async (): Promise<HospitalTexts> => (await import('../../locales/clinic/hospital/pt.json')).default,
    en: async (): Promise<HospitalTexts> => (await import('../../locales/clinic/hospital/en.json')).default,
  },
  dashboards: {
    es: async (): Promise<DashboardTexts> => (await import('../../locales/clinic/dashboards/es.json')).default,
    pt: async (): Promise<DashboardTexts> => (await import('../../locales/clinic/dashboards/pt.json')).default,
    en: async (): Promise<DashboardTexts> => (await import('../../locales/clinic/dashboards/en.json')).default,
  },
  pharmacy: {
    es: async (): Promise<PharmacyTexts> => (await import('../../locales/clinic/pharmacy/es.json')).default,
    pt: async (): Promise<PharmacyTexts> => (await import('../../locales/clinic/pharmacy/pt.json')).default,
    en: async (): Promise<PharmacyTexts> => (await import('../../locales/clinic/pharmacy/en.json')).default,
  },
  triage: {
    es: async (): Promise<TriageTexts> => (await import('../../locales/clinic/triage/es.json')).default,
    pt: async (): Promise<TriageTexts> => (await import('../../locales/clinic/triage/pt.json')).default,
    en: async (): Promise<TriageTexts> => (await import('../../locales/clinic/triage/en.json')).default,
  },
} as const;
export type Area = keyof typeof AREAS;

export function isLanguage(text: string | null | undefined): text is Language {
  return LANGUAGES.some((language) => language === text);
}

/** The chosen one, else the first of the browser's that we speak, else Spanish. */
export function firstLanguage(): Language {
  const wanted = [inBrowser.get(CHOSEN), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.find(isLanguage) ?? 'es';
}

export function rememberLanguage(language: Language): void {
  inBrowser.set(CHOSEN, language);
}
