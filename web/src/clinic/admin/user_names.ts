import { identity, unwrap } from '../api';
import { useHasRole } from '../auth/roles';
import { usePages } from './parts';
import { USERS, type User } from './users';

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
