import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import type { components } from '../../../api/patients';
import { Problem, Unreachable } from '../../../common/problem';
import { uuid7 } from '../../../common/uuid';
import { currentLanguage } from '../../language/i18n';
import { usePartialPages } from '../pages';
import { ifMatch, patients, unwrap } from '../server/client';
import { chartKey, useRefresh } from './chart';
import { asQuestionnaire, responseItems, type Answers, type Questionnaire } from './questionnaire';

export type FilledForm = components['schemas']['FilledForm'];
export type Score = components['schemas']['FormScore'];
const RARELY_MS = 60 * 60_000;

export function useForms(enabled = true) {
  const language = currentLanguage();
  return useQuery({
    queryKey: ['forms', language],
    enabled,
    staleTime: RARELY_MS,
    queryFn: async () => (await unwrap(patients.GET('/patients/forms', { params: { query: { language } } }))).items,
  });
}

/** Names forms by their id or `url|version`; what is not known is named by that. */
export function useFormTitles(enabled = true): (form: string) => string {
  const forms = useForms(enabled);
  return (form) => forms.data?.find(({ id, canonical }) => id === form || canonical === form)?.title ?? form;
}

/** A form, with what the institution's country has to it. */
export interface LocalForm extends Questionnaire {
  readonly crisisLine: components['schemas']['CrisisLine'] | null;
  readonly drink: components['schemas']['StandardDrink'] | null;
}

export function useForm(id: string) {
  const language = currentLanguage();
  return useQuery({
    queryKey: ['forms', language, id],
    staleTime: RARELY_MS,
    queryFn: async (): Promise<LocalForm> => {
      const params = { path: { form_id: id }, query: { language } };
      const found = await unwrap(patients.GET('/patients/forms/{form_id}', { params }));
      return { ...asQuestionnaire(found.questionnaire), crisisLine: found.crisis_line, drink: found.drink };
    },
  });
}

export function useFilledForms(patientId: string) {
  return usePartialPages<FilledForm>(chartKey(patientId, 'forms'), (cursor) =>
    unwrap(
      patients.GET('/patients/{patient_id}/forms', {
        params: { path: { patient_id: patientId }, query: { cursor, limit: 30 } },
      }),
    ),
  );
}

export interface Submission {
  readonly form: string;
  readonly questionnaire: Questionnaire;
  readonly answers: Answers;
  readonly status: 'in-progress' | 'completed';
  readonly draft?: FilledForm | undefined;
  readonly encounterId?: string | undefined;
}

/** Keeps a draft or a completed form; a repetition after a lost answer keeps it once. */
export function useSubmit(patientId: string) {
  const refresh = useRefresh(patientId);
  const key = useRef(uuid7());
  return useMutation({
    mutationFn: ({ form, questionnaire, answers, status, draft, encounterId }: Submission) => {
      const response = {
        resourceType: 'QuestionnaireResponse',
        questionnaire: `${questionnaire.url}|${questionnaire.version}`,
        status,
        // A FHIR resource is any JSON in the API's contract.
        item: JSON.parse(JSON.stringify(responseItems(questionnaire.item, answers))) as never,
      };
      const encounter = draft?.encounter ?? encounterId;
      const body = { form, response, ...(encounter != null && { encounter }) };
      if (draft) {
        const params = { path: { patient_id: patientId, response_id: draft.id }, header: ifMatch(draft.version) };
        return unwrap(patients.PUT('/patients/{patient_id}/forms/{response_id}', { params, body }));
      }
      const params = { path: { patient_id: patientId }, header: { 'Idempotency-Key': key.current } };
      return unwrap(patients.POST('/patients/{patient_id}/forms', { params, body }));
    },
    onSettled: async (_made, error) => {
      if (!(error instanceof Unreachable) && !(error instanceof Problem && error.status >= 500)) key.current = uuid7();
      await refresh();
    },
  });
}
