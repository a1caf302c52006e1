import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Diagnosis } from '../../data/chart/entries';
import { completeBrowser } from '../../kit/testing';
import { chooseLanguage } from '../../language/i18n';
import { DiagnosisPicker } from './picker';

const entry = (code: string, title: string, language = 'es') => ({
  code,
  title,
  language,
  entity_uri: `http://id.who.int/icd/entity/${code}`,
  linearization_uri: `http://id.who.int/icd/release/11/mms/${code}`,
  status: 'active',
  withdrawn_in: null,
});
const FOUND = [entry('BA00', 'Hipertensión esencial'), entry('BA01', 'Hypertensive heart disease', 'en')];

let asked: string[];
let release: boolean;
let chosen: readonly Diagnosis[];

interface Query {
  readonly text?: string;
  readonly code?: string;
}

/** The terminology's operations, as the API's client answers. */
vi.mock('../../data/server/client', async (original) => ({
  ...(await original<object>()),
  patients: {
    GET: async (path: string, { params }: { readonly params: { readonly query: Query } }) => {
      asked.push(params.query.text ?? params.query.code ?? '');
      if (!release)
        return { error: { type: 'urn:telesalud:problem:no-terminology' }, response: new Response('', { status: 503 }) };
      const data = path.endsWith('cluster') ? checked(params.query.code ?? '') : searched(params.query.text ?? '');
      return { data, response: new Response('{}') };
    },
  },
}));

function searched(text: string) {
  return { items: text.startsWith('hip') ? FOUND : [], release: '2025-01', attribution: 'ICD-11 MMS' };
}

function checked(code: string) {
  const codes = code.split(/[&/]/).map((one) =>
    one === 'XS25'
      ? {
          code: one,
          title: 'Grave',
          entity_uri: 'http://id.who.int/icd/entity/XS25',
          status: 'active',
          warning: null,
        }
      : { code: one, title: null, entity_uri: '', status: 'unknown', warning: 'not in the release' },
  );
  return { code, codes, release: '2025-01' };
}

function Field() {
  const [value, setValue] = useState<readonly Diagnosis[]>([]);
  chosen = value;
  return <DiagnosisPicker label="Diagnósticos" value={value} onChange={setValue} />;
}

async function open() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <MantineProvider>
      <QueryClientProvider client={client}>
        <Field />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { user: userEvent.setup(), box: screen.getByRole('combobox') };
}

beforeEach(async () => {
  asked = [];
  release = true;
  completeBrowser();
  await chooseLanguage('es');
});
afterEach(cleanup);

test('arrows and Enter choose, with code, title and address, in the language of the screen', async () => {
  const { user, box } = await open();
  await user.type(box, 'hipert');
  expect(await screen.findByRole('option', { name: /BA00 Hipertensión esencial/ })).toBeTruthy();
  expect(screen.getByRole('option', { name: /BA01.*en$/ })).toBeTruthy();
  await user.keyboard('{ArrowDown}');
  expect(box.getAttribute('aria-activedescendant')).toBe(screen.getByRole('option', { name: /BA01/ }).id);
  await user.keyboard('{ArrowDown}{Enter}');
  expect(chosen).toHaveLength(1);
  expect(chosen[0]).toMatchObject({ code: 'BA00', entity_uris: ['http://id.who.int/icd/entity/BA00'] });
  expect((box as HTMLInputElement).value).toBe('');
});

test('asks once when typing pauses, not for every letter', async () => {
  const { user, box } = await open();
  await user.type(box, 'hipertension');
  await screen.findByRole('option', { name: /BA00/ });
  expect(asked).toEqual(['hipertension']);
});

test('a code that the release does not know is offered with a warning and kept', async () => {
  const { user, box } = await open();
  await user.type(box, 'ZZ99');
  await user.click(await screen.findByRole('option', { name: /ZZ99 Sin verificar: ZZ99/ }));
  expect(chosen[0]).toMatchObject({ code: 'ZZ99', codes: [{ status: 'unknown' }] });
});

test('a chosen code and another one become a cluster', async () => {
  const { user, box } = await open();
  await user.type(box, 'hipert');
  await user.click(await screen.findByRole('option', { name: /BA00/ }));
  await user.click(screen.getByRole('button', { name: 'Combinar BA00 con otro código' }));
  await user.type(box, 'XS25');
  await user.click(await screen.findByRole('option', { name: /XS25 Grave/ }));
  expect(chosen.map(({ code }) => code)).toEqual(['BA00&XS25']);
  expect(chosen[0]?.codes.map(({ code }) => code)).toEqual(['BA00', 'XS25']);
});

test('without a release a typed code is kept unverified, and words say why nothing is found', async () => {
  release = false;
  const { user, box } = await open();
  await user.type(box, 'BA00');
  expect(await screen.findByText(/no está instalada/)).toBeTruthy();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(chosen[0]).toMatchObject({ code: 'BA00', codes: [{ status: 'unchecked' }] }));
});

test('Escape clears the search and takes nothing', async () => {
  const { user, box } = await open();
  await user.type(box, 'hipert');
  await screen.findByRole('option', { name: /BA00/ });
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('option')).toBeNull();
  expect(chosen).toEqual([]);
});
