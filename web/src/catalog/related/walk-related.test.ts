import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RelatedGroup } from './related-api.ts';
import { MOST_NODES, nodeId, walkRelated } from './walk-related.ts';

const root = { blueprint: 'thing', identifier: '0', title: 'Zero', icon: null };
const none: ReadonlySet<string> = new Set();

/** Groups of a graph given by its lines. */
const reader =
  (lines: readonly (readonly [number, number])[]) =>
  (_blueprint: string, identifier: string): readonly RelatedGroup[] => {
    const group = (direction: 'in' | 'out', others: readonly number[]): RelatedGroup[] =>
      others.length === 0
        ? []
        : [
            {
              direction,
              blueprint: 'thing',
              relation: 'to',
              count: others.length,
              entities: others.map((one) => ({ identifier: String(one), title: null, icon: null })),
            },
          ];
    const own = Number(identifier);
    return [
      ...group(
        'out',
        lines.filter(([from]) => from === own).map(([, to]) => to),
      ),
      ...group(
        'in',
        lines.filter(([, to]) => to === own).map(([from]) => from),
      ),
    ];
  };

const graphs = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 60 });

describe('walkRelated', () => {
  it('draws exactly what is within the steps, each once, and lines between what is drawn', () => {
    fc.assert(
      fc.property(graphs, fc.integer({ min: 0, max: 3 }), (lines, levels) => {
        const walk = walkRelated({ root, levels, opened: none, closed: none, groupsOf: reader(lines) });
        const near = new Set([0]);
        for (let step = 0; step < levels; step += 1) {
          const before = new Set(near);
          for (const [from, to] of lines) {
            if (before.has(from)) near.add(to);
            if (before.has(to)) near.add(from);
          }
        }
        const ids = walk.nodes.map(({ id }) => id);
        expect(new Set(ids)).toEqual(new Set([...near].map((one) => nodeId('thing', String(one)))));
        expect(ids).toHaveLength(near.size);
        for (const { from, to } of walk.edges) expect(ids).toEqual(expect.arrayContaining([from, to]));
      }),
    );
  });

  it('goes on where somebody opens, and stops where somebody closes', () => {
    const groupsOf = reader([
      [0, 1],
      [1, 2],
    ]);
    const opened = new Set([nodeId('thing', '1')]);
    const names = (walk: ReturnType<typeof walkRelated>): readonly string[] =>
      walk.nodes.map(({ identifier }) => identifier);
    expect(names(walkRelated({ root, levels: 1, opened, closed: none, groupsOf }))).toEqual(['0', '1', '2']);
    const closed = new Set([nodeId('thing', '0')]);
    expect(names(walkRelated({ root, levels: 3, opened: none, closed, groupsOf }))).toEqual(['0']);
  });

  it('never draws more than can be looked at, and says so', () => {
    const lines = Array.from({ length: 500 }, (_, at) => [0, at + 1] as const);
    const walk = walkRelated({ root, levels: 2, opened: none, closed: none, groupsOf: reader(lines) });
    expect(walk.nodes).toHaveLength(MOST_NODES);
    expect(walk.cut).toBe(true);
  });
});
