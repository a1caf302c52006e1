import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { chooseCountry, chooseLanguage } from '../language/i18n';
import { DecimalField } from './decimal_field';
import { completeBrowser } from './testing';

let last: number | undefined;

function Host({ first }: { readonly first: number | undefined }) {
  const [value, setValue] = useState(first);
  last = value;
  return <DecimalField label="Dosis" value={value} most={5000} onChange={setValue} />;
}

function show(first?: number): HTMLInputElement {
  render(
    <MantineProvider>
      <Host first={first} />
    </MantineProvider>,
  );
  return screen.getByLabelText('Dosis');
}

const type = (input: HTMLInputElement, value: string) => fireEvent.change(input, { target: { value } });

beforeAll(completeBrowser);
beforeEach(() => chooseLanguage('es'));
afterEach(async () => {
  cleanup();
  await chooseCountry(null);
});

test('reads the comma where the country writes a point', async () => {
  await chooseCountry('PE');
  const input = show();
  type(input, '0,5');
  expect(last).toBe(0.5);
  expect(input.value).toBe('0,5');
});

test('has no number while one may be two, and asks', async () => {
  await chooseCountry('AR');
  const input = show();
  type(input, '1.000');
  expect(last).toBeUndefined();
  expect(screen.getByText(/¿Es 1000 o 1\?/)).toBeTruthy();
  type(input, '1000');
  expect(last).toBe(1000);
  expect(screen.queryByText(/¿Es/)).toBeNull();
});

test('shows what is kept with the country’s sign, and refuses what is out of range', async () => {
  await chooseCountry('CO');
  const input = show(12.5);
  expect(input.value).toBe('12,5');
  type(input, '6000');
  expect(last).toBeUndefined();
  expect(input.getAttribute('aria-invalid')).toBe('true');
});
