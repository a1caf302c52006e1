/**
 * The pharmacy's pages, fetched together: who works there opens most of them, and parts that only
 * they share stay out of what everybody else loads.
 */
export { CountsPage } from './counts';
export { DispensePage } from './dispense';
export { EntryPage } from './entry';
export { ItemsPage } from './items';
export { FirstSection, opened } from './layout';
export { PlacesPage } from './places';
export { RecallsPage } from './recalls';
export { StockReportsPage } from './reports';
export { StockPage } from './stock';
export { TransfersPage } from './transfers';
export { WaitingPage } from './waiting';
export { WardsPage } from './wards';
