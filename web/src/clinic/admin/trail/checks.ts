/** The trails that can be checked: each context keeps its own, at its own address. */
import type { components } from '../../../api/patients';
import { appointments, consults, identity, orders, patients, pharmacy, unwrap } from '../../data/server/client';

export type Check = components['schemas']['TrailCheck'];

export const TRAILS = ['patients', 'identity', 'appointments', 'consults', 'orders', 'pharmacy'] as const;

export type Trail = (typeof TRAILS)[number];

interface Checking {
  /** The latest check; null when nobody has asked for one. */
  readonly latest: () => Promise<Check | null>;
  readonly ask: (key: string) => Promise<Check>;
}

const once = (key: string) => ({ params: { header: { 'Idempotency-Key': key } } });

export const CHECKS: Readonly<Record<Trail, Checking>> = {
  patients: {
    latest: async () => (await unwrap(patients.GET('/patients/audit-check'))).check,
    ask: (key) => unwrap(patients.POST('/patients/audit-check', once(key))),
  },
  identity: {
    latest: async () => (await unwrap(identity.GET('/identity/audit-check'))).check,
    ask: (key) => unwrap(identity.POST('/identity/audit-check', once(key))),
  },
  appointments: {
    latest: async () => (await unwrap(appointments.GET('/appointments/audit-check'))).check,
    ask: (key) => unwrap(appointments.POST('/appointments/audit-check', once(key))),
  },
  consults: {
    latest: async () => (await unwrap(consults.GET('/consults/audit-check'))).check,
    ask: (key) => unwrap(consults.POST('/consults/audit-check', once(key))),
  },
  orders: {
    latest: async () => (await unwrap(orders.GET('/orders/audit-check'))).check,
    ask: (key) => unwrap(orders.POST('/orders/audit-check', once(key))),
  },
  pharmacy: {
    latest: async () => (await unwrap(pharmacy.GET('/pharmacy/audit-check'))).check,
    ask: (key) => unwrap(pharmacy.POST('/pharmacy/audit-check', once(key))),
  },
};
