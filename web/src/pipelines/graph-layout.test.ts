import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edgesOf, layoutStages, mayFollow, stageHeight, stageWidth, type GraphStage } from './graph-layout.ts';

/** Stages that come after earlier ones only, so never in a circle. */
const acyclic = fc
  .array(fc.array(fc.nat({ max: 30 }), { maxLength: 3 }), { minLength: 1, maxLength: 15 })
  .map((rows): readonly GraphStage[] =>
    rows.map((before, at) => ({
      refId: String(at),
      requisiteStageRefIds: [...new Set(before.filter((one) => one < at).map(String))],
    })),
  );

describe('the picture of a pipeline', () => {
  it('has every stage to the right of what it comes after, or below it, and none over another', () => {
    fc.assert(
      fc.property(acyclic, (stages) => {
        const places = layoutStages(stages);
        const below = layoutStages(stages, true);
        for (const { from, to } of edgesOf(stages)) {
          expect(places.get(to)?.x).toBeGreaterThanOrEqual((places.get(from)?.x ?? 0) + stageWidth);
          expect(below.get(to)?.y).toBeGreaterThanOrEqual((below.get(from)?.y ?? 0) + stageHeight);
        }
        const all = [...places.values()];
        for (const [at, one] of all.entries()) {
          for (const other of all.slice(at + 1)) {
            const apart = Math.abs(one.x - other.x) >= stageWidth || Math.abs(one.y - other.y) >= stageHeight;
            expect(apart).toBe(true);
          }
        }
      }),
    );
  });

  it('has no line to a stage that is not there or to itself', () => {
    expect(edgesOf([{ refId: '1', requisiteStageRefIds: ['1', 'gone'] }])).toEqual([]);
  });

  it('lets a stage follow another unless that closes a circle', () => {
    const line = [
      { refId: 'a', requisiteStageRefIds: [] },
      { refId: 'b', requisiteStageRefIds: ['a'] },
      { refId: 'c', requisiteStageRefIds: ['b'] },
    ];
    expect([mayFollow(line, 'a', 'c'), mayFollow(line, 'c', 'a'), mayFollow(line, 'a', 'a')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
