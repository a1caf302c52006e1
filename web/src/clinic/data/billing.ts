/** Contracts, vouchers and invoices. All query keys begin with `billing`, so that a change refreshes them all. */
import { useQuery } from '@tanstack/react-query';
import type { components } from '../../api/billing';
import { useOnce } from '../kit/once';
import { usePages } from './pages';
import { useChange } from './saving';
import { billing, unwrap } from './server/client';

type Schemas = components['schemas'];
export type Payer = Schemas['Payer'];
export type PayerBody = Schemas['PayerBody'];
export type PayerContract = Schemas['PayerContract'];
export type ContractBody = Schemas['ContractBody'];
export type NewPrice = Schemas['NewPrices']['lines'][number];
export type PriceSet = Schemas['PriceSet'];
export type Charge = Schemas['Charge'];
export type Voucher = Schemas['Voucher'];
export type VoucherSummary = Schemas['VoucherSummary'];
export type Invoice = Schemas['Invoice'];
export type PaymentMethod = Schemas['PaymentMethod'];

export const BILLING_KEY = ['billing'] as const;

interface Once {
  readonly 'Idempotency-Key': string;
}

/** A change with an Idempotency-Key that stays the same for the same content. */
export function useBillingChange<In, Out>(
  change: (input: In, header: Once) => Promise<Out>,
  onDone?: (answer: Out) => void,
) {
  const key = useOnce();
  return useChange(BILLING_KEY, (input: In) => change(input, { 'Idempotency-Key': key(input) }), onDone);
}

export function usePayers() {
  return useQuery({
    queryKey: [...BILLING_KEY, 'payers'],
    queryFn: async () => [...(await unwrap(billing.GET('/billing/payers'))).items],
  });
}

export function useContracts() {
  return useQuery({
    queryKey: [...BILLING_KEY, 'contracts'],
    queryFn: async () => [...(await unwrap(billing.GET('/billing/contracts'))).items],
  });
}

export function usePrices(contract: string) {
  return usePages<PriceSet>([...BILLING_KEY, 'prices', contract], (cursor) =>
    unwrap(
      billing.GET('/billing/contracts/{contract_id}/prices', {
        params: { path: { contract_id: contract }, query: { cursor, limit: 100 } },
      }),
    ),
  );
}

export function useCharges(patient: string) {
  return usePages<Charge>([...BILLING_KEY, 'charges', patient], (cursor) =>
    unwrap(billing.GET('/billing/charges', { params: { query: { patient, open: true, cursor, limit: 100 } } })),
  );
}

export function useVouchersOf(patient: string) {
  return usePages<VoucherSummary>([...BILLING_KEY, 'vouchers', patient], (cursor) =>
    unwrap(billing.GET('/billing/vouchers', { params: { query: { patient, cursor, limit: 50 } } })),
  );
}

/** Vouchers of a contract that wait for an invoice. */
export function useWaitingVouchers(contract: string) {
  return usePages<VoucherSummary>(
    [...BILLING_KEY, 'waiting', contract],
    (cursor) => unwrap(billing.GET('/billing/vouchers', { params: { query: { contract, cursor, limit: 100 } } })),
    { enabled: contract !== '' },
  );
}

export function useVoucher(which: string) {
  return useQuery({
    queryKey: [...BILLING_KEY, 'voucher', which],
    queryFn: () => unwrap(billing.GET('/billing/vouchers/{voucher_id}', { params: { path: { voucher_id: which } } })),
  });
}

export function useInvoices() {
  return usePages<Invoice>([...BILLING_KEY, 'invoices'], (cursor) =>
    unwrap(billing.GET('/billing/invoices', { params: { query: { cursor, limit: 50 } } })),
  );
}

/** What came in on a day. */
export function useCash(day: string, zone: string) {
  return useQuery({
    queryKey: [...BILLING_KEY, 'cash', day, zone],
    queryFn: () => unwrap(billing.GET('/billing/cash', { params: { query: { day, zone } } })),
  });
}
