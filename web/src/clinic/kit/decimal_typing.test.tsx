import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { chooseLanguage } from '../language/i18n';
import { DecimalField } from './decimal_field';
import { completeBrowser } from './testing';

let held: number | undefined;

function Held() {
  const [value, setValue] = useState<number>();
  held = value;
  return (
    <MantineProvider>
      <DecimalField label="Dosis" value={value} onChange={setValue} />
      <button onClick={() => setValue(7)}>siete</button>
    </MantineProvider>
  );
}

beforeAll(completeBrowser);
afterEach(cleanup);

test.each([
  ['es', '1,5', 1.5],
  ['es', '1.5', 1.5],
  ['pt', '1,5', 1.5],
  ['pt', '0.05', 0.05],
  ['en', '12,25', 12.25],
  ['en', '0,0625', 0.0625],
  ['es', '10', 10],
] as const)('in %s what is typed as %s is %d', async (language, typed, wanted) => {
  await chooseLanguage(language);
  render(<Held />);
  await userEvent.type(screen.getByLabelText('Dosis'), typed);
  expect(held).toBe(wanted);
});

test.each([
  ['es', '0,5', 0.5],
  ['es', '1.5', 1.5],
  ['pt', '0.5', 0.5],
  ['en', '1,5', 1.5],
] as const)('in %s what comes at once as %s is %d', async (language, given, wanted) => {
  await chooseLanguage(language);
  render(<Held />);
  fireEvent.change(screen.getByLabelText('Dosis'), { target: { value: given } });
  expect(held).toBe(wanted);
});

test('what is set from elsewhere is shown, and an emptied field holds nothing', async () => {
  await chooseLanguage('es');
  render(<Held />);
  const field = screen.getByLabelText<HTMLInputElement>('Dosis');
  await userEvent.type(field, '1,5');
  await userEvent.click(screen.getByText('siete'));
  expect(field.value).toBe('7');
  await userEvent.clear(field);
  expect(held).toBeUndefined();
});
