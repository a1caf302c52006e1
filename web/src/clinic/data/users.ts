import type { components } from '../../api/identity';
import { identity, unwrap } from './server/client';
import { useHasRole } from './session/roles';
import { usePages } from './pages';

export type User = components['schemas']['UserView'];

export const USERS = ['admin', 'users'] as const;

/** The institution's accounts; only administrators may list them, an auditor reads the ids. */
export function useUsers(): readonly User[] {
  const has = useHasRole();
  const found = usePages(
    USERS,
    (page) => unwrap(identity.GET('/identity/users', { params: { query: { ...page, limit: 100 } } })),
    has(['administrator']),
  );
  return found.data ?? [];
}
