/** What the agenda shows, kept in the address so that it can be bookmarked and gone back to. */
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { Practitioner, Site } from '../data/agenda';
import { useSession } from '../data/session/session';
import { HERE, isDay, today } from '../language/zone';

export const VIEWS = ['list', 'day', 'week', 'month'] as const;
type View = (typeof VIEWS)[number];
/** Everybody at the site, side by side. */
export const ALL = 'all';

export interface AgendaView {
  readonly view: View;
  readonly day: string;
  /** Practitioner's id, or `ALL`. */
  readonly who: string;
  readonly site: Site | undefined;
  readonly specialty: string | null;
  readonly zone: string;
  /** Practitioners at the site and of the specialty. */
  readonly people: readonly Practitioner[];
  readonly show: (change: Change) => void;
}

interface Change {
  readonly view?: View;
  readonly day?: string;
  readonly who?: string;
  readonly site?: string;
  readonly specialty?: string | null;
}

const NAMES = { view: 'view', day: 'day', who: 'practitioner', site: 'site', specialty: 'specialty' } as const;

export function useAgendaView(practitioners: readonly Practitioner[], sites: readonly Site[]): AgendaView {
  const { me } = useSession();
  const [params, setParams] = useSearchParams();
  const active = practitioners.filter((p) => p.active);
  const mine = active.find((p) => p.user_id === me.id);
  const asked = practitioners.find((p) => p.id === params.get('practitioner'));
  const site = sites.find((s) => s.id === (params.get('site') ?? asked?.sites[0] ?? mine?.sites[0])) ?? sites[0];
  const zone = site?.zone ?? HERE;
  const specialty = params.get('specialty');
  const people = useMemo(
    () =>
      practitioners.filter(
        (p) =>
          p.active && (!site || p.sites.includes(site.id)) && (specialty === null || p.specialties.includes(specialty)),
      ),
    [practitioners, site, specialty],
  );
  const view = VIEWS.find((each) => each === params.get('view')) ?? 'list';
  const day = params.get('day');
  const show = useCallback(
    (change: Change) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(change) as [keyof Change, string | null | undefined][]) {
            if (value === null || value === undefined) next.delete(NAMES[name]);
            else next.set(NAMES[name], value);
          }
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  const everybody = params.get('practitioner') === ALL && (view === 'day' || view === 'list');
  const fallback = people.find((p) => p.id === mine?.id) ?? people[0];
  const who = everybody ? ALL : (asked?.id ?? fallback?.id ?? ALL);
  const shown = isDay(day) ? day : today(zone);
  // The same object until something of it changes: hundreds of appointments are drawn from it.
  return useMemo(
    () => ({ view, day: shown, who, site, specialty, zone, people, show }),
    [view, shown, who, site, specialty, zone, people, show],
  );
}
