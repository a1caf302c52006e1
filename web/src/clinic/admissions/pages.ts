/** The pages of the day hospital, fetched together. */
export { AdmissionPage } from './admission';
export { AdmittedPage } from './admitted';
export { opened } from './layout';
