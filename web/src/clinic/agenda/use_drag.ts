/** Dragging an appointment over the grid with a mouse or pen; a touch scrolls, and uses the menu. */
import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type PointerEvent as ReactPointerEvent,
  type RefObject,
} from 'react';
import type { Appointment } from '../data/agenda';

/** A quarter of an hour is 24 px high, the least that WCAG 2.2 (2.5.8) wants of a target. */
export const PX_PER_MINUTE = 1.6;

export interface Target {
  /** Index of the column it came from, and of the one it is over. */
  readonly from: number;
  readonly column: number;
  /** Start, in minutes since midnight. */
  readonly minutes: number;
}

interface DragOptions {
  readonly body: RefObject<HTMLDivElement | null>;
  readonly columns: number;
  readonly from: number;
  readonly until: number;
  readonly onDrop: (appointment: Appointment, target: Target) => void;
}

/** Appointments start on multiples of five minutes. */
const STEP = 5;
/** Less than this is a click. */
const SLACK_PX = 6;

interface Grabbed {
  readonly appointment: Appointment;
  readonly column: number;
  readonly x: number;
  readonly y: number;
  /** Minutes between its start and where it was grabbed. */
  readonly offset: number;
}

export function useDrag(options: DragOptions) {
  const latest = useRef(options);
  latest.current = options;
  const [grabbed, setGrabbed] = useState<Grabbed>();
  const [target, setTarget] = useState<Target>();

  const grab = useCallback((event: ReactPointerEvent<HTMLElement>, appointment: Appointment, column: number) => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const offset = (event.clientY - event.currentTarget.getBoundingClientRect().top) / PX_PER_MINUTE;
    setGrabbed({ appointment, column, x: event.clientX, y: event.clientY, offset });
  }, []);

  useEffect(() => {
    if (!grabbed) return undefined;
    let over: Target | undefined;
    const stop = () => {
      setGrabbed(undefined);
      setTarget(undefined);
    };
    const move = (event: PointerEvent) => {
      if (!over && Math.hypot(event.clientX - grabbed.x, event.clientY - grabbed.y) < SLACK_PX) return;
      const next = place(event, grabbed, latest.current);
      if (next && (next.column !== over?.column || next.minutes !== over.minutes)) {
        over = next;
        setTarget(next);
      }
    };
    const up = () => {
      if (over) {
        // The click that follows the release must not open what was moved.
        addEventListener('click', swallow, { capture: true, once: true });
        setTimeout(() => removeEventListener('click', swallow, { capture: true }), 0);
        latest.current.onDrop(grabbed.appointment, over);
      }
      stop();
    };
    const key = (event: KeyboardEvent) => event.key === 'Escape' && stop();
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', stop);
    addEventListener('keydown', key);
    return () => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', stop);
      removeEventListener('keydown', key);
    };
  }, [grabbed]);

  return { grab, target, appointment: grabbed?.appointment };
}

function swallow(event: MouseEvent): void {
  event.stopPropagation();
  event.preventDefault();
}

function place(event: PointerEvent, grabbed: Grabbed, { body, columns, from, until }: DragOptions): Target | undefined {
  const area = body.current;
  const first = area?.children[1]; // after the hours
  if (!area || !first) return undefined;
  const [box, column] = [area.getBoundingClientRect(), first.getBoundingClientRect()];
  const index = Math.floor((event.clientX - column.left) / column.width);
  const minutes = from + (event.clientY - box.top) / PX_PER_MINUTE - grabbed.offset;
  const last = until - grabbed.appointment.minutes;
  return {
    from: grabbed.column,
    column: Math.min(Math.max(index, 0), columns - 1),
    minutes: Math.min(Math.max(Math.round(minutes / STEP) * STEP, from), Math.floor(last / STEP) * STEP),
  };
}
