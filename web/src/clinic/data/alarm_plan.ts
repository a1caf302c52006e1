/** Who is told when an alarm rings, and by which way. */
import { useQuery } from '@tanstack/react-query';
import type { components } from '../../api/orders';
import { orders, unwrap } from './server/client';

export type AlarmPlan = components['schemas']['AlarmPlan'];
export type AlarmContact = components['schemas']['AlarmContact'];

export const ALARM_PLAN = ['admin', 'alarm-plan'] as const;
export const CONTACTS = ['admin', 'alarm-contacts'] as const;
const WHILE_TESTING_MS = 3000;
const TEST_TAKES_MS = 2 * 60_000;

export function useAlarmPlan() {
  return useQuery({ queryKey: ALARM_PLAN, queryFn: () => unwrap(orders.GET('/orders/alarm-plan')) });
}

/** Everybody's addresses, all pages; asked for again while a test is on its way. */
export function useAlarmContacts() {
  return useQuery({
    queryKey: CONTACTS,
    queryFn: async () => {
      const found: AlarmContact[] = [];
      for (let cursor: string | null = null; ;) {
        const query: { cursor: string | null; limit: number } = { cursor, limit: 100 };
        const page: components['schemas']['AlarmContactList'] = await unwrap(
          orders.GET('/orders/alarm-contacts', { params: { query } }),
        );
        found.push(...page.items);
        cursor = page.cursor ?? null;
        if (cursor === null) return found;
      }
    },
    refetchInterval: ({ state }) => (state.data?.some(underWay) === true ? WHILE_TESTING_MS : false),
  });
}

/** Whether a test was asked for lately and nothing is known of it yet. */
export function underWay({ tested }: AlarmContact): boolean {
  return tested != null && tested.done_at == null && Date.now() - Date.parse(tested.asked_at) < TEST_TAKES_MS;
}

/** Whether one of somebody's addresses is of a kind that messages are sent to. */
export function reachable(contact: AlarmContact | undefined, plan: AlarmPlan): boolean {
  if (!contact) return false;
  const ways = plan.channels;
  return (contact.email != null && ways.includes('email')) || (contact.phone != null && ways.includes('sms'));
}
