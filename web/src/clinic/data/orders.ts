/** Orders of every kind. All query keys begin with `orders`, so that a change refreshes them all. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { components } from '../../api/orders';
import { Problem, Unreachable } from '../../common/problem';
import { uuid7 } from '../../common/uuid';
import { currentLanguage } from '../language/i18n';
import { usePages } from './pages';
import { orders, unwrap } from './server/client';

type Schemas = components['schemas'];
export type Entry = Schemas['Entry'];
export type EntryKind = Entry['kind'];
export type Prescription = Schemas['Prescription'];
export type PrescriptionBody = Schemas['PrescriptionBody'];
export type NewLine = Schemas['NewLine'];
export type FormularyItem = Schemas['FormularyItem'];
export type Route = NewLine['route'];
export type OrderAlert = Schemas['Alert'];
export type Checks = Schemas['Checks'];
export type PrescribedMedicine = Schemas['PrescribedMedicine'];
export type Term = Schemas['Term'];
export type Order = Schemas['Order'];
export type OrderBody = Schemas['OrderBody'];
export type OrderKind = Order['kind'];
export type OrderedTest = Schemas['OrderedTest-Input'];
export type Priority = Order['priority'];
export type Result = Schemas['Result'];
export type Observation = Schemas['Observation'];
export type Paper = Schemas['Paper'];
export type Attachment = Schemas['Attachment'];

const KEY = 'orders';
const RARELY_MS = 10 * 60_000;

/** Everything ordered for a patient, latest first. */
export function useEntries(patientId: string) {
  return usePages<Entry>([KEY, 'patient', patientId], (cursor) =>
    unwrap(
      orders.GET('/orders/patients/{patient_id}', {
        params: { path: { patient_id: patientId }, query: { cursor, limit: 50 } },
      }),
    ),
  );
}

export function usePrescription(id: string) {
  return useQuery({
    queryKey: [KEY, 'prescription', id],
    queryFn: () => unwrap(orders.GET('/orders/prescriptions/{id}', { params: { path: { id } } })),
  });
}

/** What signing this version of a draft would meet. */
export function useChecks(draft: Prescription) {
  const language = currentLanguage();
  return useQuery({
    queryKey: [KEY, 'checks', draft.id, draft.version, language],
    queryFn: () => {
      const params = { path: { id: draft.id }, query: { language } };
      return unwrap(orders.GET('/orders/prescriptions/{id}/checks', { params }));
    },
  });
}

/** What signing these lines would meet, while they are being written. */
export function useLineChecks(patient: string, body: PrescriptionBody | undefined) {
  const language = currentLanguage();
  return useQuery({
    queryKey: [KEY, 'line-checks', patient, body, language],
    enabled: body !== undefined,
    retry: false,
    placeholderData: (before) => before,
    queryFn: () =>
      unwrap(
        orders.POST('/orders/prescriptions/checks', {
          params: { query: { language } },
          body: { lines: [], ...body, patient },
        }),
      ),
  });
}

/** What is in force of a patient's prescriptions and orders: one reading for all that shows of it. */
function useOrdersSummary<T>(patientId: string, select: (summary: Schemas['PatientSummary']) => T) {
  return useQuery({
    queryKey: [KEY, 'summary', patientId],
    queryFn: () =>
      unwrap(orders.GET('/orders/patients/{patient_id}/summary', { params: { path: { patient_id: patientId } } })),
    select,
  });
}

/** Lines of prescriptions in force whose course has not ended: taken since their signature. */
export function usePrescribedMedicines(patientId: string) {
  return useOrdersSummary(patientId, ({ medicines }) => medicines);
}

/** Orders until somebody has answered for their result. */
export function usePendingOrders(patientId: string) {
  return useOrdersSummary(patientId, (summary) => summary.orders);
}

/** Codes by the words that people use; without words the pick list of allergies. */
export function useTerms(text: string, purpose: 'allergy' | 'medicine') {
  const language = currentLanguage();
  const q = text.trim();
  return useQuery({
    queryKey: ['medicine-terms', purpose, q, language],
    enabled: purpose === 'allergy' || q.length >= 2,
    staleTime: RARELY_MS,
    queryFn: async () =>
      (await unwrap(orders.GET('/orders/medicines', { params: { query: { q, purpose, language } } }))).items,
  });
}

export function useFormulary(text: string) {
  const q = text.trim();
  return useQuery({
    queryKey: ['formulary', q],
    enabled: q.length >= 2,
    staleTime: RARELY_MS,
    queryFn: async () => (await unwrap(orders.GET('/orders/formulary', { params: { query: { q, limit: 20 } } }))).items,
  });
}

/** Tests, images and services by name, abbreviation or code, the nearest first. */
export function useTests(text: string, kind: OrderKind) {
  const q = text.trim();
  const language = currentLanguage();
  return useQuery({
    queryKey: ['tests', language, kind, q],
    enabled: q !== '',
    staleTime: RARELY_MS,
    queryFn: async () =>
      (await unwrap(orders.GET('/orders/tests', { params: { query: { q, kind, language, limit: 12 } } }))).items,
  });
}

export function useOrderSets() {
  return useQuery({
    queryKey: ['order-sets'],
    staleTime: RARELY_MS,
    queryFn: async () => (await unwrap(orders.GET('/orders/order-sets'))).items,
  });
}

export function useOrder(id: string) {
  return useQuery({
    queryKey: [KEY, 'request', id],
    queryFn: () => unwrap(orders.GET('/orders/requests/{id}', { params: { path: { id } } })),
  });
}

export function useResults(id: string, enabled: boolean) {
  return useQuery({
    queryKey: [KEY, 'results', id],
    enabled,
    queryFn: async () =>
      (await unwrap(orders.GET('/orders/requests/{id}/results', { params: { path: { id } } }))).items,
  });
}

export function usePaper(kind: 'referral' | 'certificate', id: string) {
  return useQuery({
    queryKey: [KEY, kind, id],
    queryFn: () =>
      kind === 'referral'
        ? unwrap(orders.GET('/orders/referrals/{id}', { params: { path: { id } } }))
        : unwrap(orders.GET('/orders/certificates/{id}', { params: { path: { id } } })),
  });
}

export interface KeyHeader {
  readonly 'Idempotency-Key': string;
}

/**
 * A change under a key that stays the same until the server has answered, so that a repetition after
 * a lost answer does nothing twice.
 */
export function useAct<Argument = void, Answer = unknown>(
  act: (key: KeyHeader, argument: Argument) => Promise<Answer>,
) {
  const client = useQueryClient();
  const key = useRef(uuid7());
  return useMutation({
    mutationFn: (argument: Argument) => act({ 'Idempotency-Key': key.current }, argument),
    onSettled: async (_answer, error) => {
      if (!outcomeUnknown(error)) key.current = uuid7();
      await client.invalidateQueries({ queryKey: [KEY] });
    },
  });
}

function outcomeUnknown(error: Error | null): boolean {
  return error instanceof Unreachable || (error instanceof Problem && error.status >= 500);
}
