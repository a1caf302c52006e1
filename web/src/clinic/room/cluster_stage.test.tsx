import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Room, RoomState } from '../../common/consult_room';
import { NO_VIDEO } from '../../common/consult_video';
import { chooseLanguage } from '../language/i18n';
import { ClusterStage } from './cluster_stage';

const video = { mount: vi.fn(() => () => undefined), fallBack: vi.fn(), again: vi.fn(), encrypt: vi.fn() };
const room = { video } as unknown as Room;

function show(change: Partial<RoomState>, participants = 2): void {
  const consult = { participants: Array.from({ length: participants }, (_, n) => ({ participant: `p-${n}` })) };
  const state = { ...NO_VIDEO, provider: 'jitsi', consult, ...change } as unknown as RoomState;
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <ClusterStage room={room} state={state} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

beforeAll(async () => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
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
beforeEach(() => vi.clearAllMocks());
afterEach(cleanup);

describe('the cluster’s frame in the clinician’s room', () => {
  test('is put into its place in the page’s language', () => {
    show({ frame: 'loading' });
    expect(video.mount).toHaveBeenCalledWith(expect.any(HTMLElement), 'en');
    expect(screen.getByRole('status').textContent).toContain('Opening the video room');
  });

  test('offers the direct connection with one click, also while it works', async () => {
    show({ frame: 'joined' });
    await userEvent.click(screen.getByRole('button', { name: 'Switch to direct connection' }));
    expect(video.fallBack).toHaveBeenCalledOnce();
  });

  test('says that the move did not succeed', async () => {
    video.fallBack.mockRejectedValueOnce(new Error('offline'));
    show({ frame: 'joined' });
    await userEvent.click(screen.getByRole('button', { name: 'Switch to direct connection' }));
    await waitFor(() => expect(screen.getByRole('alert')).toBeTruthy());
  });

  test('that fails says so and lets one try again', async () => {
    show({ frame: 'failed' });
    expect(screen.getByRole('alert').textContent).toContain('The video room does not answer');
    await userEvent.click(screen.getByRole('button', { name: 'Enter the video again' }));
    expect(video.again).toHaveBeenCalledOnce();
  });
});

describe('end-to-end encryption', () => {
  test('is explained with all that it costs before it is turned on', async () => {
    show({ frame: 'joined', encryption: 'off' });
    await userEvent.click(screen.getByRole('button', { name: 'Encrypt end to end' }));
    const dialog = await screen.findByRole('dialog');
    for (const cost of ['slow connection', 'Chrome, Edge', 'battery']) {
      expect(dialog.textContent).toContain(cost);
    }
    expect(video.encrypt).not.toHaveBeenCalled();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Encrypt end to end' }));
    expect(video.encrypt).toHaveBeenCalledWith(true);
  });

  test.each([
    ['unable', 'This browser cannot'],
    ['alone', 'once the patient is in the video'],
  ] as const)('is not offered when %s, and the page says why', (encryption, why) => {
    show({ frame: 'joined', encryption });
    const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Encrypt end to end' });
    expect(button.disabled).toBe(true);
    expect(screen.getByRole('status').textContent).toContain(why);
  });

  test('is not offered to more than two people', () => {
    show({ frame: 'joined', encryption: 'off' }, 3);
    expect(screen.queryByRole('button', { name: 'Encrypt end to end' })).toBeNull();
  });
});
