/** A day's list as it is used: what is over stands folded above, what is now is where reading begins. */
import { OVER, type Appointment } from '../data/agenda';

/** Fewer are not worth a press to see them. */
const FEW = 2;

export interface Split {
  /** Over, and before everything that is not. */
  readonly past: readonly Appointment[];
  readonly rest: readonly Appointment[];
}

/** `items` by start; nothing is folded where that would leave nothing, or fold almost nothing. */
export function splitPast(items: readonly Appointment[]): Split {
  const first = items.findIndex(({ status }) => !OVER.has(status));
  return first <= FEW ? { past: [], rest: items } : { past: items.slice(0, first), rest: items.slice(first) };
}

/** The place before which the present falls: the first that has not begun; none when all have. */
export function placeOfNow(items: readonly Pick<Appointment, 'start'>[], now: number): number | undefined {
  const place = items.findIndex(({ start }) => Date.parse(start) > now);
  return place < 0 ? undefined : place;
}
