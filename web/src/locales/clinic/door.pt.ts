/** In Portuguese: signing in, and what may go wrong anywhere. */
import auth from './auth/pt.json';
import shell from './shell/pt.json';

export const door = { ...auth, ...shell };
