/** Practitioners of the agenda who have an account: whom a patient can be admitted to. */
import { usePractitioners } from './agenda';

export function useClinicians(): readonly { readonly value: string; readonly label: string }[] {
  const found = usePractitioners().data ?? [];
  return found.flatMap(({ user_id: user, name }) => (user === null ? [] : [{ value: user, label: name }]));
}
