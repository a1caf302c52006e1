import type { TFunction } from 'i18next';
import { fieldErrors } from '../data/saving';

type Place = 'tenant' | 'userName' | 'password' | 'code';

/** Where the server's pointers lead in the form of signing in. */
const PLACES: Readonly<Record<string, Place>> = {
  tenant: 'tenant',
  user_name: 'userName',
  password: 'password',
  second_factor: 'code',
};

/** The texts for the fields that were refused. */
export function marks(error: unknown, t: TFunction): Partial<Record<Place, string>> {
  return Object.fromEntries(
    Object.entries(fieldErrors(error, t)).flatMap(([name, text]) => {
      const place = PLACES[name];
      return place ? [[place, text] as const] : [];
    }),
  );
}
