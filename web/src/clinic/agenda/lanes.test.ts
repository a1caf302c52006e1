import { expect, test } from 'vitest';
import { inLanes } from './lanes';

const lanesOf = (...spans: (readonly [number, number])[]) =>
  inLanes(spans.map(([from, until]) => ({ from, until }))).map((p) => [p.item.from, p.lane, p.of]);

test('appointments one after another have the whole width', () => {
  expect(lanesOf([0, 20], [20, 40], [40, 60])).toEqual([
    [0, 0, 1],
    [20, 0, 1],
    [40, 0, 1],
  ]);
});

test('appointments at the same time stand side by side', () => {
  expect(lanesOf([0, 20], [0, 20], [20, 40])).toEqual([
    [0, 0, 2],
    [0, 1, 2],
    [20, 0, 1],
  ]);
});

test('a lane that has become free is used again', () => {
  expect(lanesOf([0, 60], [0, 20], [30, 50])).toEqual([
    [0, 0, 2],
    [0, 1, 2],
    [30, 1, 2],
  ]);
});

test('nothing is lost and nothing overlaps within a lane', () => {
  const spans = Array.from({ length: 200 }, (_, n) => {
    const from = (n * 37) % 400;
    return { from, until: from + 5 + ((n * 13) % 90) };
  });
  const placed = inLanes(spans);
  expect(placed).toHaveLength(200);
  for (const a of placed) {
    expect(a.lane).toBeLessThan(a.of);
    for (const b of placed) {
      if (a === b || a.lane !== b.lane) continue;
      const apart = a.item.until <= b.item.from || b.item.until <= a.item.from;
      expect(apart || a.of !== b.of).toBe(true);
    }
  }
});
