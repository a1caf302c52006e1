import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { WorkItem } from '../data/worklists';
import { completeBrowser } from '../kit/testing';
import { chooseLanguage } from '../language/i18n';
import { WorkPage } from './page';

const asked = vi.hoisted(() => ({ work: {}, pending: {} }));

vi.mock('../data/worklists', () => ({ useWork: () => asked.work, usePending: () => asked.pending }));
vi.mock('./waiting', () => ({ WaitingNow: () => null }));
vi.mock('../data/session/session', () => ({ useSession: () => ({ me: { id: 'u-1', roles: ['physician'] } }) }));

const READING = { isPending: true, isSuccess: false, isFetched: false };
const FAILED = { isPending: false, isSuccess: false, isFetched: true, isError: true, error: new Error('offline') };
const answered = (data: readonly WorkItem[]) => ({ isPending: false, isSuccess: true, isFetched: true, data });

function show(work: object, pending: object): void {
  Object.assign(asked, { work, pending });
  render(
    <MantineProvider>
      <MemoryRouter>
        <WorkPage />
      </MemoryRouter>
    </MantineProvider>,
  );
}

const counter = (name: string): string | undefined =>
  screen.getByRole('button', { name: new RegExp(name) }).firstElementChild?.textContent ?? undefined;

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
  await chooseLanguage('es');
});
afterEach(cleanup);

test('no number is shown before it is known', () => {
  show(READING, answered([]));
  expect(counter('Resultados por revisar')).toBe('–');
  expect(counter('Por firmar')).toBe('0');
});

test('a day is not called done while half of it could not be read', () => {
  show(answered([]), FAILED);
  expect(screen.queryByText('Todo al día')).toBeNull();
  cleanup();
  show(answered([]), answered([]));
  expect(screen.getByText('Todo al día')).toBeTruthy();
});
