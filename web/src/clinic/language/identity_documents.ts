/** Identity documents in words: the types that the desk offers, by country. */
import type { TFunction } from 'i18next';
import type { components } from '../../api/patients';
import { currentLanguage, LOCALES } from './i18n';

type IdentityDocument = components['schemas']['IdentityDocument'];

/** Which documents the desk offers; the server checks each by its country's rules. */
export const DOCUMENTS = ['PE DNI', 'PE CE', 'BR CPF', 'EC CEDULA', 'CL RUT', 'CO CC', 'XX PASSPORT'] as const;

/** `PE DNI` is DNI (Perú); a passport has no country until it is known. */
export function documentName(country: string, type: string, t: TFunction): string {
  const name = nameOf(type, t);
  if (country === 'XX') return name;
  const countries = new Intl.DisplayNames([LOCALES[currentLanguage()]], { type: 'region' });
  return `${name} (${countries.of(country) ?? country})`;
}

/** A document as it stands beside a name. */
export function documentText({ type, number }: IdentityDocument, t: TFunction): string {
  return `${nameOf(type, t)} ${number}`;
}

function nameOf(type: string, t: TFunction): string {
  switch (type) {
    case 'PASSPORT':
    case 'CEDULA':
    case 'CE':
    case 'CC':
      return t(`identityDocument.${type}`);
    default:
      return type; // DNI, CPF and RUT are names of their own
  }
}
