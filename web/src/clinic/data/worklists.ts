import type { components } from '../../api/orders';
import type { components as PatientsComponents } from '../../api/patients';
import { usePages } from './pages';
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
  return usePages<WorkItem>(
    ['orders', 'work', scope],
    (cursor) => unwrap(orders.GET('/orders/worklist', { params: { query: { scope, cursor, limit: 100 } } })),
    { again: () => REFRESH_MS },
  );
}

/** Encounters that wait for the caller, or all that nobody has signed; the oldest first. */
export function usePending(scope: 'mine' | 'institution', enabled: boolean) {
  return usePages<Pending>(
    ['chart', 'pending', scope],
    (cursor) =>
      unwrap(patients.GET('/patients/encounters/pending', { params: { query: { scope, cursor, limit: 90 } } })),
    { enabled, again: () => REFRESH_MS },
  );
}
