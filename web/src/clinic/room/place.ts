/** Where the consultation is on the page: all of it, or beside what is done meanwhile. */
export type Place = 'full' | 'docked';
