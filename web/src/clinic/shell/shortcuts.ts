/** Keys that work everywhere. Each has a modifier, so that nobody who dictates or types sets one off. */
import { useHotkeys } from '@mantine/hooks';
import { useNavigate } from 'react-router';
import { DASHBOARDS, DESK, ORDERS, useHasRole, type Role } from '../data/session/roles';

interface Shortcut {
  readonly keys: string;
  /** As they stand on the keyboard. */
  readonly shown: readonly string[];
  readonly name: 'agenda' | 'patients' | 'waiting' | 'work' | 'dashboards';
  readonly to: string;
  readonly roles?: readonly Role[];
}

const SHORTCUTS: readonly Shortcut[] = [
  { keys: 'alt+shift+A', shown: ['Alt', 'Shift', 'A'], name: 'agenda', to: '/agenda' },
  { keys: 'alt+shift+P', shown: ['Alt', 'Shift', 'P'], name: 'patients', to: '/patients' },
  { keys: 'alt+shift+W', shown: ['Alt', 'Shift', 'W'], name: 'waiting', to: '/waiting', roles: DESK },
  { keys: 'alt+shift+B', shown: ['Alt', 'Shift', 'B'], name: 'work', to: '/work', roles: ORDERS },
  { keys: 'alt+shift+D', shown: ['Alt', 'Shift', 'D'], name: 'dashboards', to: '/dashboards', roles: DASHBOARDS },
];

/** Those that lead somewhere this user may go. */
export function useShortcuts(): readonly Shortcut[] {
  const has = useHasRole();
  return SHORTCUTS.filter(({ roles }) => roles === undefined || has(roles));
}

/** Listens to them, also while somebody writes: what is written is kept as they leave. */
export function useShortcutKeys(find: () => void, list: () => void): void {
  const navigate = useNavigate();
  const offered = useShortcuts();
  useHotkeys(
    [
      ['mod+K', find],
      ['mod+/', list],
      ...offered
        .map(({ keys, to }) => [keys, () => void navigate(to)] as const)
        .map(([keys, go]): [string, () => void] => [keys, go]),
    ],
    [],
  );
}
