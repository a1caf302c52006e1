/** The steps of an encounter's life after writing. Each names the version that its reader saw. */
import { ifMatch, patients, unwrap } from '../server/client';
import type { Content } from './autosave';
import { bodyOf, type Encounter, type Note } from './notes';

type Once = (content: unknown) => string;

/** One key for a step on one version: a repetition after a lost answer is the same step. */
function headers(step: string, encounter: Encounter, once: Once, content: unknown = null) {
  const key = once([step, encounter.id, encounter.version, content]);
  return { path: { encounter_id: encounter.id }, header: { ...ifMatch(encounter.version), 'Idempotency-Key': key } };
}

/** Signs as the author, who may ask a colleague's account to co-sign. */
export function sign(encounter: Encounter, cosigner: string | null, once: Once) {
  const params = headers('sign', encounter, once, cosigner);
  return unwrap(patients.POST('/patients/encounters/{encounter_id}/sign', { params, body: { cosigner } }));
}

export function cosign(encounter: Encounter, once: Once) {
  const params = headers('cosign', encounter, once);
  return unwrap(patients.POST('/patients/encounters/{encounter_id}/cosign', { params, body: {} }));
}

export function finalise(encounter: Encounter, once: Once) {
  return unwrap(
    patients.POST('/patients/encounters/{encounter_id}/finalise', { params: headers('finalise', encounter, once) }),
  );
}

export function addAddendum(encounter: Encounter, text: string, once: Once) {
  const params = headers('addendum', encounter, once, text);
  return unwrap(patients.POST('/patients/encounters/{encounter_id}/addenda', { params, body: { text } }));
}

export function amend(encounter: Encounter, note: Note, content: Content, reason: string, once: Once) {
  const body = { note: note.id, note_version: note.versions.at(-1)?.version ?? 1, content: bodyOf(content), reason };
  const params = headers('amend', encounter, once, body);
  return unwrap(patients.POST('/patients/encounters/{encounter_id}/amend', { params, body }));
}
