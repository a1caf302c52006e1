import { describe, expect, it } from 'vitest';
import { age, ageText } from './age';
import i18n, { chooseLanguage } from './i18n';

describe('age', () => {
  it.each([
    ['2026-11-28', '2026-11-30', { years: 0, months: 0, days: 2 }],
    ['2024-02-29', '2025-02-28', { years: 1, months: 12, days: 365 }],
    ['2024-02-29', '2025-02-27', { years: 0, months: 11, days: 364 }],
    ['2026-01-31', '2026-02-28', { years: 0, months: 1, days: 28 }],
    ['1980-03-25', '2026-11-30', { years: 46, months: 560, days: 17_051 }],
    ['2026-12-01', '2026-11-30', { years: -1, months: -1, days: -1 }],
  ])('of somebody born on %s is the same on %s as the server says', (birth, on, expected) => {
    expect(age(birth, on)).toEqual(expected);
  });

  it('is that at death for the dead, and marked where the birth date is an estimate', async () => {
    await chooseLanguage('es');
    const person = { birth_date: '1940-01-01', birth_date_estimated: true, deceased_on: '2020-06-01' };
    expect(ageText(person, i18n.t)).toBe('≈ 80 años (fecha estimada), al fallecer');
    expect(ageText({ birth_date: '2020-05-30', deceased_on: '2020-06-01' }, i18n.t)).toBe('2 días, al fallecer');
  });
});
