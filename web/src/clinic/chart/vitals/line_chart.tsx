import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import uPlot from 'uplot';
import { nearest } from './growth_curves';
import { dataOf, DASHES, optionsOf, type Chart } from './plot';
import classes from './vitals.module.css';

interface LineChartProps {
  /** What the chart shows, for who cannot see it; the figures stand in a table beside it. */
  readonly label: string;
  /** Kept from one drawing to the next, or the chart is drawn anew. */
  readonly chart: Chart;
}

/** Where a key moves to among the measurements. */
const MOVES: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at + 1,
  Home: () => 0,
  End: (_, last) => last,
};

/**
 * Lines on a canvas, drawn again when the theme changes. Pointer and arrow keys go from measurement
 * to measurement; the one they are at is written below.
 */
export function LineChart({ label, chart }: LineChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [chosen, choose] = useState<number>();
  const scheme = useComputedColorScheme();
  const last = chart.x.length - 1;
  const at = Math.min(chosen ?? last, last);
  useEffect(() => {
    const place = host.current;
    if (!place) return undefined;
    const moved = (drawn: uPlot) => {
      const { left = -1 } = drawn.cursor;
      if (left >= 0) choose(nearest(chart.x, drawn.posToVal(left, 'x')));
    };
    const made = new uPlot(optionsOf(chart, place, moved), dataOf(chart), place);
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height: chart.height }));
    watcher.observe(place);
    return () => {
      watcher.disconnect();
      made.destroy();
    };
  }, [chart, scheme]);
  const move = (event: KeyboardEvent) => {
    const next = MOVES[event.key]?.(at, last);
    const x = next === undefined ? undefined : chart.x[Math.max(0, Math.min(last, next))];
    if (x === undefined || !plot.current) return;
    event.preventDefault();
    plot.current.setCursor({ left: plot.current.valToPos(x, 'x'), top: 0 });
  };
  return (
    <div>
      <div
        ref={host}
        className={classes.plot}
        data-tall={chart.reference && ''}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={1}
        aria-valuemax={last + 1}
        aria-valuenow={at + 1}
        aria-valuetext={chart.words(at)}
        onKeyDown={move}
      />
      {chart.series.length > 1 && <Legend labels={chart.series.map((each) => each.label)} />}
      <p className={`numeric ${classes.reading ?? ''}`}>{chart.words(at)}</p>
    </div>
  );
}

/** Which line is which, by colour and by dashes. */
function Legend({ labels }: { readonly labels: readonly string[] }) {
  return (
    <ul className={classes.legend}>
      {labels.map((label, place) => (
        <li key={label}>
          <svg width="24" height="8" aria-hidden data-place={place}>
            <line x1="0" y1="4" x2="24" y2="4" strokeWidth="2" strokeDasharray={DASHES[place]?.join(' ')} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
