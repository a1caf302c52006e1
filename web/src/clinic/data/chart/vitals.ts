import { useLocalStorage } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { components } from '../../../api/patients';
import { uuid7 } from '../../../common/uuid';
import { UNITS, type VitalName } from '../../language/units';
import { usePages } from '../pages';
import { ifMatch, patients, unwrap } from '../server/client';
import { chartKey, useRefresh } from './chart';

export type VitalFinding = components['schemas']['VitalFinding'];
export type VitalsSet = components['schemas']['VitalsSet'];
export type VitalsBody = components['schemas']['VitalsBody'];
export type TrendPoint = components['schemas']['TrendPoint'];
export type Circumstances = components['schemas']['Circumstances'];
export type CircumstancesBody = components['schemas']['CircumstancesBody'];
export type Pregnancy = Circumstances['pregnancies'][number];

const PAGE = 50;

/** Sets of vital signs, latest first, a page at a time. */
export function useVitals(patientId: string) {
  return usePages<VitalsSet>(chartKey(patientId, 'vitals'), (cursor) =>
    unwrap(
      patients.GET('/patients/{patient_id}/vitals', {
        params: { path: { patient_id: patientId }, query: { cursor, limit: PAGE } },
      }),
    ),
  );
}

/** The course of one vital sign, oldest first, as a chart draws it. */
export function useTrend(patientId: string, vital: VitalName) {
  return useQuery({
    queryKey: chartKey(patientId, 'trend', vital),
    queryFn: async () => {
      const path = { patient_id: patientId };
      const found = await unwrap(
        patients.GET('/patients/{patient_id}/vitals/trend', { params: { path, query: { vital, limit: 500 } } }),
      );
      return [...found.items].reverse();
    },
  });
}

/** Sent again after a lost answer, the same key makes no second set. */
export function useRecordVitals(patientId: string) {
  const refresh = useRefresh(patientId);
  return useMutation({
    mutationFn: ({ body, key }: { readonly body: VitalsBody; readonly key: string }) => {
      const params = { path: { patient_id: patientId }, header: { 'Idempotency-Key': key } };
      return unwrap(patients.POST('/patients/{patient_id}/vitals', { params, body }));
    },
    onSuccess: refresh,
  });
}

export function useVoidVitals(patientId: string) {
  const refresh = useRefresh(patientId);
  return useMutation({
    mutationFn: (set: VitalsSet) => {
      const path = { patient_id: patientId, set_id: set.id };
      const params = { path, header: { ...ifMatch(set.version), 'Idempotency-Key': uuid7() } };
      return unwrap(patients.POST('/patients/{patient_id}/vitals/{set_id}/void', { params }));
    },
    onSettled: refresh,
  });
}

/** In which units this browser's user reads and enters; the record always stores the metric one. */
export function useUnits(): readonly [(vital: VitalName) => string, (vital: VitalName, unit: string) => void] {
  const [chosen, choose] = useLocalStorage<Partial<Record<VitalName, string>>>({
    key: 'telesalud.units',
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const unitOf = (vital: VitalName) => {
    const wanted = chosen[vital];
    return wanted !== undefined && UNITS[vital].includes(wanted) ? wanted : UNITS[vital][0];
  };
  return [unitOf, (vital, unit) => choose((now) => ({ ...now, [vital]: unit }))];
}

/** The last value of each vital sign among these sets, without voided ones. */
export function latest(sets: readonly VitalsSet[]): ReadonlyMap<VitalName, TrendPoint> {
  const found = new Map<VitalName, TrendPoint>();
  for (const set of sets) {
    if (set.entered_in_error) continue;
    for (const finding of set.findings) {
      if (!found.has(finding.vital)) found.set(finding.vital, { set: set.id, measured_at: set.measured_at, finding });
    }
  }
  return found;
}

/** What changes the meaning of a patient's measurements. */
export function useCircumstances(patientId: string) {
  return useQuery({
    queryKey: chartKey(patientId, 'circumstances'),
    queryFn: () =>
      unwrap(patients.GET('/patients/{patient_id}/circumstances', { params: { path: { patient_id: patientId } } })),
  });
}

export function usePutCircumstances(patientId: string) {
  const refresh = useRefresh(patientId);
  return useMutation({
    mutationFn: ({ body, version }: { readonly body: CircumstancesBody; readonly version: number }) => {
      const params = { path: { patient_id: patientId }, header: ifMatch(version) };
      return unwrap(patients.PUT('/patients/{patient_id}/circumstances', { params, body }));
    },
    onSuccess: refresh,
  });
}

export const PRESSURE: readonly VitalName[] = ['systolic', 'diastolic'];
const COLUMNS: readonly VitalName[] = [
  'pulse',
  'respiration',
  'temperature',
  'oxygen_saturation',
  'weight',
  'height',
  'bmi',
];

/** The columns of a table of these sets: only what one of them has, voided ones included. */
export function columnsOf(sets: readonly VitalsSet[], rare: readonly VitalName[]) {
  const found = new Set(sets.flatMap((set) => set.findings.map((finding) => finding.vital)));
  return {
    pressure: PRESSURE.some((vital) => found.has(vital)),
    columns: COLUMNS.filter((vital) => found.has(vital)),
    others: rare.some((vital) => found.has(vital)),
  };
}
