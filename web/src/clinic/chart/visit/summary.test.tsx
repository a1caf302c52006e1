import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Encounter } from '../../data/notes/notes';
import { completeBrowser } from '../../kit/testing';
import { chooseLanguage } from '../../language/i18n';
import { VisitSummary } from './summary';

const NOTHING = {
  problems: [],
  allergies: [],
  medications: [],
  immunizations: [],
  procedures: [],
  family_history: [],
  social_history: [],
  consents: [],
  vitals: [],
  forms: [],
  documents: [],
  withheld: 0,
};
const SIGNED = '2026-11-30T10:00:00Z';
const problem = (id: string, text: string, at: string) => ({
  id,
  text,
  version: 1,
  recorded_by: 'somebody',
  recorded_at: at,
  comment: '',
  sensitivity: [],
  diagnoses: [],
  status: 'active',
  verification: 'confirmed',
});

let contents: unknown;
let pages: readonly unknown[];

const refused = { error: { type: 'urn:telesalud:problem:unavailable' }, response: new Response('', { status: 503 }) };
const answer = (data: unknown) => ({ data, response: new Response('{}') });

vi.mock('../../data/server/client', async (original) => ({
  ...(await original<object>()),
  patients: { GET: async () => (contents === undefined ? refused : answer(contents)) },
  appointments: { GET: async () => answer({ items: [] }) },
  orders: {
    GET: async (
      path: string,
      { params }: { readonly params: { readonly query?: { readonly cursor: string | null } } },
    ) => {
      if (path !== '/orders/patients/{patient_id}' || pages.length === 0) return refused;
      const place = Number(params.query?.cursor ?? 0);
      return answer({ items: pages[place], cursor: place + 1 < pages.length ? String(place + 1) : null });
    },
  },
}));
vi.mock('../../data/session/session', () => ({
  useSession: () => ({ me: { id: 'me', roles: [], display_name: 'Yo' } }),
}));

function show() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const encounter = { id: 'e', patient: 'p', signatures: [{ role: 'author', at: SIGNED }] } as unknown as Encounter; // what the summary reads of it
  render(
    <MantineProvider>
      <QueryClientProvider client={client}>
        <MemoryRouter>
          <VisitSummary encounter={encounter} />
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

const paper = (id: string, title: string) => ({
  kind: 'referral',
  id,
  status: 'active',
  title,
  at: SIGNED,
  encounter: 'e',
});

beforeAll(completeBrowser);
beforeEach(async () => {
  await chooseLanguage('es');
  contents = NOTHING;
  pages = [[]];
});
afterEach(cleanup);

test('all pages of what was ordered are shown', async () => {
  pages = [[paper('1', 'Cardiología')], [], [paper('2', 'Nefrología')]];
  show();
  expect(await screen.findByText('Cardiología')).toBeDefined();
  expect(screen.getByText('Nefrología')).toBeDefined();
});

test('what cannot be read is said, and is not shown as nothing', async () => {
  pages = [];
  show();
  expect(await screen.findByText(/No se pudieron leer las recetas/)).toBeDefined();
  expect(screen.queryByText(/Aún no se registró/)).toBeNull();
});

test('nothing is said to be nothing only when both parts were read', async () => {
  show();
  expect(await screen.findByText(/Aún no se registró/)).toBeDefined();
});

test('what was recorded after the signature says so', async () => {
  contents = {
    ...NOTHING,
    problems: [problem('1', 'Tos', '2026-11-30T09:00:00Z'), problem('2', 'Asma', '2026-11-30T11:00:00Z')],
  };
  show();
  expect(await screen.findByText('Asma')).toBeDefined();
  expect(screen.getAllByText(/Después de la firma/)).toHaveLength(1);
});
