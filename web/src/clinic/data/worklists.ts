import { useInfiniteQuery } from '@tanstack/react-query';
import type { components } from '../../api/orders';
import type { components as PatientsComponents } from '../../api/patients';
import { orders, patients, unwrap } from './server/client';

export type WorkItem = components['schemas']['WorkItem'];
export type Reason = WorkItem['reason'];
export type Pending = PatientsComponents['schemas']['PendingEncounter'];
export type Task = Pending['task'];
/** Whose work. */
export type Scope = 'mine' | 'tenant';

const REFRESH_MS = 30_000;

/** Orders and results that wait, the most urgent first; kept fresh while they are on screen. */
export function useWork(scope: Scope) {
  return useInfiniteQuery({
    queryKey: ['orders', 'work', scope],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      unwrap(orders.GET('/orders/worklist', { params: { query: { scope, cursor: pageParam, limit: 100 } } })),
    getNextPageParam: (page) => page.cursor ?? null,
    refetchInterval: REFRESH_MS,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

/** Encounters that wait for the caller, or all that nobody has signed; the oldest first. */
export function usePending(scope: 'mine' | 'institution', enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ['chart', 'pending', scope],
    enabled,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      unwrap(
        patients.GET('/patients/encounters/pending', { params: { query: { scope, cursor: pageParam, limit: 90 } } }),
      ),
    getNextPageParam: (page) => page.cursor ?? null,
    refetchInterval: REFRESH_MS,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}
