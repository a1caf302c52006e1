/** The dashboards, fetched together and only by who opens one. */
export { InstitutionPage } from './institution';
export { FirstSection, opened } from './layout';
export { MinePage } from './mine';
export { OperationsPage } from './operations';
