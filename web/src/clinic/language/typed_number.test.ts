import { afterEach, describe, expect, test } from 'vitest';
import i18n, { chooseCountry, chooseLanguage } from './i18n';
import { numberFault, parseFigure, readNumber, typedNumber } from './typed_number';

afterEach(async () => {
  await chooseCountry(null);
  await chooseLanguage('es');
});

describe.each(['PE', 'AR', null])('in %s', (country) => {
  test.each([
    ['36,5', 36.5],
    ['36.5', 36.5],
    [' 120 ', 120],
    ['0,125', 0.125],
    ['0.125', 0.125],
    ['1.234,5', 1234.5],
    ['1,234.5', 1234.5],
    ['1 234,5', 1234.5],
    ['12\u00a0500', 12_500],
    ['1.234.567', 1_234_567],
    ['1,234,567', 1_234_567],
    ['1234,567', 1234.567],
    ['1234.5678', 1234.5678],
    ['', undefined],
    ['12/8', undefined],
    ['-3', undefined],
    ['1e3', undefined],
    ['1,2,3', undefined],
    ['1.23,456.7', undefined],
    ['1 23', undefined],
    ['12345678', undefined],
  ])('%j is read whichever sign somebody learnt', async (text, wanted) => {
    await chooseCountry(country);
    expect(parseFigure(text)).toBe(wanted);
  });
});

test('three digits behind the sign of another country may be thousands, and are asked about', async () => {
  await chooseCountry('AR');
  expect(readNumber('1.234')).toEqual({ either: [1234, 1.234] });
  expect(parseFigure('1,234')).toBe(1.234);
  await chooseCountry('PE');
  expect(readNumber('1,234')).toEqual({ either: [1234, 1.234] });
  expect(parseFigure('1.234')).toBe(1.234);
  expect(numberFault('1,234', i18n.t)).toBe(
    '¿Es 1234 o 1.234? Escríbalo sin signo de miles, con «.» para los decimales.',
  );
  await chooseLanguage('pt');
  expect(readNumber('1.234').either).toEqual([1234, 1.234]);
});

test('what is no number is told with an example as the country writes it', async () => {
  await chooseCountry('CO');
  expect(numberFault('alto', i18n.t)).toBe('Escriba un número, por ejemplo 36,5');
  await chooseCountry('MX');
  expect(numberFault('alto', i18n.t)).toBe('Escriba un número, por ejemplo 36.5');
});

test.each(['PE', 'AR'])('in %s a number that was written into a field is read as itself', async (country) => {
  await chooseCountry(country);
  for (const value of [0.125, 1.234, 36.5, 1234.567, 120, 7]) expect(parseFigure(typedNumber(value))).toBe(value);
});
