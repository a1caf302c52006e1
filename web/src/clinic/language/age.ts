/** Ages, by the same rule as the server: who was born on a day that a month lacks ages on its last. */
import type { TFunction } from 'i18next';
import { HERE, today } from './zone';

export interface Age {
  readonly years: number;
  readonly months: number;
  readonly days: number;
}

/** Completed years, months in all, and days in all on a day; both `YYYY-MM-DD`. */
export function age(birthDate: string, on: string = today(HERE)): Age {
  const [year = 0, month = 1, day = 1] = birthDate.split('-').map(Number);
  const [thatYear = 0, thatMonth = 1, thatDay = 1] = on.split('-').map(Number);
  const lastDay = new Date(Date.UTC(thatYear, thatMonth, 0)).getUTCDate();
  const begun = (thatYear - year) * 12 + thatMonth - month;
  const months = thatDay < Math.min(day, lastDay) ? begun - 1 : begun;
  const days = Math.round((Date.UTC(thatYear, thatMonth - 1, thatDay) - Date.UTC(year, month - 1, day)) / 86_400_000);
  return { years: Math.floor(months / 12), months, days };
}

interface Person {
  readonly birth_date: string;
  readonly birth_date_estimated?: boolean;
  readonly birth_date_precision?: 'year' | 'month' | null;
  readonly deceased_on?: string | null;
}

/** The birth date as far as it is known: `1980`, `1980-03` or the whole date. */
export function birthDate({ birth_date, birth_date_precision: precision }: Person): string {
  if (precision === 'year') return birth_date.slice(0, 4);
  return precision === 'month' ? birth_date.slice(0, 7) : birth_date;
}

/** The age as it is said: years, of infants months, of newborns days; of the dead, that at death. */
export function ageText(person: Person, t: TFunction): string {
  const died = person.deceased_on ?? undefined;
  const { years, months, days } = age(person.birth_date, died);
  if (days < 0) return '';
  let said = t('age.days', { count: days });
  if (months >= 1) said = t('age.months', { count: months });
  if (years >= 2) said = t('age.years', { count: years });
  if (person.birth_date_estimated) said = t('age.estimated', { age: said });
  return died === undefined ? said : t('age.atDeath', { age: said });
}
