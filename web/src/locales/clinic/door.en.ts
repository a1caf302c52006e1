/** In English: signing in, and what may go wrong anywhere. */
import auth from './auth/en.json';
import shell from './shell/en.json';

export const door = { ...auth, ...shell };
