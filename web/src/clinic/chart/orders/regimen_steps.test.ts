import { describe, expect, it } from 'vitest';
import type { NewLine } from '../../data/orders';
import { inPattern, isWritten, patternOf, PATTERNS, withSteps, without, type Step } from './regimen_steps';
import { quantityOf } from './words';

const line: NewLine = {
  item: 'DEMO-0001',
  dose: { value: 2, unit: 'tableta' },
  route: 'oral',
  frequency: { times: 1, hours: 12, as_needed: false },
  duration_days: 6,
  quantity: 24,
};
const daily = { times: 1, hours: 24, as_needed: false };
const step = (sequence: number, value: number, days: number, at: Step['at'] = null): Step => ({
  sequence,
  dose: { value, unit: 'tableta' },
  frequency: daily,
  days,
  at,
});

describe('a regimen whose dose changes', () => {
  it('is begun from what was written, and no further dose is guessed', () => {
    for (const pattern of PATTERNS) {
      const made = inPattern(line, pattern);
      expect(patternOf(made)).toBe(pattern);
      expect(made.dose.value).toBe(2);
      expect((made.steps ?? []).slice(1).map(({ dose }) => dose.value)).toEqual(
        (made.steps ?? []).slice(1).map(() => 0),
      );
      expect(isWritten(made)).toBe(pattern === 'plain');
    }
  });

  it('says in its plain fields what the first step and the whole length are', () => {
    const made = withSteps(line, [step(1, 8, 5), step(2, 4, 5), step(3, 2, 10)]);
    expect([made.dose.value, made.frequency, made.duration_days]).toEqual([8, daily, 20]);
    const together = withSteps(line, [step(1, 1, 30, 'morning'), step(1, 2, 30, 'bedtime')]);
    expect(together.duration_days).toBe(30);
  });

  it('keeps its stages in order when one is taken away', () => {
    const left = without([step(1, 8, 5), step(2, 4, 5), step(3, 2, 5)], 1);
    expect(left.map(({ sequence, dose }) => [sequence, dose.value])).toEqual([
      [1, 8],
      [2, 2],
    ]);
  });

  it('needs what its steps need, and as needed at most what a day allows', () => {
    expect(quantityOf(withSteps(line, [step(1, 8, 5), step(2, 4, 5), step(3, 2, 5)]), 'tableta')).toBe(70);
    expect(quantityOf(withSteps(line, [step(1, 1, 30, 'morning'), step(1, 2, 30, 'bedtime')]), 'tableta')).toBe(90);
    const asNeeded = { ...line, frequency: { times: 1, hours: 4, as_needed: true }, max_doses_a_day: 3 };
    expect(quantityOf(asNeeded, 'tableta')).toBe(36);
    expect(
      quantityOf(withSteps(line, [step(1, 1, 5), { ...step(2, 1, 5), dose: { value: 5, unit: 'ml' } }]), 'tableta'),
    ).toBeUndefined();
  });
});
