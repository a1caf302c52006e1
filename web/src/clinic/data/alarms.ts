/** What rings until somebody acknowledges it: critical results, answers that need somebody now. */
import { useQuery } from '@tanstack/react-query';
import type { components } from '../../api/orders';
import { useAct } from './orders';
import { orders, unwrap } from './server/client';

export type Alarm = components['schemas']['Alarm'];

const REFRESH_MS = 30_000;
const KEY = ['orders', 'alarms'] as const;

/** Those that ring, the oldest first; asked for again while a page is open, also behind others. */
export function useAlarms(enabled = true) {
  return useQuery({
    queryKey: KEY,
    enabled,
    refetchInterval: REFRESH_MS,
    refetchIntervalInBackground: true,
    queryFn: async () => (await unwrap(orders.GET('/orders/alarms', { params: { query: { limit: 100 } } }))).items,
  });
}

/** One of them with who was told, although it may not ring any more. */
export function useAlarm(id: string, number: string) {
  return useQuery({
    queryKey: [...KEY, id, number],
    enabled: id !== '',
    queryFn: () => unwrap(orders.GET('/orders/alarms/{id}/{number}', { params: { path: { id, number } } })),
  });
}

/** The caller looks after it: nobody else is told any more. */
export function useAcknowledge(alarm: Alarm) {
  return useAct((key) =>
    unwrap(
      orders.POST('/orders/alarms/{id}/{number}/acknowledge', {
        params: { path: { id: alarm.subject, number: String(alarm.number) }, header: key },
      }),
    ),
  );
}
