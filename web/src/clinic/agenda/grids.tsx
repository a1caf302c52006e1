import { ActionIcon, Group, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight, IconStethoscope } from '@tabler/icons-react';
import { memo, startTransition, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Appointment } from '../data/agenda';
import { Empty } from '../kit/states';
import { dateParts } from '../language/format';
import { addDays, startOfWeek, wallClock } from '../language/zone';
import type { Move } from './move';
import { TimeGrid, type GridColumn } from './time_grid';
import { ALL, type AgendaView } from './view';

interface GridProps {
  readonly agenda: AgendaView;
  readonly items: readonly Appointment[];
  readonly onOpen: (id: string) => void;
  readonly onMove: (move: Move) => void;
}

/** One practitioner's week, a column a day. */
export const Week = memo(function Week({ agenda, items, onOpen, onMove }: GridProps) {
  const monday = startOfWeek(agenda.day);
  const columns = useMemo(() => {
    const days = Array.from({ length: 7 }, (_, n) => addDays(monday, n));
    return days.map((day): GridColumn => ({
      key: day,
      title: dateParts(day, { weekday: 'short', day: 'numeric' }),
      day,
      practitioner: agenda.who,
      items: items.filter((item) => wallClock(item.start, agenda.zone).day === day),
    }));
  }, [items, monday, agenda.who, agenda.zone]);
  return <TimeGrid columns={columns} zone={agenda.zone} onOpen={onOpen} onMove={onMove} />;
});

const LEAST_WIDTH = 150;
const MOST_COLUMNS = 8;

/** Practitioners beside each other; what does not fit is a page further, so sixty cost what eight do. */
export const SideBySide = memo(function SideBySide({ agenda, items, onOpen, onMove }: GridProps) {
  const { t } = useTranslation();
  const { ref, width } = useElementSize();
  const [wanted, setWanted] = useState(0);
  // The press is answered at once; the columns follow.
  const turn = (to: number) => startTransition(() => setWanted(to));
  const people = agenda.who === ALL ? agenda.people : agenda.people.filter((p) => p.id === agenda.who);
  const fits = Math.min(MOST_COLUMNS, Math.max(1, Math.floor(width / LEAST_WIDTH)));
  const first = Math.min(wanted, Math.max(0, people.length - fits));
  const columns = useMemo(
    () =>
      people.slice(first, first + fits).map((person): GridColumn => ({
        key: person.id,
        title: person.name,
        day: agenda.day,
        practitioner: person.id,
        items: items.filter((item) => item.practitioners.some((p) => p.id === person.id)),
      })),
    [people, first, fits, items, agenda.day],
  );
  if (people.length === 0)
    return <Empty icon={IconStethoscope} title={t('agenda.nobodyHere')} body={t('agenda.nobodyHereBody')} />;
  return (
    <div ref={ref}>
      {people.length > fits && (
        <Group gap="xs" mb="xs">
          <ActionIcon
            variant="default"
            size={32}
            aria-label={t('agenda.previousPeople')}
            disabled={first === 0}
            onClick={() => turn(Math.max(0, first - fits))}
          >
            <IconChevronLeft size={18} aria-hidden />
          </ActionIcon>
          <Text size="sm" className="numeric" role="status">
            {t('agenda.peopleShown', { from: first + 1, until: first + columns.length, all: people.length })}
          </Text>
          <ActionIcon
            variant="default"
            size={32}
            aria-label={t('agenda.nextPeople')}
            disabled={first + fits >= people.length}
            onClick={() => turn(first + fits)}
          >
            <IconChevronRight size={18} aria-hidden />
          </ActionIcon>
        </Group>
      )}
      <TimeGrid columns={columns} zone={agenda.zone} onOpen={onOpen} onMove={onMove} />
    </div>
  );
});
