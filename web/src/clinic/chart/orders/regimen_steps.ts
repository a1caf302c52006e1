/** Regimens whose dose changes: by the hour of the day, from one day to the next, or in stages. */
import type { NewLine } from '../../data/orders';

export type Step = NonNullable<NewLine['steps']>[number];
export type DayPart = NonNullable<Step['at']>;
export type Pattern = 'plain' | 'parts' | 'alternating' | 'stages';

export const PATTERNS: readonly Pattern[] = ['plain', 'parts', 'alternating', 'stages'];
export const DAY_PARTS: readonly DayPart[] = ['morning', 'noon', 'evening', 'bedtime'];

/** How a line is written, by its steps. */
export function patternOf({ steps = [] }: Pick<NewLine, 'steps'>): Pattern {
  if (steps.length === 0) return 'plain';
  if (steps.some(({ sequence }) => sequence > 1)) return 'stages';
  return steps.some(({ at }) => at != null) ? 'parts' : 'alternating';
}

/**
 * The line with these steps. Its plain fields say what the API wants of a line with steps: dose and
 * rhythm of the first one, and the length of all that follow one another.
 */
export function withSteps(line: NewLine, steps: readonly Step[]): NewLine {
  const first = steps[0];
  if (first === undefined) return { ...line, steps: [] };
  const lengths = new Map(steps.map(({ sequence, days }) => [sequence, days]));
  return {
    ...line,
    steps: [...steps],
    dose: first.dose,
    frequency: first.frequency,
    duration_days: [...lengths.values()].reduce((sum, days) => sum + days, 0),
    as_needed_for: null,
    max_doses_a_day: null,
  };
}

/** A line in another pattern: what was written of the plain one begins it, no dose is guessed. */
export function inPattern(line: NewLine, pattern: Pattern): NewLine {
  const { unit } = line.dose;
  const days = line.duration_days;
  const first = { value: line.dose.value, unit };
  const none = { value: 0, unit };
  const every = (hours: number) => ({ times: 1, hours, as_needed: false });
  switch (pattern) {
    case 'plain':
      return { ...line, steps: [] };
    case 'parts':
      return withSteps(line, [
        { sequence: 1, dose: first, frequency: every(24), days, at: 'morning' },
        { sequence: 1, dose: none, frequency: every(24), days, at: 'bedtime' },
      ]);
    case 'alternating':
      return withSteps(line, [
        { sequence: 1, dose: first, frequency: every(48), days, at: null },
        { sequence: 1, dose: none, frequency: every(48), days, at: null },
      ]);
    case 'stages':
      return withSteps(line, [
        { sequence: 1, dose: first, frequency: { ...line.frequency, as_needed: false }, days, at: null },
        { sequence: 2, dose: none, frequency: { times: 0, hours: 0, as_needed: false }, days: 0, at: null },
      ]);
  }
}

/** Without the step at this place; the stages after it move up. */
export function without(steps: readonly Step[], place: number): readonly Step[] {
  const kept = steps.filter((_, each) => each !== place);
  const numbers = [...new Set(kept.map(({ sequence }) => sequence))];
  return kept.map((step) => ({ ...step, sequence: numbers.indexOf(step.sequence) + 1 }));
}

/** Whether nothing is left to be written of the dose, plain or in steps. */
export function isWritten(line: NewLine): boolean {
  const parts = line.steps?.length ? line.steps : [{ ...line, days: line.duration_days }];
  return parts.every(
    ({ dose, frequency, days }) =>
      dose.value > 0 && dose.unit.trim() !== '' && frequency.times > 0 && frequency.hours > 0 && days > 0,
  );
}

export function isDayPart(text: string): text is DayPart {
  return DAY_PARTS.some((part) => part === text);
}
