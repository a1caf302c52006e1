/**
 * Numbers as people type them, with the comma or the point of whichever country they learnt in:
 * `36,5`, `36.5`, `1.234,5`, `1 234.5`. One that may be read in two ways is asked about.
 */
import type { TFunction } from 'i18next';
import { decimal, numbersLocale } from './i18n';

interface Reading {
  /** What was typed, where it has one meaning. */
  readonly value?: number;
  /** The two that it may mean: with the sign as a mark of thousands, and as that of decimals. */
  readonly either?: readonly [whole: number, fraction: number];
}

const WHOLE = /^\d{1,7}$/;
const SPACED = /^\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,6})?$/;
const ONE_SIGN = /^(\d{1,7})([.,])(\d{1,6})$/;
const GROUPS = /^\d{1,3}([.,])\d{3}(?:\1\d{3})+$/;
const BOTH_SIGNS = /^\d{1,3}(?:\.\d{3})+,\d{1,6}$|^\d{1,3}(?:,\d{3})+\.\d{1,6}$/;

/** Reads a number without a minus. The country's own decimal sign always is one. */
export function readNumber(text: string): Reading {
  const typed = text.trim();
  if (WHOLE.test(typed)) return { value: Number(typed) };
  if (SPACED.test(typed)) return { value: Number(typed.replace(/\s/g, '').replace(',', '.')) };
  if (GROUPS.test(typed)) return { value: Number(typed.replace(/[.,]/g, '')) };
  if (BOTH_SIGNS.test(typed)) {
    const thousands = typed.lastIndexOf('.') < typed.lastIndexOf(',') ? '.' : ',';
    return { value: Number(typed.replaceAll(thousands, '').replace(',', '.')) };
  }
  const [, whole = '', sign = '', part = ''] = ONE_SIGN.exec(typed) ?? [];
  if (whole === '') return {};
  const fraction = Number(`${whole}.${part}`);
  const grouped = part.length === 3 && whole.length <= 3 && !whole.startsWith('0') && sign !== decimal();
  return grouped ? { either: [Number(whole + part), fraction] } : { value: fraction };
}

/** The number that was typed; undefined when it is none, or may be two. */
export function parseFigure(text: string): number | undefined {
  return readNumber(text).value;
}

/** What to ask of somebody whose text is no number, or may be two; undefined when it is in order. */
export function numberFault(text: string, t: TFunction): string | undefined {
  const { value, either } = readNumber(text);
  if (value !== undefined) return undefined;
  if (either === undefined) return t('number.none', { example: (36.5).toLocaleString(numbersLocale()) });
  return t('number.either', { whole: either[0], fraction: typedNumber(either[1]), sign: decimal() });
}

/** A number as somebody would type it: every digit, the country's sign, no marks of thousands. */
export function typedNumber(value: number): string {
  return String(value).replace('.', decimal());
}
