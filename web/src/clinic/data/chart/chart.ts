/** Reading the chart: every query key begins with the patient, so that a change refreshes it whole. */
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/patients';
import { Problem } from '../../../common/problem';
import { usePractitioners } from '../agenda';
import { usePartialPages } from '../pages';
import { patients, unwrap } from '../server/client';
import { useSession } from '../session/session';

type Schemas = components['schemas'];

export type Summary = Schemas['Summary'];
export type ActiveEntry = Schemas['ActiveEntry'];
export type EncounterSummary = Schemas['EncounterSummary'];
export type TimelineEntry = Schemas['TimelineEntry'];

const PAGE = 30;
/** How often, and how many times, the encounters are read again; every reading is on the audit trail. */
const FOLLOW_MS = 10_000;
const FOLLOWED = 12;

export const chartKey = (patientId: string, ...rest: readonly string[]) => ['chart', patientId, ...rest];

/** Who it is and what matters first: one call. */
export function useSummary(patientId: string): UseQueryResult<Summary> {
  return useQuery({
    queryKey: chartKey(patientId, 'summary'),
    queryFn: () =>
      unwrap(patients.GET('/patients/{patient_id}/summary', { params: { path: { patient_id: patientId } } })),
  });
}

/** Demographics alone, which every role may read. */
export function useDemographics(patientId: string, enabled = true) {
  return useQuery({
    enabled,
    queryKey: chartKey(patientId, 'demographics'),
    queryFn: () => unwrap(patients.GET('/patients/{patient_id}', { params: { path: { patient_id: patientId } } })),
  });
}

/** The encounters; one that a teleconsultation has just become arrives by itself. */
export function useEncounters(patientId: string) {
  const fetch = (cursor: string | null) =>
    unwrap(
      patients.GET('/patients/{patient_id}/encounters', {
        params: { path: { patient_id: patientId }, query: { cursor, limit: PAGE } },
      }),
    );
  return usePartialPages<EncounterSummary>(chartKey(patientId, 'encounters'), fetch, {
    again: (_, readings) => (readings < FOLLOWED ? FOLLOW_MS : false),
  });
}

export function useTimeline(patientId: string) {
  return usePartialPages<TimelineEntry>(chartKey(patientId, 'timeline'), (cursor) =>
    unwrap(
      patients.GET('/patients/{patient_id}/timeline', {
        params: { path: { patient_id: patientId }, query: { cursor, limit: 50 } },
      }),
    ),
  );
}

/** Shows the patient's chart anew after a change. */
export function useRefresh(patientId: string): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(() => client.invalidateQueries({ queryKey: chartKey(patientId) }), [client, patientId]);
}

/** Refused because the caller has nothing to do with this patient; an emergency may open it. */
export function lacksRelation(error: unknown): boolean {
  return error instanceof Problem && error.status === 403 && error.extra['right'] === 'patients.care_relation';
}

/** Other people's accounts, once each, although somebody may have several agendas. */
export function useColleagues(): readonly { readonly value: string; readonly label: string }[] {
  const { me } = useSession();
  const names = new Map(
    (usePractitioners().data ?? []).flatMap(({ user_id: user, name, active }) =>
      active && user !== null && user !== me.id ? [[user, name] as const] : [],
    ),
  );
  return [...names].map(([value, label]) => ({ value, label }));
}

/** Who recorded what a patient said on their own page. */
const PATIENTS_PAGE = 'consults';

/** Names of accounts, as far as the agenda knows them; an id is shown shortened. */
export function useNames(): (account: string) => string {
  const { t } = useTranslation();
  const { me } = useSession();
  const practitioners = usePractitioners();
  const names = new Map(
    (practitioners.data ?? []).flatMap((one) => [
      [one.id, one.name] as const,
      ...(one.user_id ? [[one.user_id, one.name] as const] : []),
    ]),
  );
  return (account) => {
    if (account === PATIENTS_PAGE) return t('patients.byPage');
    return account === me.id ? me.display_name : (names.get(account) ?? account.slice(-8));
  };
}
