import { useQuery } from '@tanstack/react-query';
import dayjs from 'dayjs';
import type { components } from '../../api/consults';
import { consults, unwrap } from './server/client';

export type Consult = components['schemas']['Consult'];

const REFRESH_MS = 8_000;

/** Today's teleconsultations, of one practitioner's account or of everybody, by start. */
export function useTodaysConsults(user: string | undefined) {
  const today = dayjs().startOf('day');
  const query = {
    start_from: today.toISOString(),
    start_until: today.add(1, 'day').toISOString(),
    limit: 200,
    ...(user !== undefined && { practitioner: user }),
  };
  return useQuery({
    queryKey: ['consults', 'today', query.start_from, user ?? 'all'],
    refetchInterval: REFRESH_MS,
    queryFn: async () => (await unwrap(consults.GET('/consults', { params: { query } }))).items,
  });
}

/** Who waits longest first; then whoever is in a call; then who is still expected, by start. */
export function inOrder(all: readonly Consult[]): {
  readonly waiting: readonly Consult[];
  readonly live: readonly Consult[];
  readonly expected: readonly Consult[];
} {
  const waiting = all
    .filter((c) => c.status === 'waiting')
    .sort((a, b) => (a.waiting_since ?? a.start).localeCompare(b.waiting_since ?? b.start));
  return {
    waiting,
    live: all.filter((c) => c.status === 'in_progress'),
    expected: all.filter((c) => c.status === 'scheduled'),
  };
}
