import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import classes from './vitals.module.css';

export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

/** A level or a band across the chart: limits, or standard deviations. */
export interface Level {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

interface LineChartProps {
  /** What the chart shows, for who cannot see it; the figures stand in a table beside it. */
  readonly label: string;
  /** Seconds since 1970, or any number that `formatX` writes. */
  readonly x: readonly number[];
  readonly series: readonly Series[];
  readonly levels: readonly Level[];
  readonly time: boolean;
  readonly xLabel: string;
  readonly formatX: (x: number) => string;
  readonly formatY: (y: number) => string;
}

const HEIGHT = 280;
/** Between the labels of the lower axis, which a date with its year fits in. */
const TICK_PX = 84;
const STROKES = ['--ts-lake-6', '--ts-clay', '--ts-focus', '--ts-sun'] as const;
/** So that lines differ without colour, too. */
const DASHES = [[], [6, 4], [2, 3], [10, 3, 2, 3]] as const;

/** Lines over time on a canvas, in the theme's colours; drawn again when these change. */
export function LineChart(props: LineChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();
  useEffect(() => {
    const place = host.current;
    if (!place) return undefined;
    const plot = new uPlot(optionsOf(props, place), dataOf(props), place);
    const watcher = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT }));
    watcher.observe(place);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [props, scheme]);
  return <div ref={host} className={classes.plot} role="img" aria-label={props.label} />;
}

function dataOf({ x, series }: LineChartProps): uPlot.AlignedData {
  return [[...x], ...series.map((each) => [...each.values])];
}

function optionsOf(props: LineChartProps, place: HTMLElement): uPlot.Options {
  const styles = getComputedStyle(place);
  const colour = (name: string) => styles.getPropertyValue(name).trim();
  const axis = { stroke: colour('--ts-ink-soft'), grid: { stroke: colour('--ts-line'), width: 1 }, ticks: { stroke: colour('--ts-line') } };
  const tops = props.levels.flatMap(({ from, to }) => [from, to]);
  return {
    width: place.clientWidth,
    height: HEIGHT,
    // The figures stand in the table; the legend says which line is which.
    legend: { live: false },
    scales: {
      x: { time: props.time },
      y: { range: (_plot, low, high) => padded(Math.min(low, ...tops), Math.max(high, ...tops)) },
    },
    axes: [
      { ...axis, space: TICK_PX, values: (_plot, splits) => splits.map(props.formatX) },
      { ...axis, size: 56, values: (_plot, splits) => splits.map(props.formatY) },
    ],
    series: [
      { label: props.xLabel, value: (_plot, x) => (x === null ? '' : props.formatX(x)) },
      ...props.series.map((each, place_) => ({
        label: each.label,
        stroke: colour(STROKES[place_ % STROKES.length] ?? STROKES[0]),
        width: 2,
        dash: [...(DASHES[place_ % DASHES.length] ?? [])],
        points: { show: true, size: 7 },
        spanGaps: true,
        value: (_plot: uPlot, y: number | null) => (y === null ? '–' : props.formatY(y)),
      })),
    ],
    hooks: { drawClear: [(plot) => drawLevels(plot, props.levels, colour('--ts-lake-1'), colour('--ts-line-strong'))] },
  };
}

function padded(low: number, high: number): [number, number] {
  const margin = (high - low || Math.abs(high) || 1) * 0.1;
  return [low - margin, high + margin];
}

/** Bands are filled, levels are lines, both behind the data. */
function drawLevels(plot: uPlot, levels: readonly Level[], fill: string, line: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const { from, to } of levels) {
    const [top, bottom] = [plot.valToPos(to, 'y', true), plot.valToPos(from, 'y', true)];
    ctx.fillStyle = fill;
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
    ctx.strokeStyle = line;
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
