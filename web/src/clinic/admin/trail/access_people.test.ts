import { expect, test } from 'vitest';
import { peopleOf, type Access } from './access_people';

const access = (actor: string, action: string, at: string, change: Partial<Access> = {}): Access => ({
  id: at,
  at,
  actor,
  actor_kind: 'user',
  action,
  resource: 'patient/1',
  outcome: 'done',
  reason: '',
  ...change,
});

test('each person is listed once, with what was seen, changed and refused', () => {
  const people = peopleOf([
    access('b', 'patients.read_encounter', '2026-11-03T10:00:00Z'),
    access('a', 'patients.sign_encounter', '2026-11-02T10:00:00Z'),
    access('a', 'patients.read', '2026-11-01T10:00:00Z'),
    access('a', 'patients.read', '2026-11-01T09:00:00Z', { outcome: 'denied' }),
  ]);
  expect(people.map(({ actor, last, seen, changed, refused }) => [actor, last, seen, changed, refused])).toEqual([
    ['b', '2026-11-03T10:00:00Z', 1, 0, 0],
    ['a', '2026-11-02T10:00:00Z', 1, 1, 1],
  ]);
});

test('one access in an emergency marks the person', () => {
  const glass = access('a', 'patients.break_glass', '2026-11-01T10:00:00Z', { reason: 'emergency' });
  expect(peopleOf([access('a', 'patients.read', '2026-11-02T10:00:00Z'), glass])).toMatchObject([{ emergency: true }]);
});

test('a user and a system with the same id are two', () => {
  const system = access('a', 'patients.read', '2026-11-01T10:00:00Z', { actor_kind: 'system' });
  expect(peopleOf([access('a', 'patients.read', '2026-11-02T10:00:00Z'), system])).toHaveLength(2);
});
