/** A record's accesses, gathered by who made them. */
import type { components } from '../../../api/patients';

export type Access = components['schemas']['Access'];

const KINDS = ['user', 'partner', 'participant', 'system', 'anonymous'] as const;

export interface Person {
  readonly actor: string;
  readonly kind: (typeof KINDS)[number];
  /** When the latest access was. */
  readonly last: string;
  readonly seen: number;
  readonly changed: number;
  readonly refused: number;
  /** Whether some access was in an emergency, without a relation to the patient. */
  readonly emergency: boolean;
}

/** Actions that only read; their names say so. */
const READING = /\.(read|list|search|find|check|export|download|request_export|report|verify)/;

export function reads(action: string): boolean {
  return READING.test(action);
}

/** Each person once, the latest access first. */
export function peopleOf(accesses: readonly Access[]): readonly Person[] {
  const people = new Map<string, Person>();
  for (const { actor, actor_kind, action, outcome, reason, at } of accesses) {
    const key = `${actor_kind} ${actor}`;
    const kind = KINDS.find((each) => each === actor_kind) ?? 'system';
    const before = people.get(key) ?? { actor, kind, last: at, seen: 0, changed: 0, refused: 0, emergency: false };
    const done = outcome === 'done';
    const reading = reads(action);
    people.set(key, {
      ...before,
      last: at > before.last ? at : before.last,
      seen: before.seen + Number(done && reading),
      changed: before.changed + Number(done && !reading),
      refused: before.refused + Number(!done),
      emergency: before.emergency || reason === 'emergency' || reason === 'break-glass',
    });
  }
  return [...people.values()].sort((a, b) => b.last.localeCompare(a.last));
}
