import { useQuery } from '@tanstack/react-query';
import type { components } from '../../api/appointments';
import { appointments, unwrap } from './server/client';

export type WaitingEntry = components['schemas']['WaitingEntry'];
export type WaitingBody = components['schemas']['WaitingBody'];
export type Urgency = components['schemas']['Urgency'];

export const URGENCIES: readonly Urgency[] = ['urgent', 'soon', 'routine'];

/** Who waits at a site for an earlier appointment, the most urgent and oldest first. */
export function useWaitingList(site: string | undefined) {
  return useQuery({
    queryKey: ['waiting-list', site],
    enabled: site !== undefined,
    refetchInterval: 20_000,
    queryFn: async () => {
      const query = { site: site ?? '', limit: 200 };
      return (await unwrap(appointments.GET('/appointments/waiting-list', { params: { query } }))).items;
    },
  });
}

export function isUrgency(text: string | null): text is Urgency {
  return URGENCIES.some((each) => each === text);
}
