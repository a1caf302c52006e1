/**
 * Whose records were opened last. It lives in this tab's memory alone and is gone with the session: a
 * shared computer must not tell the next person whom the last one looked at.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ShownPatient } from './patients';

const KEY = ['recent-patients'];
const KEPT = 8;

export type RecentPatient = ShownPatient & { readonly id: string };

/** `before` with this patient at its head, each once. */
export function withRecent(before: readonly RecentPatient[], opened: RecentPatient): readonly RecentPatient[] {
  return [opened, ...before.filter(({ id }) => id !== opened.id)].slice(0, KEPT);
}

/** Remembers that this record is open. */
export function useRemember(id: string, patient: ShownPatient | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (patient) client.setQueryData<readonly RecentPatient[]>(KEY, (now = []) => withRecent(now, { ...patient, id }));
  }, [client, id, patient]);
}

export function useRecent(): readonly RecentPatient[] {
  const found = useQuery<readonly RecentPatient[]>({
    queryKey: KEY,
    queryFn: () => [],
    staleTime: Infinity,
    gcTime: Infinity,
  });
  return found.data ?? [];
}
