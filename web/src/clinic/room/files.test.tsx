import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Room, RoomState } from '../../common/consult_room';
import { Problem, Unreachable } from '../../common/problem';
import { completeBrowser } from '../kit/testing';
import { chooseLanguage } from '../language/i18n';
import { Files } from './files';

const share = vi.fn<(file: File) => Promise<void>>();
const room = { share } as unknown as Room;

function show(
  ...files: readonly { readonly name: string; readonly status: string; readonly refusal: string | null }[]
) {
  const state = { files: files.map((file) => ({ id: file.name, ...file })) } as unknown as RoomState;
  return render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <Files room={room} state={state} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

async function choose(file: File): Promise<void> {
  const { container } = show();
  const field = container.querySelector('input[type=file]');
  if (!field) throw new Error('no field for files');
  await userEvent.upload(field as HTMLInputElement, file);
}

beforeAll(async () => {
  completeBrowser();
  await chooseLanguage('en');
});
beforeEach(() => share.mockReset().mockResolvedValue());
afterEach(cleanup);

describe('files in the clinician’s room', () => {
  test.each([
    ['infected', 'contains a virus'],
    ['encrypted', 'has a password'],
    ['type-not-allowed', 'not accepted'],
    ['of-a-later-release', 'another format'],
    [null, 'another format'],
  ])('say why one was refused for %s', (refusal, reason) => {
    show({ name: 'study.pdf', status: 'refused', refusal });
    expect(screen.getByText(new RegExp(`study.pdf: .*${reason}`))).toBeTruthy();
  });

  test('that are empty are not sent, and that is said', async () => {
    await choose(new File([], 'empty.pdf'));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('The file is empty'));
    expect(share).not.toHaveBeenCalled();
  });

  test.each<readonly [error: unknown, reason: string]>([
    [new Problem(409, { type: 'conflict' }), '50 files already'],
    [new DOMException('gone', 'NotReadableError'), 'could not be read'],
  ])('that were refused for %s say so', async (error, reason) => {
    share.mockRejectedValueOnce(error);
    await choose(new File(['a'], 'study.pdf'));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain(reason));
  });

  test('blame the connection only where it was', async () => {
    share.mockRejectedValueOnce(new Unreachable());
    await choose(new File(['a'], 'study.pdf'));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toMatch(/server cannot be reached/));
  });
});
