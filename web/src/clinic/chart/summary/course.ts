/** The course of a vital sign as a small line. */
import type { VitalsSet } from '../../data/chart/vitals';
import type { VitalName } from '../../language/units';

const POINTS = 10;

/** The last values, oldest first, without voided ones; `sets` are the latest first. */
export function courseOf(sets: readonly VitalsSet[], vital: VitalName): readonly number[] {
  return sets
    .filter((set) => !set.entered_in_error)
    .flatMap((set) => set.findings.filter((finding) => finding.vital === vital).map(({ value }) => value))
    .slice(0, POINTS)
    .reverse();
}

const EDGE = 2;

/** An SVG's points: even steps from the left, the lowest value at the bottom; equal ones in the middle. */
export function lineOf(values: readonly number[], width: number, height: number): string {
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const step = (width - 2 * EDGE) / Math.max(1, values.length - 1);
  return values
    .map((value, place) => {
      const part = span === 0 ? 0.5 : (value - low) / span;
      const y = height - EDGE - part * (height - 2 * EDGE);
      return `${(EDGE + place * step).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
