import type { components } from '../../api/identity';
import { usePages } from './pages';
import { identity, unwrap } from './server/client';
import { ADMINISTRATOR, useHasRole } from './session/roles';

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

/** The institution's accounts; only administrators may list them, an auditor reads the ids. */
export function useUsers(): readonly User[] {
  const has = useHasRole();
  return useUserPages(has(ADMINISTRATOR)).data ?? [];
}
