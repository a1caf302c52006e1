/** Typed clients of each context, on our own origin, with the tab's token and one kind of error. */
import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { paths as AppointmentsPaths } from '../../../api/appointments';
import type { paths as BillingPaths } from '../../../api/billing';
import type { paths as ConsultsPaths } from '../../../api/consults';
import type { paths as IdentityPaths } from '../../../api/identity';
import type { paths as InteropPaths } from '../../../api/interop';
import type { paths as OrdersPaths } from '../../../api/orders';
import type { paths as PatientsPaths } from '../../../api/patients';
import type { paths as PharmacyPaths } from '../../../api/pharmacy';
import { Problem, Unreachable } from '../../../common/problem';
import { accessToken, forgetToken } from './tokens';

const BASE = '/api';

const authorized: Middleware = {
  async onRequest({ request }) {
    request.headers.set('Authorization', `Bearer ${await accessToken()}`);
    return request;
  },
  onResponse({ response }) {
    if (response.status === 401) forgetToken(); // revoked or expired early: the next call asks for another
  },
};

async function reachable(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    throw new Unreachable();
  }
}

function clientOf<Paths extends object>(): Client<Paths> {
  const client = createClient<Paths>({ baseUrl: BASE, fetch: reachable });
  client.use(authorized);
  return client;
}

export const identity = clientOf<IdentityPaths>();
export const patients = clientOf<PatientsPaths>();
export const appointments = clientOf<AppointmentsPaths>();
export const consults = clientOf<ConsultsPaths>();
export const orders = clientOf<OrdersPaths>();
export const pharmacy = clientOf<PharmacyPaths>();
export const interop = clientOf<InteropPaths>();
export const billing = clientOf<BillingPaths>();
/** For what needs no token: signing in. */
export const open = createClient<IdentityPaths>({ baseUrl: BASE, fetch: reachable });

interface Outcome<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The answer's body, or a thrown Problem. */
export async function unwrap<T>(outcome: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await outcome;
  if (response.ok) return data as T;
  throw new Problem(response.status, (error ?? {}) as Readonly<Record<string, unknown>>);
}

/** Body and ETag, for what will be changed afterwards; what was never written has none, and is version 0. */
export async function unwrapVersioned<T>(outcome: Promise<Outcome<T>>): Promise<readonly [T, string]> {
  const answer = await outcome;
  const body = await unwrap(Promise.resolve(answer));
  return [body, answer.response.headers.get('ETag') ?? '"0"'];
}

/** If-Match of a version that an answer's body carried. */
export function ifMatch(version: number): { readonly 'If-Match': string } {
  return { 'If-Match': `"${version}"` };
}
