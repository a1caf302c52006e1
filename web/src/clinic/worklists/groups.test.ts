import { describe, expect, it } from 'vitest';
import type { Pending, WorkItem } from '../data/worklists';
import { grouped, GROUPS, isGroup } from './groups';

const encounter = (id: string, task: Pending['task']) => ({ encounter: id, task }) as Pending;
const order = (id: string, reason: WorkItem['reason']) => ({ order: id, reason }) as WorkItem;

describe('the inbox', () => {
  it('shows everything that waits once, in the order in which the server sorted it', () => {
    const pending = [
      encounter('a', 'sign'),
      encounter('b', 'cosign'),
      encounter('c', 'sign'),
      encounter('d', 'finalise'),
    ];
    const work = [order('1', 'critical_result'), order('2', 'unanswered_order'), order('3', 'unsigned_result')];
    const groups = grouped(pending, work);
    const shown = GROUPS.map((group) =>
      groups[group].map((one) => ('order' in one ? one.order.order : one.encounter.encounter)),
    );
    expect(shown).toEqual([['1', '3'], ['a', 'c'], ['b'], ['d'], ['2']]);
  });

  it('knows its groups by their names in the address only', () => {
    expect(GROUPS.every(isGroup)).toBe(true);
    expect(isGroup('constructor')).toBe(false);
    expect(isGroup(null)).toBe(false);
  });
});
