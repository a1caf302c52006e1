import { Stack, Text, Title } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconStethoscope } from '@tabler/icons-react';
import { lazy, memo, Suspense, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useAgenda, usePractitioners, useSites, type Appointment, type Practitioner, type Site } from '../data/agenda';
import { useDemographics } from '../data/chart/chart';
import { shownOf } from '../data/patients';
import { useLater } from '../kit/later';
import { both, Empty, Loaded } from '../kit/states';
import { dateParts } from '../language/format';
import { addDays, addMonths, HERE, startOfMonth, startOfWeek } from '../language/zone';
import { AppointmentDetails } from './details';
import { SideBySide, Week } from './grids';
import { Lists } from './lists';
import { Month } from './month';
import type { Move } from './move';
import { Toolbar } from './toolbar';
import classes from './toolbar.module.css';
import { ALL, useAgendaView, type AgendaView } from './view';

/** Fetched once the agenda is there. */
const BookAppointment = lazy(async () => ({ default: (await import('./book')).BookAppointment }));
const MoveAppointment = lazy(async () => ({ default: (await import('./move')).MoveAppointment }));

export function AgendaPage() {
  const { t } = useTranslation();
  return (
    <Stack>
      <Title order={1} size="h2">
        {t('agenda.title')}
      </Title>
      <Loaded query={both(usePractitioners(), useSites())}>
        {([practitioners, sites]) =>
          practitioners.length === 0 ? (
            <Empty icon={IconStethoscope} title={t('agenda.noPractitioners')} body={t('agenda.noPractitionersBody')} />
          ) : (
            <Agenda practitioners={practitioners} sites={sites} />
          )
        }
      </Loaded>
    </Stack>
  );
}

interface AgendaProps {
  readonly practitioners: readonly Practitioner[];
  readonly sites: readonly Site[];
}

/** First day and the day after the last one that a view shows. */
function spanOf({ view, day }: AgendaView): readonly [string, string] {
  if (view === 'week') return [startOfWeek(day), addDays(startOfWeek(day), 7)];
  if (view === 'month') return [startOfMonth(day), addMonths(day, 1)];
  return [day, addDays(day, 1)];
}

function Agenda({ practitioners, sites }: AgendaProps) {
  const { t } = useTranslation();
  const agenda = useAgendaView(practitioners, sites);
  const active = useMemo(() => practitioners.filter((p) => p.active), [practitioners]);
  const later = useLater();
  const [booking, { open, close: shut }] = useDisclosure();
  const [params, setParams] = useSearchParams();
  const forWhom = params.get('book');
  const patient = useDemographics(forWhom ?? '', forWhom !== null);
  const close = () => {
    shut();
    if (forWhom !== null) setParams(withoutBook, { replace: true });
  };
  const [from, until] = spanOf(agenda);
  const owner = agenda.who === ALL ? { site: agenda.site?.id ?? '' } : { practitioner: agenda.who };
  const found = useAgenda(owner, agenda.zone, from, until);
  return (
    <Stack>
      <Toolbar agenda={agenda} sites={sites} practitioners={active} onBook={open} />
      <Text component="div" fw={600} size="lg" role="status">
        {titleOf(agenda, from, until)}
        {agenda.zone !== HERE && (
          <Text span c="dimmed" size="sm" fw={400}>
            {' '}
            {t('agenda.zone', { site: agenda.site?.name, zone: agenda.zone })}
          </Text>
        )}
        <Text c="dimmed" size="sm" fw={400} className={classes.owner}>
          {agenda.who === ALL ? t('agenda.everybody') : practitioners.find(({ id }) => id === agenda.who)?.name}
        </Text>
      </Text>
      <Loaded query={found}>{(items) => <Views agenda={agenda} items={items} onBook={open} />}</Loaded>
      {(later || booking || patient.data) && (
        <Suspense>
          <BookAppointment
            key={patient.data?.id}
            opened={booking || (forWhom !== null && patient.data !== undefined)}
            {...(patient.data && {
              patient: { id: patient.data.id, display_name: shownOf(patient.data).display_name },
            })}
            practitioner={agenda.who === ALL ? null : agenda.who}
            site={agenda.site?.id ?? null}
            from={agenda.day}
            onClose={close}
          />
        </Suspense>
      )}
    </Stack>
  );
}

function titleOf({ view, day }: AgendaView, from: string, until: string): string {
  if (view === 'month') return dateParts(day, { month: 'long', year: 'numeric' });
  const parts = { day: 'numeric', month: 'long', year: 'numeric' } as const;
  if (view === 'week') return `${dateParts(from, parts)} – ${dateParts(addDays(until, -1), parts)}`;
  return dateParts(day, { weekday: 'long', ...parts });
}

interface ViewsProps {
  readonly agenda: AgendaView;
  readonly items: readonly Appointment[];
  readonly onBook: () => void;
}

const Views = memo(function Views({ agenda, items, onBook }: ViewsProps) {
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const [opened, setOpened] = useState<string>();
  const [move, setMove] = useState<Move>();
  // Stable, so that the memoised columns stay as they are.
  const openDetails = useCallback((id: string) => setOpened(id), []);
  const selected = items.find((each) => each.id === opened);
  const { who, people } = agenda;
  const shown = useMemo(() => ofPeople(who, people, items), [who, people, items]);
  const grid = { agenda, items: shown, onOpen: openDetails, onMove: setMove };
  return (
    <>
      {agenda.view === 'month' ? (
        <Month agenda={agenda} items={shown} />
      ) : agenda.view === 'week' && wide ? (
        <Week {...grid} />
      ) : agenda.view === 'day' && wide ? (
        <SideBySide {...grid} />
      ) : (
        <Lists agenda={agenda} items={shown} onBook={onBook} />
      )}
      <AppointmentDetails appointment={selected} zone={agenda.zone} onClose={() => setOpened(undefined)} />
      {move && (
        <Suspense>
          <MoveAppointment move={move} agenda={agenda} onClose={() => setMove(undefined)} />
        </Suspense>
      )}
    </>
  );
});

/** Of everybody at the site, those whom the filter leaves. */
function ofPeople(who: string, people: readonly Practitioner[], items: readonly Appointment[]): readonly Appointment[] {
  if (who !== ALL) return items;
  const ids = new Set(people.map((p) => p.id));
  return items.filter((item) => item.practitioners.some((p) => ids.has(p.id)));
}

function withoutBook(before: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(before);
  next.delete('book');
  return next;
}
