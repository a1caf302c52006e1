import { useEffect } from 'react';
import type { components } from '../../api/identity';
import { usePages } from './pages';
import { identity, unwrap } from './server/client';
import { ADMINISTRATOR, AUDITOR, useHasRole } from './session/roles';

export type User = components['schemas']['UserView'];

export const USERS = ['admin', 'users'] as const;

/** The institution's accounts, page by page. */
export function useUserPages(enabled = true) {
  return usePages<User>(
    USERS,
    (cursor) => unwrap(identity.GET('/identity/users', { params: { query: { cursor, limit: 100 } } })),
    { enabled },
  );
}

/** The institution's accounts; empty for who may not list them. */
export function useUsers(): readonly User[] {
  const has = useHasRole();
  return useEvery(useUserPages(has(ADMINISTRATOR)));
}

export interface Person {
  readonly id: string;
  readonly display_name: string;
  readonly user_name: string;
}

/** Whom the ids of a trail stand for: administrators list accounts, auditors the names alone. */
export function usePeople(): readonly Person[] {
  const has = useHasRole();
  const administers = has(ADMINISTRATOR);
  const users = useUsers();
  const people = useEvery(
    usePages<Person>(
      ['admin', 'people'],
      (cursor) => unwrap(identity.GET('/identity/people', { params: { query: { cursor, limit: 200 } } })),
      { enabled: !administers && has(AUDITOR) },
    ),
  );
  return administers ? users : people;
}

interface Paged<T> {
  readonly data?: readonly T[] | undefined;
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly fetchNextPage: () => unknown;
}

/** All pages, one after the other: a name may be on the last. */
function useEvery<T>({ data, hasNextPage, isFetching, fetchNextPage }: Paged<T>): readonly T[] {
  useEffect(() => {
    if (hasNextPage && !isFetching) fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  return data ?? [];
}
