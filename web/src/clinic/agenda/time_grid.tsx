import { VisuallyHidden } from '@mantine/core';
import { IconVideo } from '@tabler/icons-react';
import { memo, useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { MOVABLE, type Appointment } from '../data/agenda';
import { clock, wallClock } from '../language/zone';
import { inLanes } from './lanes';
import type { Move } from './move';
import classes from './time_grid.module.css';
import { toneOf } from './tone';
import { PX_PER_MINUTE, useDrag, type Target } from './use_drag';

export interface GridColumn {
  readonly key: string;
  readonly title: string;
  readonly day: string;
  readonly practitioner: string;
  readonly items: readonly Appointment[];
}

interface TimeGridProps {
  readonly columns: readonly GridColumn[];
  readonly zone: string;
  readonly onOpen: (id: string) => void;
  readonly onMove: (move: Move) => void;
}

const OPENS = 7 * 60;
const CLOSES = 20 * 60;
const DAY = 24 * 60;

/** The hours to show: the usual ones, and further where appointments are. */
function hoursOf(columns: readonly GridColumn[], zone: string): readonly [number, number] {
  let [from, until] = [OPENS, CLOSES];
  for (const item of columns.flatMap((column) => column.items)) {
    const { minutes } = wallClock(item.start, zone);
    from = Math.min(from, Math.floor(minutes / 60) * 60);
    until = Math.max(until, Math.min(DAY, Math.ceil((minutes + item.minutes) / 60) * 60));
  }
  return [from, until];
}

/** Columns of time; an appointment is dragged to another time or column, or opened with Enter. */
export function TimeGrid({ columns, zone, onOpen, onMove }: TimeGridProps) {
  const [from, until] = useMemo(() => hoursOf(columns, zone), [columns, zone]);
  const body = useRef<HTMLDivElement>(null);
  const drag = useDrag({
    body,
    columns: columns.length,
    from,
    until,
    onDrop: (appointment, target) => {
      const column = columns[target.column];
      const origin = columns[target.from];
      if (!column || !origin) return;
      onMove({
        appointment,
        day: column.day,
        minutes: target.minutes,
        ...(column.practitioner !== origin.practitioner && {
          instead: { of: origin.practitioner, by: column.practitioner, name: column.title },
        }),
      });
    },
  });
  const scroller = useRef<HTMLDivElement>(null);
  const [start, days] = [columns[0]?.key, columns.map((column) => column.day)];
  const scrollToFirst = useEffectEvent(() => {
    // Today begins an hour before the present or what comes next, another day and one that is over when doors open.
    const now = wallClock(Date.now(), zone);
    const items = columns
      .flatMap((column) => column.items)
      .map(({ start: at, minutes }) => [wallClock(at, zone).minutes, minutes] as const);
    const coming = items.filter(([at, minutes]) => at + minutes > now.minutes).map(([at]) => at);
    const over = now.minutes > Math.max(CLOSES - 60, ...items.map(([at, minutes]) => at + minutes));
    const opening = OPENS + 30;
    const first = days.includes(now.day) && !over ? Math.max(now.minutes - 60, Math.min(opening, ...coming)) : opening;
    scroller.current?.scrollTo({ top: (first - from) * PX_PER_MINUTE });
  });
  // Only when other columns come into view: a refresh must not move what somebody reads.
  useLayoutEffect(() => scrollToFirst(), [start, from]);
  const height = (until - from) * PX_PER_MINUTE;
  const template = `3.25rem repeat(${columns.length}, minmax(0, 1fr))`;
  return (
    <div ref={scroller} className={classes.grid} data-dragging={drag.target ? true : undefined}>
      <div className={classes.head} style={{ gridTemplateColumns: template }}>
        <span />
        {columns.map((column) => (
          <div key={column.key} id={`column-${column.key}`} className={classes.title}>
            {column.title}
          </div>
        ))}
      </div>
      <div ref={body} className={classes.body} style={{ gridTemplateColumns: template, height }}>
        <Hours from={from} until={until} />
        {columns.map((column, index) => (
          <Column
            key={column.key}
            column={column}
            index={index}
            zone={zone}
            from={from}
            onOpen={onOpen}
            onGrab={drag.grab}
          />
        ))}
        {drag.target && drag.appointment && <Ghost target={drag.target} appointment={drag.appointment} from={from} />}
      </div>
    </div>
  );
}

const Hours = memo(function Hours({ from, until }: { readonly from: number; readonly until: number }) {
  const hours = Array.from({ length: (until - from) / 60 }, (_, n) => from + n * 60);
  return (
    <div className={classes.hours} aria-hidden>
      {hours.map((minutes) => (
        <span key={minutes} style={{ top: (minutes - from) * PX_PER_MINUTE }}>
          {clock(minutes)}
        </span>
      ))}
    </div>
  );
});

interface ColumnProps {
  readonly column: GridColumn;
  readonly index: number;
  readonly zone: string;
  readonly from: number;
  readonly onOpen: (id: string) => void;
  readonly onGrab: (event: PointerEvent<HTMLElement>, appointment: Appointment, column: number) => void;
}

/** Drawn again only when its own appointments change. */
const Column = memo(function Column({ column, index, zone, from, onOpen, onGrab }: ColumnProps) {
  const { t } = useTranslation();
  const placed = useMemo(() => {
    const spans = column.items.map((item) => {
      const { minutes } = wallClock(item.start, zone);
      return { item, from: minutes, until: Math.min(DAY, minutes + item.minutes) };
    });
    return inLanes(spans);
  }, [column.items, zone]);
  return (
    <div
      className={classes.column}
      style={{ gridColumn: index + 2 }}
      role="list"
      aria-label={`${column.title}: ${t('agenda.count', { count: placed.length })}`}
    >
      <Now day={column.day} zone={zone} from={from} />
      {placed.map(({ item: { item, from: begin, until }, lane, of }) => (
        <div
          key={item.id}
          role="listitem"
          className={classes.slot}
          style={{
            top: (begin - from) * PX_PER_MINUTE,
            height: (until - begin) * PX_PER_MINUTE,
            left: `${(lane / of) * 100}%`,
            width: `${100 / of}%`,
          }}
        >
          <button
            type="button"
            className={classes.card}
            data-tone={toneOf(item.status)}
            data-movable={MOVABLE.has(item.status) || undefined}
            data-lines={until - begin >= 40 ? 3 : until - begin >= 30 ? 2 : 1}
            onClick={() => onOpen(item.id)}
            onPointerDown={(event) => MOVABLE.has(item.status) && onGrab(event, item, index)}
          >
            <span className={classes.when}>
              {clock(begin)}
              <VisuallyHidden>–{clock(until)} </VisuallyHidden>
            </span>
            {item.telemedicine && (
              <>
                <IconVideo size={13} aria-hidden />
                <VisuallyHidden>{t('agenda.telemedicine')} </VisuallyHidden>
              </>
            )}
            <span className={classes.who}>{item.patient.display_name}</span>
            <span className={classes.state}>{t(`status.${item.status}`)}</span>
          </button>
        </div>
      ))}
    </div>
  );
});

/** The present moment as a line across today. */
function Now({ day, zone, from }: { readonly day: string; readonly zone: string; readonly from: number }) {
  const [now, setNow] = useState(() => wallClock(Date.now(), zone));
  useEffect(() => {
    const timer = setInterval(() => setNow(wallClock(Date.now(), zone)), 60_000);
    return () => clearInterval(timer);
  }, [zone]);
  if (now.day !== day || now.minutes < from) return null;
  return <div className={classes.now} style={{ top: (now.minutes - from) * PX_PER_MINUTE }} aria-hidden />;
}

interface GhostProps {
  readonly target: Target;
  readonly appointment: Appointment;
  readonly from: number;
}

/** Where the appointment would land. */
function Ghost({ target, appointment, from }: GhostProps) {
  return (
    <div className={classes.ghostColumn} style={{ gridColumn: target.column + 2 }} aria-hidden>
      <div
        className={classes.ghost}
        style={{ top: (target.minutes - from) * PX_PER_MINUTE, height: appointment.minutes * PX_PER_MINUTE }}
      >
        {clock(target.minutes)} {appointment.patient.display_name}
      </div>
    </div>
  );
}
