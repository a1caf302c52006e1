/** Who stands beside whom when times overlap. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export interface Placed<T> {
  readonly item: T;
  /** Position among `of` lanes of equal width. */
  readonly lane: number;
  readonly of: number;
}

/** Spans that overlap, directly or through others, share the width; the rest have all of it. */
export function inLanes<T extends Span>(spans: readonly T[]): readonly Placed<T>[] {
  const placed: Placed<T>[] = [];
  let cluster: { item: T; lane: number }[] = [];
  let ends: number[] = [];
  const close = () => {
    placed.push(...cluster.map((each) => ({ ...each, of: ends.length })));
    cluster = [];
    ends = [];
  };
  for (const item of [...spans].sort((a, b) => a.from - b.from || b.until - a.until)) {
    if (ends.every((end) => end <= item.from)) close();
    const free = ends.findIndex((end) => end <= item.from);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = item.until;
    cluster.push({ item, lane });
  }
  close();
  return placed;
}
