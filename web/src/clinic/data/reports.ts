/** Reports of three contexts as one list: each context makes its own, with the same contract. */
import { useQueries } from '@tanstack/react-query';
import type { components } from '../../api/appointments';
import type { Language } from '../language/i18n';
import { appointments, orders, patients, unwrap } from './server/client';
import type { Role } from './session/roles';

export type Report = components['schemas']['Report'];
export type Format = components['schemas']['ReportFormat'];
export type Scope = components['schemas']['ReportScope'];
export type PaperSize = components['schemas']['ReportPaper'];

export interface Wish {
  readonly scope: Scope;
  readonly since: string;
  readonly until: string;
  readonly language: Language;
  readonly paper: PaperSize;
  readonly zone: string;
}

export type Source = 'appointments' | 'patients' | 'orders';

interface Offer {
  readonly source: Source;
  readonly mine: readonly Role[];
  readonly institution: readonly Role[];
  /** One of these roles is needed besides: a medical director is an administrator and a clinician. */
  readonly besides?: readonly Role[];
}

/** Who may ask for which, after each context's `policy` module. */
export const KINDS = {
  agenda: { source: 'appointments', mine: ['physician', 'nurse'], institution: ['administrator', 'front_desk'] },
  no_shows: { source: 'appointments', mine: ['physician', 'nurse'], institution: ['administrator', 'front_desk'] },
  weeks: { source: 'appointments', mine: ['physician', 'nurse'], institution: ['administrator'] },
  activity: { source: 'appointments', mine: ['physician', 'nurse'], institution: ['administrator'] },
  unsigned_notes: { source: 'patients', mine: ['physician', 'nurse'], institution: ['administrator'] },
  notifiable_diagnoses: {
    source: 'patients',
    mine: ['physician', 'nurse'],
    institution: ['administrator'],
    besides: ['physician', 'nurse'],
  },
  open_orders: { source: 'orders', mine: ['physician'], institution: ['administrator', 'laboratory'] },
} as const satisfies Record<string, Offer>;

export type Kind = keyof typeof KINDS;

export function isKind(text: string): text is Kind {
  return text in KINDS;
}

/** What the user's roles may ask for, and over whose rows. */
export function offers(has: (roles: readonly Role[]) => boolean): ReadonlyMap<Kind, readonly Scope[]> {
  const kinds = Object.entries(KINDS) as [Kind, Offer][];
  const found = kinds.map(([kind, { mine, institution, besides }]) => {
    const scopes: Scope[] = [];
    if (has(mine)) scopes.push('mine');
    if (has(institution) && (!besides || has(besides))) scopes.push('institution');
    return [kind, scopes] as const;
  });
  return new Map(found.filter(([, scopes]) => scopes.length > 0));
}

export interface Listed extends Report {
  readonly source: Source;
}

const POLL_MS = 2500;

/** The caller's reports, latest first; looked at again while one is being made. */
export function useReports(sources: readonly Source[]) {
  return useQueries({
    queries: sources.map((source) => ({
      queryKey: ['reports', source],
      queryFn: async (): Promise<readonly Listed[]> => (await list(source)).map((report) => ({ ...report, source })),
      refetchInterval: (query: { readonly state: { readonly data: readonly Listed[] | undefined } }) =>
        query.state.data?.some((each) => each.status === 'queued' || each.status === 'running') === true && POLL_MS,
    })),
    combine: (results) => ({
      data: results.some((each) => each.data)
        ? results.flatMap((each) => each.data ?? []).sort((a, b) => b.created_at.localeCompare(a.created_at))
        : undefined,
      error: results.find((each) => each.isError)?.error ?? null,
      isError: results.some((each) => each.isError),
      isFetching: results.some((each) => each.isFetching),
      dataUpdatedAt: Math.min(...results.map((each) => each.dataUpdatedAt)),
      refetch: () => Promise.all(results.map((each) => each.refetch())),
    }),
  });
}

async function list(source: Source): Promise<readonly Report[]> {
  const params = { query: { limit: 50 } };
  if (source === 'appointments') return (await unwrap(appointments.GET('/appointments/reports', { params }))).items;
  if (source === 'patients') return (await unwrap(patients.GET('/patients/reports', { params }))).items;
  return (await unwrap(orders.GET('/orders/reports', { params }))).items;
}

export async function make(kind: Kind, { zone, ...wish }: Wish, key: string): Promise<Report> {
  const params = { header: { 'Idempotency-Key': key } };
  switch (kind) {
    case 'agenda':
    case 'no_shows':
    case 'activity':
    case 'weeks':
      return unwrap(appointments.POST('/appointments/reports', { params, body: { ...wish, kind } }));
    case 'unsigned_notes':
    case 'notifiable_diagnoses':
      return unwrap(patients.POST('/patients/reports', { params, body: { ...wish, kind, zone } }));
    case 'open_orders':
      return unwrap(orders.POST('/orders/reports', { params, body: { ...wish, kind, zone } }));
  }
}

/** A short-lived link to one file. */
export async function linkTo(source: Source, report: string, format: Format): Promise<string> {
  const params = { path: { report_id: report }, query: { format } };
  if (source === 'appointments')
    return (await unwrap(appointments.GET('/appointments/reports/{report_id}/link', { params }))).url;
  if (source === 'patients') return (await unwrap(patients.GET('/patients/reports/{report_id}/link', { params }))).url;
  return (await unwrap(orders.GET('/orders/reports/{report_id}/link', { params }))).url;
}
