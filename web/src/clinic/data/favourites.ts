/** What one prescribes and orders again and again; put into a draft, where it is checked as typed. */
import { useQuery } from '@tanstack/react-query';
import type { components } from '../../api/orders';
import { useChange } from './saving';
import { ifMatch, orders, unwrap } from './server/client';

export type Favourites = components['schemas']['Favourites'];
type Body = components['schemas']['FavouritesBody'];

const KEY = ['favourites'] as const;
const RARELY_MS = 5 * 60_000;

export function useFavourites() {
  return useQuery({
    queryKey: KEY,
    staleTime: RARELY_MS,
    queryFn: () => unwrap(orders.GET('/orders/favourites')),
  });
}

/** The list as it is sent: products are the formulary's, not ours. */
export function bodyOf({ lines, orders: asked }: Favourites): Required<Body> {
  return { lines: lines.map(({ name, product: _, ...line }) => ({ name, line })), orders: [...asked] };
}

/** Replaces the list; another device's change since it was read is refused. */
export function useSaveFavourites() {
  return useChange(KEY, ({ version, body }: { readonly version: number; readonly body: Body }) =>
    unwrap(orders.PUT('/orders/favourites', { params: { header: ifMatch(version) }, body })),
  );
}

/** A name that no other favourite has: the thing's own, with a number where there is one already. */
export function freeName(wanted: string, taken: readonly string[], most = 80): string {
  const known = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? '' : ` (${number})`;
    const name = `${wanted.slice(0, most - ending.length).trim()}${ending}`;
    if (!known.has(name.toLowerCase())) return name;
  }
}
