/** Admissions and their wards. All query keys begin with `hospital`, so that a change refreshes them all. */
import { useQuery } from '@tanstack/react-query';
import type { components as PatientComponents } from '../../api/patients';
import type { components } from '../../api/pharmacy';
import { Problem } from '../../common/problem';
import { useOnce } from '../kit/once';
import { usePages } from './pages';
import { useChange } from './saving';
import { patients, pharmacy, unwrap } from './server/client';

export type Admission = PatientComponents['schemas']['AdmittedPatient'];
export type AdmittedLine = PatientComponents['schemas']['AdmittedLine'];
type Body = PatientComponents['schemas']['NewAdmission'];
export type NewAdmission = Body & { readonly kind: NonNullable<Body['kind']> };
export type DischargeBody = PatientComponents['schemas']['DischargeBody'];
export type Ward = components['schemas']['Ward'];
export type WardLot = components['schemas']['WardLot'];
export type Dose = components['schemas']['PlannedDose'];
export type WardRequest = components['schemas']['WardRequest'];

export const HOSPITAL_KEY = ['hospital'] as const;
const REFRESH_MS = 30_000;

interface Once {
  readonly 'Idempotency-Key': string;
}

/** A change with an Idempotency-Key that stays the same for the same content. */
export function useHospitalChange<In, Out>(
  change: (input: In, header: Once) => Promise<Out>,
  onDone?: (answer: Out) => void,
) {
  const key = useOnce();
  return useChange(HOSPITAL_KEY, (input: In) => change(input, { 'Idempotency-Key': key(input) }), onDone);
}

export function useAdmitted() {
  return usePages<AdmittedLine>(
    [...HOSPITAL_KEY, 'here'],
    (cursor) => unwrap(patients.GET('/patients/admissions', { params: { query: { cursor, limit: 40 } } })),
    { again: () => REFRESH_MS },
  );
}

export function useAdmission(which: string) {
  return useQuery({
    queryKey: [...HOSPITAL_KEY, 'admission', which],
    queryFn: () =>
      unwrap(patients.GET('/patients/admissions/{admission_id}', { params: { path: { admission_id: which } } })),
  });
}

/** What was asked for, delivered and given; null while nothing was. */
export function useWard(which: string) {
  return useQuery({
    queryKey: [...HOSPITAL_KEY, 'ward', which],
    refetchInterval: REFRESH_MS,
    queryFn: async (): Promise<Ward | null> => {
      try {
        return await unwrap(
          pharmacy.GET('/pharmacy/wards/{admission_id}', { params: { path: { admission_id: which } } }),
        );
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
  });
}

/** The work list of a warehouse: urgent ones, then the oldest. */
export function useWardRequests(warehouse: string) {
  return usePages<WardRequest>(
    ['pharmacy', 'ward-requests', warehouse],
    (cursor) =>
      unwrap(pharmacy.GET('/pharmacy/ward-requests', { params: { query: { warehouse, cursor, limit: 40 } } })),
    { again: () => REFRESH_MS },
  );
}
