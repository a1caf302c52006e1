/** Identity documents in words: the types that the desk offers, those of its own country first. */
import type { TFunction } from 'i18next';
import type { components } from '../../api/patients';
import { currentCountry } from './country';
import kinds from './documents.json';
import { datesLocale } from './i18n';

type IdentityDocument = components['schemas']['IdentityDocument'];

/** Kinds by country, the commonest first; the server checks each by its country's rules. */
const KINDS: Readonly<Record<string, readonly string[]>> = kinds;
const PASSPORT = 'XX PASSPORT';
/** Whose documents come first where nobody has named the institution's country. */
const UNNAMED = 'PE';

/** Which documents the desk offers, as `PE DNI`: all of the own country, a passport, then each country's first. */
export function documentsOffered(): readonly string[] {
  const own = currentCountry() ?? UNNAMED;
  const ours = KINDS[own] ?? [];
  const others = Object.entries(KINDS)
    .filter(([country]) => country !== own)
    .map(([country, [first = '']]) => `${country} ${first}`);
  return [...ours.map((kind) => `${own} ${kind}`), PASSPORT, ...others];
}

/** The document by whose number people are looked for: the own country's. */
export function usualDocument(): { readonly country: string; readonly type: string } | undefined {
  const country = currentCountry() ?? UNNAMED;
  const type = KINDS[country]?.[0];
  return type === undefined ? undefined : { country, type };
}

/** `PE DNI` is DNI (Perú); a passport has no country until it is known. */
export function documentName(country: string, type: string, t: TFunction): string {
  const name = nameOf(type, t);
  if (country === 'XX') return name;
  const countries = new Intl.DisplayNames([datesLocale()], { type: 'region' });
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
    case 'CI':
    case 'CE':
    case 'CC':
    case 'TI':
    case 'RC':
    case 'CN':
    case 'CNV':
      return t(`identityDocument.${type}`);
    default:
      return type; // DNI, CPF, CURP and RUN are names of their own
  }
}
