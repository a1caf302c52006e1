import { numbersLocale } from '../language/i18n';

/** Places of the minor unit of every currency that has one; a price of one unit may have more. */
const MOST_CENTS = 2;

/** An amount as the page's language writes it. The decimal text is never made a binary fraction. */
export function amountText(amount: string, currency: string): string {
  const places = amount.split('.')[1]?.length ?? 0;
  const format = new Intl.NumberFormat(numbersLocale(), {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    minimumFractionDigits: Math.min(places, MOST_CENTS),
    maximumFractionDigits: places,
  });
  // Text is exact where NumberFormat takes it (ES2023); an older browser reads it as a number, which shows sums.
  return format.format(amount as unknown as number);
}

const PRICE = /^(0|[1-9][0-9]{0,9})(\.[0-9]{1,4})?$/;

/** What was typed as a price, with a decimal point; nothing for what is none. */
export function priceOf(typed: string): string | undefined {
  const plain = typed.trim().replace(',', '.');
  return PRICE.test(plain) ? plain : undefined;
}
