import { expect, test } from 'vitest';
import { reads } from './access_people';
import { folded, type Line } from './folding';

let ids = 0;

function line(at: string, over: Partial<Line> = {}): Line {
  ids += 1;
  return {
    id: String(ids),
    at: `2026-11-30T${at}Z`,
    actor: 'u1',
    actor_kind: 'user',
    action: 'patients.read_summary',
    resource: 'patient/p',
    outcome: 'done',
    reason: '',
    ...over,
  };
}

test('readings of one person within minutes are one line with their number and time', () => {
  const folds = folded([line('15:54:10'), line('15:52:00'), line('15:50:30')], reads);
  expect(folds).toEqual([expect.objectContaining({ count: 3, since: '2026-11-30T15:50:30Z' })]);
});

test('a long pause, another person, or another emergency begins a new line', () => {
  const folds = folded(
    [
      line('15:54:00'),
      line('15:30:00'),
      line('15:29:00', { actor: 'u2' }),
      line('15:28:00', { reason: 'break-glass' }),
    ],
    reads,
  );
  expect(folds.map(({ count }) => count)).toEqual([1, 1, 1, 1]);
});

test('refusals and changes keep their lines', () => {
  const denied = { outcome: 'denied' };
  const signed = { action: 'patients.sign_encounter' };
  const folds = folded(
    [line('15:54:00', denied), line('15:53:00', denied), line('15:52:00', signed), line('15:51:00', signed)],
    reads,
  );
  expect(folds).toHaveLength(4);
});
