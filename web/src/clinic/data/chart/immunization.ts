/** What is done, due and late of a patient's vaccinations. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { components } from '../../../api/patients';
import { patients, unwrap } from '../server/client';
import { chartKey } from './chart';

type Schemas = components['schemas'];
export type Plan = Schemas['ImmunizationPlan'];
export type PlannedSeries = Schemas['PlannedSeries'];
export type PlannedDose = Schemas['PlannedDose'];

export function useImmunizationPlan(patientId: string): UseQueryResult<Plan> {
  return useQuery({
    queryKey: chartKey(patientId, 'immunization-plan'),
    queryFn: () =>
      unwrap(patients.GET('/patients/{patient_id}/immunization-plan', { params: { path: { patient_id: patientId } } })),
  });
}

/** Every vaccine that plans know; the same for everybody until the next release. */
export function useVaccines() {
  return useQuery({
    queryKey: ['vaccines'],
    queryFn: async () => (await unwrap(patients.GET('/patients/vaccines'))).items,
    staleTime: Infinity,
  });
}
