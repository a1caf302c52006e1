/** In Spanish: signing in, and what may go wrong anywhere. */
import auth from './auth/es.json';
import shell from './shell/es.json';

export const door = { ...auth, ...shell };
