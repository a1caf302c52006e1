import { expect, test } from 'vitest';
import { freeName } from './favourites';

test('a second favourite of a thing has a number, within the longest name', () => {
  expect(freeName('Enalapril 10 mg', [])).toBe('Enalapril 10 mg');
  expect(freeName('Enalapril 10 mg', ['enalapril 10 mg', 'Enalapril 10 mg (2)'])).toBe('Enalapril 10 mg (3)');
  expect(freeName('abcdef', ['abcdef'], 6)).toBe('ab (2)');
});
