/** Which contracts pay for a patient. */
import { useQuery } from '@tanstack/react-query';
import type { components as BillingComponents } from '../../api/billing';
import type { components } from '../../api/patients';
import { uuid7 } from '../../common/uuid';
import { billing, ifMatch, patients, unwrap } from './server/client';

export type Coverage = components['schemas']['Coverage'];
export type CoverageBody = components['schemas']['CoverageBody'];
export type PayerContract = BillingComponents['schemas']['PayerContract'];

export const COVERAGE = ['coverage'] as const;

export function useCoverages(patientId: string) {
  return useQuery({
    queryKey: [...COVERAGE, patientId],
    queryFn: () =>
      unwrap(patients.GET('/patients/{patient_id}/coverages', { params: { path: { patient_id: patientId } } })),
  });
}

/** Contracts that may be chosen today. */
export function useContractsOn(day: string) {
  return useQuery({
    queryKey: ['billing', 'contracts', day],
    queryFn: async () => [
      ...(await unwrap(billing.GET('/billing/contracts', { params: { query: { on: day } } }))).items,
    ],
  });
}

export function saveCoverage(patientId: string, body: CoverageBody, before?: Coverage): Promise<Coverage> {
  const header = { 'Idempotency-Key': uuid7() };
  if (before === undefined) {
    const params = { path: { patient_id: patientId }, header };
    return unwrap(patients.POST('/patients/{patient_id}/coverages', { params, body }));
  }
  const params = {
    path: { patient_id: patientId, coverage_id: before.id },
    header: { ...header, ...ifMatch(before.version) },
  };
  return unwrap(patients.PUT('/patients/{patient_id}/coverages/{coverage_id}', { params, body }));
}

/** Those that pay on a day. */
export function inForce(all: readonly Coverage[], day: string): readonly Coverage[] {
  return all.filter(
    (one) => !one.entered_in_error && one.valid_from <= day && (one.valid_until === null || one.valid_until >= day),
  );
}
