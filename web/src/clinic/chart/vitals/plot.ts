/** What uPlot is told to draw; everything is in the theme's colours, read when it is drawn. */
import uPlot from 'uplot';

interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

/** A level or a band across the chart: limits, or standard deviations. */
interface Level {
  readonly from: number;
  readonly to: number;
}

/** A curve that the measurements are read against; its label stands at its right end. */
interface Curve {
  readonly label: string;
  readonly values: readonly number[];
  /** The theme's variable of its colour. */
  readonly ink: string;
  readonly dash: readonly number[];
  readonly width: number;
}

export interface Reference {
  readonly x: readonly number[];
  readonly curves: readonly Curve[];
  /** Places among `curves`: the lower and the upper edge of what is shaded. */
  readonly shaded: readonly [number, number] | undefined;
}

export interface Chart {
  /** Seconds since 1970, or any number that `formatX` writes; each once, ascending. */
  readonly x: readonly number[];
  readonly series: readonly Series[];
  readonly levels: readonly Level[];
  readonly reference?: Reference;
  readonly time: boolean;
  readonly height: number;
  /** From where to where x is shown; all of it when absent. */
  readonly window?: readonly [number, number];
  /** Steps between the labels of the lower axis; the library's own when absent. */
  readonly steps?: readonly number[];
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly formatX: (x: number) => string;
  readonly formatY: (y: number) => string;
  /** One measurement in words. */
  readonly words: (place: number) => string;
}

/** Between the labels of the lower axis, which a date with its year fits in. */
const TICK_PX = 96;
/** Between those of ages and lengths. */
const SHORT_TICK_PX = 40;
const CURVE_LABEL_PX = 46;
const LABEL_LINE_PX = 12;
const STROKES = ['--ts-lake-6', '--ts-clay'] as const;
/** The pen on a printed growth chart. */
const PEN = '--ts-focus';
/** So that lines differ without colour, too. */
export const DASHES = [[], [6, 4]] as const;

/** The curves first, then the measurements, at the points of both. */
export function dataOf({ x, series, reference }: Chart): uPlot.AlignedData {
  const measured: uPlot.AlignedData = [[...x], ...series.map((each) => [...each.values])];
  if (!reference) return measured;
  return uPlot.join([[[...reference.x], ...reference.curves.map((each) => [...each.values])], measured]);
}

export function optionsOf(chart: Chart, place: HTMLElement, moved: (plot: uPlot) => void): uPlot.Options {
  const styles = getComputedStyle(place);
  const colour = (name: string) => styles.getPropertyValue(name).trim();
  const font = `12px ${styles.fontFamily}`;
  const line = { stroke: colour('--ts-line'), width: 1 };
  const axis = {
    stroke: colour('--ts-ink-soft'),
    font,
    labelFont: font,
    labelSize: 20,
    labelGap: 0,
    grid: line,
    ticks: line,
  };
  const { reference, window, levels } = chart;
  const tops = levels.flatMap(({ from, to }) => [from, to]);
  const right = reference ? CURVE_LABEL_PX : chart.time ? TICK_PX / 2 : 16; // the last date is not cut
  return {
    width: place.clientWidth,
    height: chart.height,
    padding: [12, right, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: !window, y: false } },
    scales: {
      x: { time: chart.time, ...(window && { range: [...window] as [number, number] }) },
      y: { range: (_plot, low, high) => padded(Math.min(low, ...tops), Math.max(high, ...tops)) },
    },
    axes: [
      {
        ...axis,
        ...(chart.xLabel !== undefined && { label: chart.xLabel }),
        ...(chart.steps && { incrs: [...chart.steps] }),
        space: chart.time ? TICK_PX : SHORT_TICK_PX,
        values: (_plot, splits) => splits.map(chart.formatX),
      },
      {
        ...axis,
        ...(chart.yLabel !== undefined && { label: chart.yLabel }),
        size: 48,
        values: (_plot, splits) => splits.map(chart.formatY),
      },
    ],
    series: [
      {},
      ...(reference?.curves ?? []).map((each) => curve(each, colour)),
      ...chart.series.map((each, at) => measured(each, at, chart, colour)),
    ],
    ...(reference?.shaded && { bands: [shading(reference.shaded, colour('--ts-lake-1'))] }),
    hooks: {
      setCursor: [moved],
      drawClear: [(plot) => drawLevels(plot, levels, colour('--ts-lake-1'), colour('--ts-line-strong'))],
      draw: [(plot) => drawLabels(plot, reference?.curves ?? [], colour, styles.fontFamily)],
    },
  };
}

function curve({ label, ink, dash, width }: Curve, colour: (name: string) => string): uPlot.Series {
  return { label, stroke: colour(ink), width, dash: [...dash], points: { show: false }, spanGaps: true };
}

function measured({ label }: Series, at: number, { reference }: Chart, colour: (name: string) => string): uPlot.Series {
  const stroke = colour(reference ? PEN : (STROKES[at] ?? STROKES[0]));
  return {
    label,
    stroke,
    width: 2,
    dash: [...(DASHES[at] ?? [])],
    points: { show: true, size: 8, fill: stroke },
    spanGaps: true,
  };
}

/** Filled with the lower edge, which is drawn first, so that no curve lies under it. */
function shading([lower, upper]: readonly [number, number], fill: string): uPlot.Band {
  return { series: [lower + 1, upper + 1], dir: 1, fill };
}

function padded(low: number, high: number): [number, number] {
  const margin = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - margin, high + margin];
}

/** Bands are filled, levels are lines, both behind the data. */
function drawLevels(plot: uPlot, levels: readonly Level[], fill: string, stroke: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const { from, to } of levels) {
    const [top, bottom] = [plot.valToPos(to, 'y', true), plot.valToPos(from, 'y', true)];
    ctx.fillStyle = fill;
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
    ctx.strokeStyle = stroke;
    ctx.setLineDash([4, 4]);
    ctx.beginPath();
    for (const y of [top, bottom]) {
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
    }
    ctx.stroke();
  }
  ctx.restore();
}

/** Each curve's name at its right end, lowest first, never on one another. */
function drawLabels(plot: uPlot, curves: readonly Curve[], colour: (name: string) => string, family: string): void {
  const { ctx, bbox } = plot;
  const scale = uPlot.pxRatio;
  ctx.save();
  ctx.font = `600 ${LABEL_LINE_PX * scale}px ${family}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  let free = Infinity;
  for (const { label, values, ink } of curves) {
    const end = values.at(-1);
    if (end === undefined) continue;
    const y = Math.min(plot.valToPos(end, 'y', true), free);
    ctx.fillStyle = colour(ink);
    ctx.fillText(label, bbox.left + bbox.width + 5 * scale, y);
    free = y - LABEL_LINE_PX * scale;
  }
  ctx.restore();
}
