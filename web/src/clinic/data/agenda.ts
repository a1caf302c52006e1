import { useQuery } from '@tanstack/react-query';
import type { components } from '../../api/appointments';
import { currentLanguage } from '../language/i18n';
import { momentAt } from '../language/zone';
import { appointments, unwrap } from './server/client';

export type Appointment = components['schemas']['Appointment'];
export type Practitioner = components['schemas']['Practitioner'];
export type Category = components['schemas']['Category'];
export type Site = components['schemas']['Site'];
export type Slot = components['schemas']['Slot'];
export type Status = components['schemas']['Status'];

const REFRESH_MS = 15_000;
const RARELY_MS = 10 * 60_000;
const PAGE = 200;

/** Still to come for everybody; may be moved. */
export const MOVABLE: ReadonlySet<Status> = new Set(['pending', 'booked', 'reminded', 'confirmed', 'late']);
export const OVER: ReadonlySet<Status> = new Set(['checked_out', 'left', 'no_show', 'cancelled', 'cancelled_late']);
export const CALLED_OFF: ReadonlySet<Status> = new Set(['cancelled', 'cancelled_late']);

export function usePractitioners() {
  return useQuery({
    queryKey: ['practitioners'],
    staleTime: RARELY_MS,
    queryFn: async () =>
      (await unwrap(appointments.GET('/appointments/practitioners', { params: { query: { limit: PAGE } } }))).items,
  });
}

export function useCategories() {
  return useQuery({
    queryKey: ['categories'],
    staleTime: RARELY_MS,
    queryFn: async () =>
      (await unwrap(appointments.GET('/appointments/categories', { params: { query: { limit: PAGE } } }))).items,
  });
}

export function useSites() {
  return useQuery({
    queryKey: ['sites'],
    staleTime: RARELY_MS,
    queryFn: async () =>
      (await unwrap(appointments.GET('/appointments/sites', { params: { query: { limit: PAGE } } }))).items,
  });
}

/** Whose appointments: one practitioner's, or everybody's at a site. */
export type Owner = { readonly practitioner: string } | { readonly site: string };

/** Appointments from the first day to the day before `until` on the site's calendar, kept fresh. */
export function useAgenda(owner: Owner, zone: string, from: string, until: string) {
  const span = { since: momentAt(from, 0, zone).toISOString(), until: momentAt(until, 0, zone).toISOString() };
  return useQuery({
    queryKey: ['agenda', owner, span],
    refetchInterval: REFRESH_MS,
    queryFn: async () => {
      const items: Appointment[] = [];
      let cursor: string | null = null;
      do {
        const query = { ...owner, ...span, limit: PAGE, ...(cursor !== null && { cursor }) };
        const page: components['schemas']['AppointmentList'] = await unwrap(
          appointments.GET('/appointments/agenda', { params: { query } }),
        );
        items.push(...page.items);
        cursor = page.cursor;
      } while (cursor !== null);
      return items;
    },
  });
}

const NEXT_DAYS = 360;
const NEXT = 20;

/** A patient's appointments that have not begun, the next one first, those called off included. */
export function useNextAppointments(patient: string) {
  return useQuery({
    queryKey: ['agenda', 'next', patient],
    queryFn: async () => {
      const since = new Date();
      const until = new Date(since.getTime() + NEXT_DAYS * 86_400_000);
      const query = { patient, since: since.toISOString(), until: until.toISOString(), limit: NEXT };
      return (await unwrap(appointments.GET('/appointments/agenda', { params: { query } }))).items;
    },
  });
}

/** What to look for among free slots; name a practitioner, a specialty or a site. */
export interface SlotSearch {
  readonly practitioner?: string;
  readonly specialty?: string;
  readonly site?: string;
  readonly category: string;
  readonly from_date: string;
}

export function useSlots(search: SlotSearch | undefined) {
  return useQuery({
    queryKey: ['slots', search],
    enabled: search !== undefined,
    queryFn: async () => {
      if (!search) return [];
      const query = { ...search, days: 14, limit: 100 };
      return (await unwrap(appointments.GET('/appointments/slots', { params: { query } }))).items;
    },
  });
}

/** A category's name in the reader's language. */
export function titleOf(category: Category): string {
  return { es: category.title_es, pt: category.title_pt, en: category.title_en }[currentLanguage()];
}
