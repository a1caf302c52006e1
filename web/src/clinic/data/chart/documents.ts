import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import type { components } from '../../../api/patients';
import { Problem, Unreachable } from '../../../common/problem';
import { uuid7 } from '../../../common/uuid';
import { send, sha256 } from '../files';
import { usePartialPages } from '../pages';
import { ifMatch, patients, unwrap } from '../server/client';
import { chartKey, useRefresh } from './chart';

type Schemas = components['schemas'];
export type Document = Schemas['Document'];
export type Version = Schemas['DocumentVersion'];
export type Category = Document['category'];

/** In the order in which they are offered (LOINC document ontology). */
export const CATEGORIES: readonly Category[] = [
  '11502-2',
  '18748-4',
  '11524-6',
  '11526-1',
  '18842-5',
  '11504-8',
  '34109-9',
  '57133-1',
  '57833-6',
  '11369-6',
  '59284-0',
  '42348-3',
  '72170-4',
  '51851-4',
  'OTH',
];
const LOOK_AGAIN_MS = 3000;

/** A patient's documents, latest first; asked again while one of them is being examined. */
export function useDocuments(patientId: string, category: Category | null) {
  return usePartialPages<Document>(
    chartKey(patientId, 'documents', category ?? ''),
    (cursor) =>
      unwrap(
        patients.GET('/patients/{patient_id}/documents', {
          params: {
            path: { patient_id: patientId },
            query: { cursor, limit: 30, ...(category !== null && { category }) },
          },
        }),
      ),
    { again: (pages) => (pages.some(({ items }) => items.some(examined)) ? LOOK_AGAIN_MS : false) },
  );
}

function examined({ versions }: Document): boolean {
  return versions.some(({ status }) => status === 'scanning');
}

export interface Given {
  readonly file: File;
  readonly title: string;
  readonly category: Category;
  /** The document that gets another version; none makes a document. */
  readonly replaces?: Document;
  readonly encounterId?: string | undefined;
}

/** Announce, send, complete. The key stays the same while it is not known what became of a try. */
export function useUpload(patientId: string, onProgress: (share: number) => void) {
  const refresh = useRefresh(patientId);
  const key = useRef(uuid7());
  return useMutation({
    mutationFn: async (given: Given) => {
      onProgress(0);
      const announced = await announce(patientId, given, key.current);
      await send(announced, given.file, onProgress);
      const path = { patient_id: patientId, upload_id: announced.upload_id };
      return unwrap(
        patients.POST('/patients/{patient_id}/documents/uploads/{upload_id}/complete', { params: { path } }),
      );
    },
    onSettled: async (_made, error) => {
      if (!(error instanceof Unreachable) && !(error instanceof Problem && error.status >= 500)) key.current = uuid7();
      await refresh();
    },
  });
}

async function announce(patientId: string, given: Given, key: string) {
  const file = { name: given.file.name.slice(-200), size: given.file.size, sha256: await sha256(given.file) };
  const header = { 'Idempotency-Key': key };
  if (given.replaces) {
    const params = {
      path: { patient_id: patientId, document_id: given.replaces.id },
      header: { ...header, ...ifMatch(given.replaces.version) },
    };
    return unwrap(patients.POST('/patients/{patient_id}/documents/{document_id}/versions', { params, body: file }));
  }
  const body = {
    ...file,
    title: given.title,
    category: given.category,
    ...(given.encounterId !== undefined && { encounter: given.encounterId }),
  };
  return unwrap(
    patients.POST('/patients/{patient_id}/documents', { params: { path: { patient_id: patientId }, header }, body }),
  );
}

/** A short-lived link to one version. */
export async function linkTo(patientId: string, document: Document, version: number): Promise<string> {
  const params = { path: { patient_id: patientId, document_id: document.id }, query: { version } };
  return (await unwrap(patients.GET('/patients/{patient_id}/documents/{document_id}/link', { params }))).url;
}

export function useVoidDocument(patientId: string) {
  const refresh = useRefresh(patientId);
  return useMutation({
    mutationFn: ({ document, reason }: { readonly document: Document; readonly reason: string }) => {
      const path = { patient_id: patientId, document_id: document.id };
      const params = { path, header: { ...ifMatch(document.version), 'Idempotency-Key': uuid7() } };
      return unwrap(patients.POST('/patients/{patient_id}/documents/{document_id}/void', { params, body: { reason } }));
    },
    onSettled: refresh,
  });
}
