/** Which tables and rules are in use, and who stands for them. */
import { useQuery } from '@tanstack/react-query';
import type { components } from '../../api/orders';
import { orders, patients, unwrap } from './server/client';

export type KnownTable = components['schemas']['KnownTable'];
export type Context = 'patients' | 'orders';
export interface PlacedTable extends KnownTable {
  readonly context: Context;
}

export const KNOWLEDGE = ['admin', 'knowledge'] as const;

export function useKnowledge() {
  return useQuery({
    queryKey: KNOWLEDGE,
    queryFn: async () => {
      const [record, ordered] = await Promise.all([
        unwrap(patients.GET('/patients/knowledge')),
        unwrap(orders.GET('/orders/knowledge')),
      ]);
      return {
        tables: [
          ...ordered.items.map((one): PlacedTable => ({ ...one, context: 'orders' })),
          ...record.items.map((one): PlacedTable => ({ ...one, context: 'patients' })),
        ],
        classifications: record.classifications,
      };
    },
  });
}

/** Says who stands for the version of a table that is in use. */
export function confirmTable(table: PlacedTable, confirmedBy: string, key: { readonly 'Idempotency-Key': string }) {
  const params = { path: { table: table.id }, header: key };
  const body = { version: table.version, confirmed_by: confirmedBy };
  return table.context === 'orders'
    ? unwrap(orders.POST('/orders/knowledge/{table}/confirm', { params, body }))
    : unwrap(patients.POST('/patients/knowledge/{table}/confirm', { params, body }));
}
