import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Problem, Unreachable } from '../../../common/problem';
import { completeBrowser } from '../../kit/testing';
import { theme } from '../../kit/theme';
import { chooseLanguage } from '../../language/i18n';
import { SitesPage } from './sites';

const SITE = {
  id: '01a2003b-1bed-7dff-9b48-a1c9f7bbcb74',
  version: 3,
  name: 'Sede Demostración',
  zone: 'America/Lima',
  address: null,
  phone: '+51 1 555 0100',
  holidays: [{ first: '2026-12-25', last: '2026-12-25', start: null, end: null, reason: 'Navidad' }],
  affected: [],
};
interface Sent {
  readonly params: { readonly header: Readonly<Record<string, string>> };
  readonly body: object;
}
const server = vi.hoisted(() => ({ PUT: vi.fn(), POST: vi.fn() }));

vi.mock('../../data/server/client', () => ({
  appointments: {
    GET: async (path: string) => ({ items: path.endsWith('/affected') ? [] : [SITE] }),
    ...server,
  },
  unwrap: (answer: Promise<unknown>) => answer,
  ifMatch: (version: number) => ({ 'If-Match': `"${version}"` }),
}));

function show(): void {
  render(
    <MantineProvider theme={theme}>
      <QueryClientProvider client={new QueryClient()}>
        <MemoryRouter>
          <SitesPage />
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

const sent = (call: number, to = server.PUT): Sent => to.mock.calls[call]?.[1] as Sent;
const save = () => fireEvent.click(screen.getByText('Save'));
const type = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 10_000 });

beforeAll(async () => {
  completeBrowser();
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = vi.fn();
      unobserve = vi.fn();
      disconnect = vi.fn();
    },
  );
  await chooseLanguage('en');
});
beforeEach(() => {
  server.PUT.mockReset();
  server.POST.mockReset();
});
afterEach(cleanup);

test('what an edit does not touch is written back: telephone and holidays', async () => {
  server.PUT.mockResolvedValue({ ...SITE, version: 4 });
  show();
  fireEvent.click(await screen.findByLabelText('Edit: Sede Demostración'));
  type(await screen.findByLabelText(/^Name/), 'Sede Demostración Norte');
  save();
  await waitFor(() => expect(server.PUT).toHaveBeenCalled());
  const { name, phone, holidays } = { ...SITE, name: 'Sede Demostración Norte' };
  expect(sent(0).body).toMatchObject({ name, phone, holidays });
  expect(sent(0).params.header).toEqual({ 'If-Match': '"3"' });
});

test('a refusal marks its field, loses nothing, and only an answer ends the request', async () => {
  const refusal = { errors: [{ pointer: '/name', code: 'string_too_long', detail: 'too long' }] };
  server.POST.mockRejectedValueOnce(new Unreachable())
    .mockRejectedValueOnce(new Problem(422, refusal))
    .mockResolvedValueOnce(SITE);
  show();
  fireEvent.click(await screen.findByText('New site'));
  const name = await screen.findByLabelText(/^Name/);
  type(name, 'Sede de la prueba');
  save();
  await screen.findByText(/What you typed is still here/);
  save();
  await screen.findByText('The value is too long or too large');
  expect(name.getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByDisplayValue('Sede de la prueba')).toBe(name);
  save();
  await waitFor(() => expect(server.POST).toHaveBeenCalledTimes(3));
  const keys = [0, 1, 2].map((call) => sent(call, server.POST).params.header['Idempotency-Key']);
  expect(keys[1]).toBe(keys[0]); // the lost request may have been done
  expect(keys[2]).not.toBe(keys[1]); // the refused one was not
});

test('a dialog’s head is no second banner of the page', async () => {
  show();
  fireEvent.click(await screen.findByText('New site'));
  await screen.findByLabelText(/^Name/);
  expect(document.querySelector('header')).toBeNull();
});
