/** What citizens ask for. All query keys begin with `triage`, so that a change refreshes them all. */
import { useQuery } from '@tanstack/react-query';
import type { components } from '../../api/interop';
import { useOnce } from '../kit/once';
import { usePages } from './pages';
import { useChange } from './saving';
import { ifMatch, interop, unwrap } from './server/client';

type Schemas = components['schemas'];
export type Triage = Schemas['Triage'];
export type TriageLine = Schemas['TriageSummary'];
export type TriageChange = Schemas['TriageChange'];
export type Candidate = Schemas['CandidatePatient'];
export type CloseReason = Schemas['CloseReason'];
export type Shown = 'open' | 'done';

/** What staff do with a request: the operation, and what it takes. */
export type Step =
  | { readonly take: true }
  | { readonly release: true }
  | { readonly match: Schemas['MatchPatient'] }
  | { readonly book: Schemas['BookTriage'] }
  | { readonly refer: Schemas['ReferTriage'] }
  | { readonly answer: Schemas['AnswerTriage'] }
  | { readonly close: Schemas['CloseTriage'] };

const KEY = ['triage'] as const;
const REFRESH_MS = 20_000;

export function useInbox(show: Shown) {
  return usePages(
    [...KEY, show],
    (cursor) =>
      unwrap(
        interop.GET('/interop/triage', { params: { query: { show, limit: 50, ...(cursor !== null && { cursor }) } } }),
      ),
    { again: () => REFRESH_MS },
  );
}

export function useTriage(id: string) {
  return useQuery({
    queryKey: [...KEY, 'one', id],
    queryFn: () => unwrap(interop.GET('/interop/triage/{triage_id}', { params: { path: { triage_id: id } } })),
  });
}

export function useCandidates(id: string, version: number) {
  return useQuery({
    queryKey: [...KEY, 'candidates', id, version],
    queryFn: async () =>
      (await unwrap(interop.GET('/interop/triage/{triage_id}/candidates', { params: { path: { triage_id: id } } })))
        .items,
  });
}

export function useTranscript(id: string, wanted: boolean) {
  return useQuery({
    queryKey: [...KEY, 'transcript', id],
    enabled: wanted,
    queryFn: async () =>
      (await unwrap(interop.GET('/interop/triage/{triage_id}/transcript', { params: { path: { triage_id: id } } })))
        .text,
  });
}

/** A change of the request that is on the screen; another person's change in between is refused. */
export function useStep(request: Triage, onDone?: () => void) {
  const key = useOnce();
  return useChange(
    KEY,
    (step: Step) => {
      const header = { ...ifMatch(request.version), 'Idempotency-Key': key([step, request.version]) };
      return send(step, { params: { path: { triage_id: request.id }, header } });
    },
    onDone,
  );
}

type Where = Readonly<{
  params: {
    readonly path: { readonly triage_id: string };
    readonly header: { readonly 'If-Match': string; readonly 'Idempotency-Key': string };
  };
}>;

function send(step: Step, where: Where): Promise<Triage> {
  if ('take' in step) return unwrap(interop.POST('/interop/triage/{triage_id}/take', where));
  if ('release' in step) return unwrap(interop.POST('/interop/triage/{triage_id}/release', where));
  if ('match' in step) return unwrap(interop.POST('/interop/triage/{triage_id}/match', { ...where, body: step.match }));
  if ('book' in step) return unwrap(interop.POST('/interop/triage/{triage_id}/book', { ...where, body: step.book }));
  if ('refer' in step) return unwrap(interop.POST('/interop/triage/{triage_id}/refer', { ...where, body: step.refer }));
  if ('answer' in step)
    return unwrap(interop.POST('/interop/triage/{triage_id}/answer', { ...where, body: step.answer }));
  return unwrap(interop.POST('/interop/triage/{triage_id}/close', { ...where, body: step.close }));
}
