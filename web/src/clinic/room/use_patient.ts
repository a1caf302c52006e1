import { useQuery } from '@tanstack/react-query';
import { consults, unwrap } from '../data/server/client';

/** The id of the consultation's patient: as the way here said it, else asked for. */
export function usePatient(consult: string, given: string | null): string | null {
  const asked = useQuery({
    queryKey: ['consult', consult],
    enabled: given === null,
    staleTime: Infinity,
    queryFn: () => unwrap(consults.GET('/consults/{consult_id}', { params: { path: { consult_id: consult } } })),
  });
  return given ?? asked.data?.patient.id ?? null;
}
