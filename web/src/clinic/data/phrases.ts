/** A clinician's own phrases and templates: what they put into a note, and how that is taken back. */
import { useQuery } from '@tanstack/react-query';
import type { components } from '../../api/patients';
import { SECTIONS, type Content } from './notes/autosave';
import { useChange } from './saving';
import { ifMatch, patients, unwrap } from './server/client';

export type Phrase = PhraseBook['items'][number];
export type PhraseBook = components['schemas']['PhraseBook'];

const KEY = ['phrases'] as const;
export const PARTS = ['text', ...SECTIONS] as const;
export type Part = (typeof PARTS)[number];

export function usePhrases(enabled = true) {
  return useQuery({
    queryKey: KEY,
    enabled,
    staleTime: 5 * 60_000,
    queryFn: () => unwrap(patients.GET('/patients/phrases')),
  });
}

/** Replaces the book; another device's change since it was read is refused, never overwritten. */
export function useSavePhrases(onDone?: () => void) {
  return useChange(
    KEY,
    ({ items, version }: PhraseBook) =>
      unwrap(patients.PUT('/patients/phrases', { params: { header: ifMatch(version) }, body: { items: [...items] } })),
    onDone,
  );
}

/** Below what stands there already, on a line of its own. */
function below(before: string, added: string): string {
  if (added.trim() === '') return before;
  return before.trim() === '' ? added : `${before.trimEnd()}\n${added}`;
}

/** The parts of a note that a phrase changes. What it says of no part goes where one was writing. */
export function inserted(content: Content, phrase: Phrase, writing: Part): Partial<Content> {
  const added = new Map<Part, string>();
  for (const part of SECTIONS) added.set(part, phrase[part]);
  const free = SECTIONS.some((part) => phrase[part]) ? 'text' : writing;
  added.set(free, below(added.get(free) ?? '', phrase.text));
  return Object.fromEntries(
    [...added]
      .map(([part, text]) => [part, below(content[part], text)] as const)
      .filter(([part, text]) => text !== content[part]),
  );
}

/** What to write so that the note is as it was; parts that were written in since are left alone. */
export function takenBack(before: Content, put: Partial<Content>, now: Content): Partial<Content> {
  return Object.fromEntries(
    PARTS.filter((part) => put[part] !== undefined && now[part] === put[part]).map((part) => [part, before[part]]),
  );
}

/** Which phrases the words that were typed mean: each has to begin a word of the name. */
export function matching(phrases: readonly Phrase[], typed: string): readonly Phrase[] {
  const plain = (text: string) =>
    text
      .normalize('NFD')
      .replace(/\p{Diacritic}/gu, '')
      .toLowerCase();
  const words = plain(typed).split(/\s+/).filter(Boolean);
  return phrases.filter(({ name }) => {
    const known = plain(name).split(/\s+/);
    return words.every((word) => known.some((each) => each.startsWith(word)));
  });
}
