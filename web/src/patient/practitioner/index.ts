/** What only a practitioner's link needs; fetched when one is opened. */
export { Desk } from './desk';
export { Door } from './door';
export { Shut } from './shut';
