/** The pages of billing, fetched together. */
export { CashPage } from './cash';
export { ContractsPage } from './contracts';
export { InvoicesPage } from './invoices';
export { FirstSection, opened } from './layout';
export { VouchersPage } from './vouchers';
