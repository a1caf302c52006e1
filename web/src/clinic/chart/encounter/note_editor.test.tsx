import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Problem, Unreachable } from '../../../common/problem';
import { Autosave, NOTHING, type Content, type Drafts, type Keeper, type Saved } from '../../data/notes/autosave';
import { completeBrowser } from '../../kit/testing';
import { chooseLanguage } from '../../language/i18n';
import { NoteEditor } from './note_editor';

vi.mock('../../data/chart/chart', () => ({ useNames: () => (account: string) => `Profesional ${account}` }));

const saved = (version: number, plan: string, author = 'uno'): Saved => ({
  note: 'note',
  version,
  content: { ...NOTHING, plan },
  at: '2026-11-21T10:00:00Z',
  author,
});
const drafts: Drafts = { keep: async () => true, drop: () => undefined };

let sent: Content[];
let save: Keeper['save'];
let newest: Saved;

function open(): Autosave {
  const keeper: Keeper = {
    begin: async (content) => ({ ...newest, content }),
    save: (base, content, autosave) => save(base, content, autosave),
    read: async () => newest,
  };
  const autosave = new Autosave(keeper, drafts, saved(1, 'Reposo'));
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <NoteEditor
          title="Nota"
          make={() => autosave}
          newest={null}
          register={() => undefined}
          onClosed={async () => undefined}
          previous={undefined}
        />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return autosave;
}

const plan = () => screen.getByLabelText<HTMLTextAreaElement>('Plan');

beforeEach(async () => {
  sent = [];
  newest = saved(1, 'Reposo');
  save = async (base, content) => {
    sent.push(content);
    newest = { ...base, version: base.version + 1, content };
    return newest;
  };
  completeBrowser();
  await chooseLanguage('es');
});
afterEach(cleanup);

test('says in words what has been saved and what has not', async () => {
  const user = userEvent.setup();
  const autosave = open();
  expect(screen.getByRole('status').textContent).toMatch(/^Guardado a las/);
  await user.type(plan(), ' y agua');
  expect(screen.getByRole('status').textContent).toBe('Sin guardar');
  await autosave.flush();
  expect(await screen.findByText(/^Guardado a las/)).toBeTruthy();
  expect(sent.map((content) => content.plan)).toEqual(['Reposo y agua']);
});

test('says that the text is kept here while the network is away', async () => {
  save = async () => {
    throw new Unreachable();
  };
  const user = userEvent.setup();
  const autosave = open();
  await user.type(plan(), '.');
  await autosave.flush();
  expect(await screen.findByText(/queda en este equipo/)).toBeTruthy();
});

test('shows both texts of a conflict, who wrote the other, and joins them on request', async () => {
  const user = userEvent.setup();
  const autosave = open();
  const ours = save;
  save = async () => {
    newest = saved(2, 'Ejercicio', 'dos');
    save = ours;
    throw new Problem(412, {});
  };
  await user.type(plan(), ' y agua');
  await autosave.flush();
  expect(await screen.findByText(/Profesional dos guardó/)).toBeTruthy();
  expect(within(screen.getByRole('region', { name: 'El texto guardado' })).getByText('Ejercicio')).toBeTruthy();
  expect(within(screen.getByRole('region', { name: 'Su texto' })).getByText('Reposo y agua')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Unir los dos' }));
  expect(await screen.findByText(/^Guardado a las/)).toBeTruthy();
  expect(plan().value).toBe('Ejercicio\n\nReposo y agua');
});
