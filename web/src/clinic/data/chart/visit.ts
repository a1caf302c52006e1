/** What was done in one encounter: of the chart, and of what was prescribed and ordered. */
import { useQuery } from '@tanstack/react-query';
import type { components } from '../../../api/patients';
import type { Entry } from '../orders';
import { orders, patients, unwrap } from '../server/client';
import { chartKey } from './chart';

export type VisitContents = components['schemas']['EncounterContents'];

/** Entries, measurements, questionnaires and documents that name the encounter. */
export function useVisitContents(patientId: string, encounterId: string) {
  return useQuery({
    queryKey: chartKey(patientId, 'visit', encounterId),
    queryFn: () =>
      unwrap(
        patients.GET('/patients/encounters/{encounter_id}/contents', {
          params: { path: { encounter_id: encounterId } },
        }),
      ),
  });
}

/** Prescriptions, orders and papers of the encounter, all pages of them, the first written first. */
export function useVisitOrders(patientId: string, encounterId: string) {
  return useQuery({
    queryKey: ['orders', 'visit', patientId, encounterId],
    queryFn: async () => {
      const found: Entry[] = [];
      let cursor: string | null = null;
      do {
        const query: { encounter: string; limit: number; cursor: string | null } = {
          encounter: encounterId,
          limit: 50,
          cursor,
        };
        const params = { path: { patient_id: patientId }, query };
        const page = await unwrap(orders.GET('/orders/patients/{patient_id}', { params }));
        found.push(...page.items);
        cursor = page.cursor ?? null;
      } while (cursor !== null);
      return found.reverse();
    },
  });
}

/** The encounter that a teleconsultation becomes; its id is known while it lasts. */
export function useConsultEncounter(patientId: string | null, consultId: string, enabled: boolean) {
  return useQuery({
    queryKey: ['consult-encounter', consultId, patientId],
    enabled: enabled && patientId !== null,
    staleTime: Infinity,
    queryFn: async () => {
      const params = { path: { patient_id: patientId ?? '' } };
      const body = { consult: consultId };
      return (await unwrap(patients.POST('/patients/{patient_id}/encounters/of-consult', { params, body }))).encounter;
    },
  });
}
