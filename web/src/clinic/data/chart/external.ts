import { useMutation, useQuery } from '@tanstack/react-query';
import type { components } from '../../../api/interop';
import { interop, unwrap } from '../server/client';
import { chartKey, useRefresh } from './chart';

export type ExternalEntry = components['schemas']['ExternalEntry'];

/** What other systems wrote about a patient. */
export function useExternal(patientId: string) {
  const params = { path: { patient_id: patientId } };
  return useQuery({
    queryKey: chartKey(patientId, 'external'),
    queryFn: () => unwrap(interop.GET('/interop/patients/{patient_id}/external', { params })),
  });
}

/** Takes an entry into the record; the key is the entry's and its version's, so it is written once. */
export function useAdopt(patientId: string) {
  const refresh = useRefresh(patientId);
  return useMutation({
    mutationFn: ({ type, id, version }: ExternalEntry) => {
      const path = { patient_id: patientId, type, id };
      const header = { 'Idempotency-Key': `adopt-${id}-${version}` };
      const url = '/interop/patients/{patient_id}/external/{type}/{id}/adopt';
      return unwrap(interop.POST(url, { params: { path, header }, body: { version } }));
    },
    onSettled: refresh,
  });
}
