import { useQuery } from '@tanstack/react-query';
import type { components } from '../../api/appointments';
import { momentAt } from '../language/zone';
import { appointments, unwrap } from './server/client';

export type GroupSummary = components['schemas']['GroupSummary'];
export type GroupSession = components['schemas']['Group'];

/** Below the agenda's key: what changes an appointment changes the places of its session. */
const GROUPS = ['agenda', 'groups'] as const;
const REFRESH_MS = 15_000;
const PAGE = 90;

/** A site's sessions from the first day to the day before `until` on its calendar, kept fresh. */
export function useGroups(site: string, zone: string, from: string, until: string) {
  const span = { since: momentAt(from, 0, zone).toISOString(), until: momentAt(until, 0, zone).toISOString() };
  return useQuery({
    queryKey: [...GROUPS, site, span],
    refetchInterval: REFRESH_MS,
    queryFn: async () => {
      const items: GroupSummary[] = [];
      let cursor: string | null = null;
      do {
        const query = { site, ...span, limit: PAGE, ...(cursor !== null && { cursor }) };
        const page: components['schemas']['GroupList'] = await unwrap(
          appointments.GET('/appointments/groups', { params: { query } }),
        );
        items.push(...page.items);
        cursor = page.cursor;
      } while (cursor !== null);
      return items;
    },
  });
}

export function useGroup(id: string) {
  return useQuery({
    queryKey: [...GROUPS, id],
    refetchInterval: REFRESH_MS,
    queryFn: () => unwrap(appointments.GET('/appointments/groups/{group_id}', { params: { path: { group_id: id } } })),
  });
}
