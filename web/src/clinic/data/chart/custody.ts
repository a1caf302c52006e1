/** Reading and changing what keeps a record: who may see it, copies, holds, its destruction. */
import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';
import type { components } from '../../../api/patients';
import { useOnce } from '../../kit/once';
import { ifMatch, patients, unwrap } from '../server/client';
import { chartKey, useRefresh } from './chart';

type Schemas = components['schemas'];
export type Patient = Schemas['Patient'];
export type PatientSummary = Schemas['PatientSummary'];
export type Relation = Schemas['Relation'];
export type RelationBody = Schemas['RelationBody'];
export type RecordExport = Schemas['RecordExport'];
export type Hold = Schemas['Hold'];
export type Shredding = Schemas['Shredding'];
export type NewShredding = Schemas['NewShredding'];

const EXPORT_MS = 3000;
const at = (patientId: string) => ({ path: { patient_id: patientId } });

export function useRelations(patientId: string, enabled: boolean): UseQueryResult<readonly Relation[]> {
  return useQuery({
    queryKey: chartKey(patientId, 'relations'),
    enabled,
    queryFn: async () =>
      (await unwrap(patients.GET('/patients/{patient_id}/relations', { params: at(patientId) }))).items,
  });
}

/** A change of the record's custody; everything of it is read again afterwards, unless it was the last. */
function useStep<In, Out>(
  patientId: string,
  change: (input: In, key: string) => Promise<Out>,
  isLast: (input: In) => boolean = () => false,
): UseMutationResult<Out, Error, In> {
  const refresh = useRefresh(patientId);
  const once = useOnce();
  return useMutation({
    mutationFn: (input: In) => change(input, once(input)),
    onSettled: (_, error, input) => (error === null && isLast(input) ? undefined : refresh()),
  });
}

export function useRefer(patientId: string) {
  return useStep(patientId, (body: RelationBody, key) => {
    const params = { ...at(patientId), header: { 'Idempotency-Key': key } };
    return unwrap(patients.POST('/patients/{patient_id}/relations', { params, body }));
  });
}

export function useMerged(patientId: string): UseQueryResult<readonly PatientSummary[]> {
  return useQuery({
    queryKey: chartKey(patientId, 'merged'),
    queryFn: async () => (await unwrap(patients.GET('/patients/{patient_id}/merged', { params: at(patientId) }))).items,
  });
}

export interface Pair {
  readonly survivor: Patient;
  readonly other: string;
}

export function useMerge(patientId: string) {
  return useStep(patientId, ({ survivor, other }: Pair) => {
    const params = { ...at(survivor.id), header: ifMatch(survivor.version) };
    return unwrap(patients.POST('/patients/{patient_id}/merge', { params, body: { patient: other } }));
  });
}

export function useUnmerge(patientId: string) {
  return useStep(patientId, async (other: string) => {
    const { version } = await unwrap(patients.GET('/patients/{patient_id}', { params: at(patientId) }));
    const params = { ...at(patientId), header: ifMatch(version) };
    return unwrap(patients.POST('/patients/{patient_id}/unmerge', { params, body: { patient: other } }));
  });
}

export function useExport(patientId: string, id: string | null): UseQueryResult<RecordExport> {
  return useQuery({
    queryKey: chartKey(patientId, 'export', id ?? ''),
    enabled: id !== null,
    queryFn: () => {
      const params = { path: { patient_id: patientId, export_id: id ?? '' } };
      return unwrap(patients.GET('/patients/{patient_id}/exports/{export_id}', { params }));
    },
    refetchInterval: ({ state }) =>
      state.data?.status === 'queued' || state.data?.status === 'running' ? EXPORT_MS : false,
  });
}

export function useAskExport(patientId: string) {
  return useStep(patientId, (reason: string, key) => {
    const params = { ...at(patientId), header: { 'Idempotency-Key': key } };
    return unwrap(patients.POST('/patients/{patient_id}/exports', { params, body: { reason } }));
  });
}

/** A link to one part, which answers for five minutes. */
export async function linkToPart(made: RecordExport, part: number): Promise<string> {
  const params = { path: { patient_id: made.patient, export_id: made.id }, query: { part } };
  return (await unwrap(patients.GET('/patients/{patient_id}/exports/{export_id}/link', { params }))).url;
}

export function useHold(patientId: string): UseQueryResult<Hold> {
  return useQuery({
    queryKey: chartKey(patientId, 'hold'),
    queryFn: () => unwrap(patients.GET('/patients/{patient_id}/legal-hold', { params: at(patientId) })),
  });
}

/** Sets a hold with its reason, or lifts it. */
export function useSetHold(patientId: string) {
  return useStep(patientId, (reason: string | null) =>
    reason === null
      ? unwrap(patients.DELETE('/patients/{patient_id}/legal-hold', { params: at(patientId) }))
      : unwrap(patients.PUT('/patients/{patient_id}/legal-hold', { params: at(patientId), body: { reason } })),
  );
}

/** The request for the record's destruction; null when nobody asked for it. */
export function useShredding(patientId: string): UseQueryResult<Shredding | null> {
  return useQuery({
    queryKey: chartKey(patientId, 'shredding'),
    queryFn: async () =>
      (await unwrap(patients.GET('/patients/{patient_id}/shredding', { params: at(patientId) }))).request,
  });
}

export type ShreddingStep =
  | { readonly step: 'request'; readonly body: NewShredding }
  | { readonly step: 'confirm'; readonly version: number; readonly recordNumber: string }
  | { readonly step: 'withdraw'; readonly version: number };

export function useShred(patientId: string) {
  return useStep(
    patientId,
    (input: ShreddingStep, key): Promise<Shredding> => {
      const header = { 'Idempotency-Key': key };
      if (input.step === 'request') {
        return unwrap(
          patients.POST('/patients/{patient_id}/shredding', { params: { ...at(patientId), header }, body: input.body }),
        );
      }
      const params = { ...at(patientId), header: { ...header, ...ifMatch(input.version) } };
      if (input.step === 'withdraw')
        return unwrap(patients.POST('/patients/{patient_id}/shredding/withdraw', { params }));
      return unwrap(
        patients.POST('/patients/{patient_id}/shredding/confirm', {
          params,
          body: { record_number: input.recordNumber },
        }),
      );
    },
    ({ step }) => step === 'confirm',
  );
}
