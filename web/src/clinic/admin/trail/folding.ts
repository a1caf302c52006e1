/** Lines of a trail that say the same, a few minutes apart, told once. */

export interface Line {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly actor_kind: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: string;
  readonly reason: string;
}

export interface Fold {
  /** The newest of them. */
  readonly line: Line;
  readonly count: number;
  /** When the oldest of them was. */
  readonly since: string;
}

const TOGETHER_MS = 10 * 60_000;

/**
 * Neighbours of the same person, action, outcome and reason, each within ten minutes of the next.
 * Only what was read and done is folded: a refusal, and whatever changed something, keeps its line.
 */
export function folded(lines: readonly Line[], reads: (action: string) => boolean): readonly Fold[] {
  const folds: Fold[] = [];
  for (const line of lines) {
    const last = folds.at(-1);
    if (last && same(last.line, line) && reads(line.action) && line.outcome === 'done' && near(last.since, line.at)) {
      folds[folds.length - 1] = { ...last, count: last.count + 1, since: line.at };
    } else {
      folds.push({ line, count: 1, since: line.at });
    }
  }
  return folds;
}

function same(one: Line, other: Line): boolean {
  return (
    one.actor === other.actor &&
    one.actor_kind === other.actor_kind &&
    one.action === other.action &&
    one.outcome === other.outcome &&
    one.reason === other.reason
  );
}

function near(later: string, earlier: string): boolean {
  return Date.parse(later) - Date.parse(earlier) <= TOGETHER_MS;
}
