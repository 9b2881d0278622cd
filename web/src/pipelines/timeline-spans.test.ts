import fc from 'fast-check';
import { expect, it } from 'vitest';
import { spansOf } from './timeline-spans.ts';

const at = (seconds: number): string => new Date(1_000_000 + seconds * 1000).toISOString();

it('stages stand one after another over the whole span', () => {
  const stages = [
    { startedAt: at(10), endedAt: at(20) },
    { startedAt: null, endedAt: null },
    { startedAt: at(0), endedAt: at(10) },
  ];
  const spans = spansOf(stages, 0);
  expect(spans.map(({ left, width, milliseconds }) => [left, width, milliseconds])).toEqual([
    [0, 50, 10_000],
    [50, 50, 10_000],
  ]);
  expect(spansOf([], 0)).toEqual([]);
});

it('no bar leaves its track, whatever the clocks say', () => {
  const second = fc.integer({ min: 0, max: 100_000 });
  const stage = fc.record({ startedAt: second.map(at), endedAt: fc.option(second.map(at)) });
  fc.assert(
    fc.property(fc.array(stage, { maxLength: 20 }), second, (stages, now) => {
      for (const { left, width } of spansOf(stages, Date.parse(at(now)))) {
        expect(left).toBeGreaterThanOrEqual(0);
        expect(width).toBeGreaterThan(0);
        expect(left + width).toBeLessThanOrEqual(100.000001);
      }
    }),
  );
});
