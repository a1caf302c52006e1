import { useQuery } from '@tanstack/react-query';
import dayjs, { type Dayjs } from 'dayjs';
import type { components } from '../../api/appointments';
import { appointments, unwrap } from '../api';

export type Appointment = components['schemas']['Appointment'];
export type Practitioner = components['schemas']['Practitioner'];
export type Category = components['schemas']['Category'];
export type Slot = components['schemas']['Slot'];
export type Status = components['schemas']['Status'];

const REFRESH_MS = 15_000;
const RARELY_MS = 10 * 60_000;

export function usePractitioners() {
  return useQuery({
    queryKey: ['practitioners'],
    staleTime: RARELY_MS,
    queryFn: async () =>
      (await unwrap(appointments.GET('/appointments/practitioners', { params: { query: { limit: 200 } } }))).items,
  });
}

export function useCategories() {
  return useQuery({
    queryKey: ['categories'],
    staleTime: RARELY_MS,
    queryFn: async () =>
      (await unwrap(appointments.GET('/appointments/categories', { params: { query: { limit: 200 } } }))).items,
  });
}

/** One practitioner's appointments between two days, kept fresh while it is on screen. */
export function useAgenda(practitioner: string | null, from: Dayjs, until: Dayjs) {
  const query = { practitioner, since: from.toISOString(), until: until.toISOString(), limit: 200 };
  return useQuery({
    queryKey: ['agenda', practitioner, query.since, query.until],
    enabled: practitioner !== null,
    refetchInterval: REFRESH_MS,
    queryFn: async () => (await unwrap(appointments.GET('/appointments/agenda', { params: { query } }))).items,
  });
}

export function useSlots(practitioner: string | null, category: string | null, from: string) {
  const query = { practitioner, category, from_date: from, days: 14, limit: 60 };
  return useQuery({
    queryKey: ['slots', practitioner, category, from],
    enabled: practitioner !== null && category !== null && from !== '',
    queryFn: async () => (await unwrap(appointments.GET('/appointments/slots', { params: { query } }))).items,
  });
}

export function startOfDay(text: string | null): Dayjs {
  const wanted = text === null ? dayjs() : dayjs(text);
  return (wanted.isValid() ? wanted : dayjs()).startOf('day');
}
