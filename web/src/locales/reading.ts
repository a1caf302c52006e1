/** Every text of every page, for the tests of words. */
import billingEn from './clinic/billing/en.json';
import billingEs from './clinic/billing/es.json';
import billingPt from './clinic/billing/pt.json';
import dashboardsEn from './clinic/dashboards/en.json';
import dashboardsEs from './clinic/dashboards/es.json';
import dashboardsPt from './clinic/dashboards/pt.json';
import { en, es, pt } from './clinic/every';
import externalEn from './clinic/external/en.json';
import externalEs from './clinic/external/es.json';
import externalPt from './clinic/external/pt.json';
import hospitalEn from './clinic/hospital/en.json';
import hospitalEs from './clinic/hospital/es.json';
import hospitalPt from './clinic/hospital/pt.json';
import pharmacyEn from './clinic/pharmacy/en.json';
import pharmacyEs from './clinic/pharmacy/es.json';
import pharmacyPt from './clinic/pharmacy/pt.json';
import triageEn from './clinic/triage/en.json';
import triageEs from './clinic/triage/es.json';
import triagePt from './clinic/triage/pt.json';
import { en as consentEn } from './consent/en';
import { es as consentEs } from './consent/es';
import { pt as consentPt } from './consent/pt';
import { en as patientEn } from './patient/en';
import { es as patientEs } from './patient/es';
import { pt as patientPt } from './patient/pt';
import { en as practitionerEn } from './practitioner/en';
import { es as practitionerEs } from './practitioner/es';
import { pt as practitionerPt } from './practitioner/pt';
import { en as verifyEn } from './verify/en';
import { es as verifyEs } from './verify/es';
import { pt as verifyPt } from './verify/pt';

export type LanguageOf = 'es' | 'pt' | 'en';
export type Tree = { readonly [key: string]: string | Tree };

/** The catalogues of each page. */
export const PAGES: Readonly<Record<string, Readonly<Record<LanguageOf, Tree>>>> = {
  clinic: { es, pt, en },
  patient: { es: patientEs, pt: patientPt, en: patientEn },
  practitioner: { es: practitionerEs, pt: practitionerPt, en: practitionerEn },
  consent: { es: consentEs, pt: consentPt, en: consentEn },
  external: { es: externalEs, pt: externalPt, en: externalEn },
  billing: { es: billingEs, pt: billingPt, en: billingEn },
  hospital: { es: hospitalEs, pt: hospitalPt, en: hospitalEn },
  dashboards: { es: dashboardsEs, pt: dashboardsPt, en: dashboardsEn },
  pharmacy: { es: pharmacyEs, pt: pharmacyPt, en: pharmacyEn },
  triage: { es: triageEs, pt: triagePt, en: triageEn },
  verify: { es: verifyEs, pt: verifyPt, en: verifyEn },
};

/** The texts below a branch by their dotted keys. */
export function leaves(tree: Tree, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...leaves(value, `${prefix}${key}.`)],
    ),
  );
}

/** The texts of all pages in a language, by the page's name and their key. */
export function texts(language: LanguageOf): Map<string, string> {
  return new Map(Object.entries(PAGES).flatMap(([page, of]) => [...leaves(of[language], `${page}.`)]));
}
