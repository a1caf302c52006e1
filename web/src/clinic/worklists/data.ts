import { useInfiniteQuery } from '@tanstack/react-query';
import type { components } from '../../api/orders';
import { orders, unwrap } from '../api';

export type WorkItem = components['schemas']['WorkItem'];
export type Reason = WorkItem['reason'];
export type Scope = 'mine' | 'tenant';

/** The most urgent first, as the server sorts them. */
export const REASONS: readonly Reason[] = ['critical_result', 'unsigned_result_late', 'unanswered_order', 'unsigned_result'];
const REFRESH_MS = 30_000;

/** What waits for the caller, or for anybody of the institution; kept fresh while it is on screen. */
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
