/** WHO's growth charts as they are drawn: which curves, and which part of them. */
import type { components } from '../../../api/patients';
import type { Reference } from './plot';

export type GrowthCurves = components['schemas']['GrowthCurves'];
export type Lines = 'percentiles' | 'deviations';

/** In months, as WHO prints its charts and cuts of them; the narrowest that holds a child is shown. */
const AGES = [
  [0, 6],
  [0, 12],
  [0, 24],
  [24, 60],
  [0, 60],
  [60, 120],
  [24, 120],
  [0, 120],
  [60, 228],
  [0, 228],
] as const;
/** Shown on either side of the least and the greatest length or height. */
const CM_AROUND = 8;
/** Colours of WHO's charts: the median green, the outermost red, with dashes besides. */
const INKS = [
  { ink: '--ts-leaf', dash: [], width: 2 },
  { ink: '--ts-sun', dash: [7, 4], width: 1.25 },
  { ink: '--ts-clay', dash: [3, 3], width: 1.25 },
] as const;

/** The part of a chart that shows all of these, within what the standard covers. */
export function windowOf(
  values: readonly number[],
  chart: Pick<GrowthCurves, 'x' | 'x_unit'>,
): readonly [number, number] {
  const [first, last] = [chart.x[0] ?? 0, chart.x.at(-1) ?? 0];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (chart.x_unit === 'cm')
    return [Math.max(first, Math.floor(low - CM_AROUND)), Math.min(last, Math.ceil(high + CM_AROUND))];
  const [from, to] = AGES.find(([begin, end]) => begin <= low && high <= end) ?? [first, last];
  return [Math.max(first, from), Math.min(last, to)];
}

/** Percentiles or standard deviations of a chart between two points, lowest curve first. */
export function referenceOf(
  chart: GrowthCurves,
  lines: Lines,
  [from, to]: readonly [number, number],
  label: (level: number) => string,
): Reference {
  const x = [from, ...chart.x.filter((each) => each > from && each < to), to];
  const found = chart.curves.flatMap(({ percentile, deviations, values }) => {
    const level = lines === 'percentiles' ? percentile : deviations;
    return level === null ? [] : [{ level, values: x.map((each) => between(chart.x, values, each)) }];
  });
  const middle = (found.length - 1) / 2;
  const curves = found.map(({ level, values }, place) => ({
    label: label(level),
    values,
    ...(INKS[Math.abs(place - middle)] ?? INKS[2]),
  }));
  const outer = lines === 'percentiles' ? 0 : 1; // what is shaded: P3 to P97, or -2 to +2 SD
  return { x, curves, shaded: [outer, curves.length - 1 - outer] };
}

/** A curve's value at `x`, on the straight line between its points. */
export function between(xs: readonly number[], values: readonly number[], x: number): number {
  const after = Math.max(
    1,
    xs.findIndex((each) => each >= x),
  );
  const [x0 = x, x1 = x, y0 = NaN, y1 = y0] = [xs[after - 1], xs[after], values[after - 1], values[after]];
  return x1 === x0 ? y0 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/** The place of the number nearest to `x`; 0 when there is none. */
export function nearest(xs: readonly number[], x: number): number {
  return xs.reduce(
    (best, each, place) => (Math.abs(each - x) < Math.abs((xs[best] ?? Infinity) - x) ? place : best),
    0,
  );
}
