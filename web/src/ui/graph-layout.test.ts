import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutGraph } from './graph-layout.ts';

describe('layoutGraph', () => {
  it('places every box, none over another, whatever points at what', () => {
    const graphs = fc.integer({ min: 1, max: 14 }).chain((count) =>
      fc.record({
        count: fc.constant(count),
        lines: fc.array(fc.tuple(fc.nat(count), fc.nat(count)), { maxLength: 30 }),
        downwards: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(graphs, ({ count, lines, downwards }) => {
        const boxes = Array.from({ length: count }, (_, at) => ({ id: String(at), width: 200, height: 40 + at * 4 }));
        const places = layoutGraph(
          boxes,
          lines.map(([from, to], at) => ({ id: `line${at}`, from: String(from), to: String(to) })),
          downwards,
        );
        const placed = boxes.map((box) => ({ ...box, ...(places.get(box.id) ?? { x: Number.NaN, y: Number.NaN }) }));
        for (const [at, one] of placed.entries()) {
          expect(Number.isFinite(one.x) && Number.isFinite(one.y)).toBe(true);
          for (const other of placed.slice(at + 1)) {
            const apart =
              one.x + one.width <= other.x ||
              other.x + other.width <= one.x ||
              one.y + one.height <= other.y ||
              other.y + other.height <= one.y;
            expect(apart).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('puts what is pointed at to the right', () => {
    const boxes = ['a', 'b'].map((id) => ({ id, width: 100, height: 40 }));
    const places = layoutGraph(boxes, [{ id: 'l', from: 'a', to: 'b' }]);
    expect(places.get('b')?.x).toBeGreaterThan(places.get('a')?.x ?? 0);
  });
});
