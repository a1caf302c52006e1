/** The texts around a consent; fetched when one is asked for or withdrawn. */
import type { Language } from '../patient';
import { en } from './en';
import { es, type Catalogue, type Key } from './es';
import { pt } from './pt';

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { es, pt, en };

export type { Key } from './es';
export type Translate = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

export function translator(language: Language): Translate {
  return (key, values = {}) =>
    CATALOGUES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
