/** The eight kinds of entries have the same routes; what differs is their content. */
import type { components } from '../../../api/patients';
import { ifMatch, patients, unwrap } from '../server/client';

type Schemas = components['schemas'];
export type Diagnosis = Schemas['Diagnosis'];

interface Kinds {
  problems: readonly [Schemas['Problem'], Schemas['ProblemBody']];
  allergies: readonly [Schemas['Allergy'], Schemas['AllergyBody']];
  medications: readonly [Schemas['Medication'], Schemas['MedicationBody']];
  immunizations: readonly [Schemas['Immunization'], Schemas['ImmunizationBody']];
  procedures: readonly [Schemas['Procedure'], Schemas['ProcedureBody']];
  'family-history': readonly [Schemas['FamilyHistory'], Schemas['FamilyHistoryBody']];
  'social-history': readonly [Schemas['SocialHistory'], Schemas['SocialHistoryBody']];
  consents: readonly [Schemas['Consent'], Schemas['ConsentBody']];
}
/** The last part of the routes. */
export type KindName = keyof Kinds;
export type Entry = Kinds[KindName][0];
export type Body = Kinds[KindName][1];

/** One route and one body stand for the others, which differ in the last part of the path only. */
type OneBody = components['schemas']['ProblemBody'];
type Page = Omit<components['schemas']['ProblemList'], 'items'> & { readonly items: readonly Entry[] };

const listed = (kind: KindName) => `/patients/{patient_id}/${kind}` as '/patients/{patient_id}/problems';
const single = (kind: KindName) =>
  `/patients/{patient_id}/${kind}/{entry_id}` as '/patients/{patient_id}/problems/{entry_id}';
const past = (kind: KindName) =>
  `/patients/{patient_id}/${kind}/{entry_id}/versions` as '/patients/{patient_id}/problems/{entry_id}/versions';

export function listEntries(patientId: string, kind: KindName, cursor: string | null): Promise<Page> {
  const params = { path: { patient_id: patientId }, query: { cursor, limit: 50 } };
  return unwrap(patients.GET(listed(kind), { params }));
}

export function recordEntry(patientId: string, kind: KindName, body: Body, key: string): Promise<Entry> {
  const params = { path: { patient_id: patientId }, header: { 'Idempotency-Key': key } };
  return unwrap(patients.POST(listed(kind), { params, body: body as OneBody }));
}

/** A new version of the entry; refused as stale when it is no longer the one that was read. */
export function reviseEntry(kind: KindName, entry: Entry, body: Body): Promise<Entry> {
  const params = { path: { patient_id: entry.patient, entry_id: entry.id }, header: ifMatch(entry.version) };
  return unwrap(patients.PUT(single(kind), { params, body: body as OneBody }));
}

/** Every version, oldest first. */
export async function readVersions(kind: KindName, entry: Entry): Promise<readonly Entry[]> {
  const params = { path: { patient_id: entry.patient, entry_id: entry.id } };
  return (await unwrap(patients.GET(past(kind), { params }))).items;
}
