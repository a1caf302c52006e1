/** Notes of an encounter between the API and the editor. */
import type { components } from '../../../api/patients';
import { Problem } from '../../../common/problem';
import { ifMatch, patients, unwrap } from '../server/client';
import { tokenOwner } from '../server/tokens';
import { SECTIONS, type Content, type Keeper, type Saved } from './autosave';

type Schemas = components['schemas'];
export type Encounter = Schemas['Encounter'];
export type Note = Schemas['EncounterNote'];
export type NoteVersion = Schemas['NoteVersion'];

/** LOINC: addendum document. */
const ADDENDUM = '55107-7';

export function isAddendum(note: Note): boolean {
  return note.loinc === ADDENDUM;
}

export function contentOf(version: Pick<NoteVersion, 'text' | 'soap'>): Content {
  const { text, soap } = version;
  return {
    text,
    subjective: soap?.subjective ?? '',
    objective: soap?.objective ?? '',
    assessment: soap?.assessment ?? '',
    plan: soap?.plan ?? '',
  };
}

/** As it is sent; without sections a note is its narrative alone. */
export function bodyOf(content: Content): Schemas['NoteContent'] {
  const { text, ...soap } = content;
  return { text, soap: SECTIONS.some((section) => content[section] !== '') ? soap : null };
}

export function isBlank(content: Content): boolean {
  return [content.text, ...SECTIONS.map((section) => content[section])].every((part) => part.trim() === '');
}

/** The newest version of a note. */
export function savedOf(note: Note): Saved | null {
  const last = note.versions.at(-1);
  return last
    ? { note: note.id, version: last.version, content: contentOf(last), at: last.written_at, author: last.author }
    : null;
}

export function readEncounter(encounter: string): Promise<Encounter> {
  return unwrap(patients.GET('/patients/encounters/{encounter_id}', { params: { path: { encounter_id: encounter } } }));
}

/**
 * Keeps one user's notes of an encounter; `onBegun` is told of a new one. When another user has
 * signed in meanwhile, nothing is saved: it would bear the wrong name.
 */
export function keeperOf(user: string, encounter: string, onBegun: (note: string) => void): Keeper {
  const mustBeMine = async () => {
    if ((await tokenOwner()) !== user) throw new Problem(401, {});
  };
  const saved = (answer: Schemas['NoteSaved'], content: Content): Saved => ({
    note: answer.note,
    version: answer.version,
    content,
    at: answer.saved_at,
    author: answer.author,
  });
  return {
    async begin(content, key) {
      await mustBeMine();
      const params = { path: { encounter_id: encounter }, header: { 'Idempotency-Key': key } };
      const answer = await unwrap(
        patients.POST('/patients/encounters/{encounter_id}/notes', { params, body: bodyOf(content) }),
      );
      onBegun(answer.note);
      return saved(answer, content);
    },
    async save(base, content, autosave) {
      await mustBeMine();
      const params = { path: { encounter_id: encounter, note_id: base.note }, header: ifMatch(base.version) };
      const body = { ...bodyOf(content), autosave };
      return saved(
        await unwrap(patients.PUT('/patients/encounters/{encounter_id}/notes/{note_id}', { params, body })),
        content,
      );
    },
    async read(note) {
      const found = (await readEncounter(encounter)).notes.find(({ id }) => id === note);
      const newest = found && savedOf(found);
      if (!newest) throw new Error('a note of the encounter is not there any more');
      return newest;
    },
  };
}
