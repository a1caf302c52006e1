/** What each context has counted: sums by week without names, for dashboards. */
import { useQuery } from '@tanstack/react-query';
import type { components as Agendas } from '../../api/appointments';
import type { components as Consults } from '../../api/consults';
import { appointments, consults, orders, patients, unwrap } from './server/client';

export type AgendaActivity = Agendas['schemas']['AgendaActivity'];
export type AgendaWeek = Agendas['schemas']['WeekOfAgendas'];
export type AgendaTotals = Agendas['schemas']['AgendaTotals'];
export type ConsultWeek = Consults['schemas']['WeekOfConsults'];
export type DeliveryDay = Consults['schemas']['DayOfDeliveries'];
export type LiveConsult = Consults['schemas']['LiveConsult'];

const KEY = ['activity'] as const;
const SLOWLY_MS = 5 * 60_000;
const NOW_MS = 15_000;

/** Weeks from that of `first` on, and as many before them. */
export interface Period {
  readonly first: string;
  readonly weeks: number;
}

export function useOwnActivity(period: Period, enabled: boolean) {
  return useQuery({
    queryKey: [...KEY, 'mine', period],
    enabled,
    staleTime: SLOWLY_MS,
    queryFn: () =>
      unwrap(appointments.GET('/appointments/activity', { params: { query: { scope: 'mine', ...period } } })),
  });
}

/** Narrowed to a site or a kind of appointment, or neither. */
export function useAgendaActivity(period: Period, site: string | null, category: string | null) {
  const query = { scope: 'institution' as const, ...period, site, category };
  return useQuery({
    queryKey: [...KEY, 'agendas', query],
    staleTime: SLOWLY_MS,
    queryFn: () => unwrap(appointments.GET('/appointments/activity', { params: { query } })),
  });
}

export function useConsultActivity(period: Period) {
  return useQuery({
    queryKey: [...KEY, 'consults', period],
    staleTime: SLOWLY_MS,
    queryFn: () => unwrap(consults.GET('/consults/activity', { params: { query: period } })),
  });
}

export function useRecordActivity(period: Period) {
  return useQuery({
    queryKey: [...KEY, 'records', period],
    staleTime: SLOWLY_MS,
    queryFn: () => unwrap(patients.GET('/patients/activity', { params: { query: period } })),
  });
}

export function useOpenOrders() {
  return useQuery({
    queryKey: [...KEY, 'orders'],
    staleTime: SLOWLY_MS,
    queryFn: () => unwrap(orders.GET('/orders/activity')),
  });
}

export function useLiveConsults() {
  return useQuery({
    queryKey: [...KEY, 'live'],
    refetchInterval: NOW_MS,
    queryFn: () => unwrap(consults.GET('/consults/live')),
  });
}

export function useDeliveryActivity() {
  return useQuery({
    queryKey: [...KEY, 'deliveries'],
    refetchInterval: SLOWLY_MS,
    queryFn: () => unwrap(consults.GET('/consults/activity/deliveries')),
  });
}
