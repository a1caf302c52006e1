/** What the inbox is made of, in the order in which it is shown. */
import type { Pending, Reason, Task, WorkItem } from '../data/worklists';

export const GROUPS = ['results', 'sign', 'cosign', 'finalise', 'unanswered'] as const;
export type Group = (typeof GROUPS)[number];

const OF_TASK: Readonly<Record<Task, Group>> = { sign: 'sign', cosign: 'cosign', finalise: 'finalise' };
const OF_REASON: Readonly<Record<Reason, Group>> = {
  critical_result: 'results',
  unsigned_result_late: 'results',
  unsigned_result: 'results',
  unanswered_order: 'unanswered',
};
/** The groups that come with the orders; the others come with the encounters. */
export const OF_ORDERS: ReadonlySet<Group> = new Set(Object.values(OF_REASON));

export type Entry = { readonly encounter: Pending } | { readonly order: WorkItem };

/** Each group's entries, in the server's order. */
export function grouped(
  pending: readonly Pending[],
  work: readonly WorkItem[],
): Readonly<Record<Group, readonly Entry[]>> {
  const groups: Record<Group, Entry[]> = { results: [], sign: [], cosign: [], finalise: [], unanswered: [] };
  for (const one of pending) groups[OF_TASK[one.task]].push({ encounter: one });
  for (const one of work) groups[OF_REASON[one.reason]].push({ order: one });
  return groups;
}

export function isGroup(text: string | null): text is Group {
  return GROUPS.some((group) => group === text);
}
