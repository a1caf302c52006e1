/** The pharmacy's stock and dispensing. All query keys begin with `pharmacy`, so that a change refreshes them all. */
import { useQuery } from '@tanstack/react-query';
import type { components } from '../../api/pharmacy';
import { useOnce } from '../kit/once';
import { currentLanguage } from '../language/i18n';
import { usePages } from './pages';
import { useChange } from './saving';
import { ifMatch, orders, pharmacy, unwrap } from './server/client';

type Schemas = components['schemas'];
export type Item = Schemas['StockItem'];
export type ItemBody = Schemas['StockItemBody'];
export type Warehouse = Schemas['Warehouse'];
export type Stock = Schemas['Stock'];
export type LotBalance = Schemas['LotBalance'];
export type KardexLine = Schemas['KardexLine'];
export type Posting = Schemas['Posting'];
export type Transfer = Schemas['Transfer'];
export type StockCount = Schemas['StockCount'];
export type Recall = Schemas['Recall'];
export type Scan = Schemas['Scan'];
export type Sheet = Schemas['DispensingSheet'];
export type SheetLine = Schemas['SheetLine'];
export type Dispensing = Schemas['Dispensing'];
export type LabelFormat = Schemas['LabelFormat'];

export const KEY = ['pharmacy'] as const;
const REFRESH_MS = 30_000;

/** A change with an Idempotency-Key that stays the same for the same content. */
export function usePharmacyChange<In, Out>(
  change: (input: In, header: { readonly 'Idempotency-Key': string }) => Promise<Out>,
  onDone?: (answer: Out) => void,
) {
  const key = useOnce();
  return useChange(KEY, (input: In) => change(input, { 'Idempotency-Key': key(input) }), onDone);
}

export function useWarehouses() {
  return useQuery({
    queryKey: [...KEY, 'warehouses'],
    queryFn: async () => [...(await unwrap(pharmacy.GET('/pharmacy/warehouses'))).items],
  });
}

export function useItems(q: string) {
  return useQuery({
    queryKey: [...KEY, 'items', q],
    queryFn: async () => [
      ...(await unwrap(pharmacy.GET('/pharmacy/items', { params: { query: { q, limit: 100 } } }))).items,
    ],
  });
}

export function saveItem(code: string, body: ItemBody, version: number) {
  return unwrap(pharmacy.PUT('/pharmacy/items/{code}', { params: { path: { code }, header: ifMatch(version) }, body }));
}

export function scan(code: string): Promise<Scan> {
  return unwrap(pharmacy.GET('/pharmacy/scan', { params: { query: { code } } }));
}

export function useStock(warehouse: string) {
  return usePages<Stock>([...KEY, 'stock', warehouse], (cursor) =>
    unwrap(
      pharmacy.GET('/pharmacy/warehouses/{warehouse_id}/stock', {
        params: { path: { warehouse_id: warehouse }, query: { cursor, limit: 100 } },
      }),
    ),
  );
}

export function useStockAlerts(warehouse: string) {
  return useQuery({
    queryKey: [...KEY, 'alerts', warehouse],
    queryFn: () =>
      unwrap(
        pharmacy.GET('/pharmacy/warehouses/{warehouse_id}/alerts', { params: { path: { warehouse_id: warehouse } } }),
      ),
    refetchInterval: REFRESH_MS,
  });
}

export function useKardex(warehouse: string, code: string, lot: string | null) {
  return usePages<KardexLine>([...KEY, 'kardex', warehouse, code, lot], (cursor) =>
    unwrap(
      pharmacy.GET('/pharmacy/warehouses/{warehouse_id}/stock/{code}/kardex', {
        params: { path: { warehouse_id: warehouse, code }, query: { cursor, limit: 50, lot } },
      }),
    ),
  );
}

export function useTransfers(warehouse: string, onTheWay: boolean) {
  return usePages<Transfer>([...KEY, 'transfers', warehouse, onTheWay], (cursor) =>
    unwrap(
      pharmacy.GET('/pharmacy/transfers', {
        params: { query: { warehouse, on_the_way: onTheWay, cursor, limit: 50 } },
      }),
    ),
  );
}

export function useCounts(warehouse: string) {
  return usePages<StockCount>([...KEY, 'counts', warehouse], (cursor) =>
    unwrap(pharmacy.GET('/pharmacy/counts', { params: { query: { warehouse, cursor, limit: 20 } } })),
  );
}

export function useRecalls() {
  return usePages<Recall>([...KEY, 'recalls'], (cursor) =>
    unwrap(pharmacy.GET('/pharmacy/recalls', { params: { query: { cursor, limit: 50 } } })),
  );
}

export function useReceivers(recall: string) {
  return usePages<Schemas['LotReceiver']>([...KEY, 'receivers', recall], (cursor) =>
    unwrap(
      pharmacy.GET('/pharmacy/recalls/{recall_id}/receivers', {
        params: { path: { recall_id: recall }, query: { cursor, limit: 100 } },
      }),
    ),
  );
}

/** The prescription that a printed code stands for. */
export async function prescriptionOf(code: string): Promise<string> {
  return (await unwrap(orders.GET('/orders/prescriptions/by-code/{code}', { params: { path: { code } } }))).id;
}

export function useSheet(prescription: string, warehouse: string) {
  const language = currentLanguage();
  return useQuery({
    queryKey: [...KEY, 'sheet', prescription, warehouse, language],
    queryFn: () =>
      unwrap(
        pharmacy.GET('/pharmacy/prescriptions/{prescription_id}', {
          params: { path: { prescription_id: prescription }, query: { warehouse, language } },
        }),
      ),
  });
}

export function useDispensing(id: string) {
  return useQuery({
    queryKey: [...KEY, 'dispensing', id],
    queryFn: () =>
      unwrap(pharmacy.GET('/pharmacy/dispensings/{dispensing_id}', { params: { path: { dispensing_id: id } } })),
  });
}

/** What waits for a second person at a warehouse. */
export function useWaiting(warehouse: string) {
  const params = { path: { warehouse_id: warehouse } };
  return useQuery({
    queryKey: [...KEY, 'waiting', warehouse],
    queryFn: async () => {
      const [dispensings, postings] = await Promise.all([
        unwrap(pharmacy.GET('/pharmacy/warehouses/{warehouse_id}/waiting-dispensings', { params })),
        unwrap(pharmacy.GET('/pharmacy/warehouses/{warehouse_id}/postings', { params })),
      ]);
      return { dispensings: dispensings.items, postings: postings.items };
    },
    refetchInterval: REFRESH_MS,
  });
}

export function printed(dispensing: string, format: LabelFormat) {
  const params = { path: { dispensing_id: dispensing }, query: { format } };
  return unwrap(pharmacy.GET('/pharmacy/dispensings/{dispensing_id}/print', { params }));
}
