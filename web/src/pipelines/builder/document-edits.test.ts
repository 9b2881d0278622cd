import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayFollow } from '../graph-layout.ts';
import type { PipelineDocument } from '../wire.ts';
import {
  addStage,
  arrange,
  copyStage,
  follow,
  isDocument,
  moveStages,
  placesOf,
  removeStages,
  unfollow,
} from './document-edits.ts';
import { failureChoiceOf, failureChoices, failureFields } from './stage-form.ts';

const empty: PipelineDocument = { application: 'shop', name: 'deploy', stages: [] };

const edit = fc.oneof(
  fc.record({ do: fc.constant('add' as const), after: fc.option(fc.nat({ max: 12 }), { nil: undefined }) }),
  fc.record({ do: fc.constantFrom('follow' as const, 'unfollow' as const), from: fc.nat(12), to: fc.nat(12) }),
  fc.record({ do: fc.constant('remove' as const), at: fc.nat({ max: 12 }) }),
);

function apply(document: PipelineDocument, step: typeof edit extends fc.Arbitrary<infer T> ? T : never) {
  const refAt = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : document.stages[at]?.refId;
  if (step.do === 'add') return addStage(document, { type: 'wait', name: 'Wait', after: refAt(step.after) }).document;
  if (step.do === 'remove') return removeStages(document, [refAt(step.at) ?? 'none']);
  const [from = 'none', to = 'none'] = [refAt(step.from), refAt(step.to)];
  return step.do === 'follow' ? follow(document, from, to) : unfollow(document, from, to);
}

describe('edits of a pipeline', () => {
  it('never lead to a circle, a reference to nothing, or two stages of one name', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), (steps) => {
        const document = steps.reduce(apply, empty);
        const known = document.stages.map((stage) => stage.refId);
        expect(new Set(known).size).toBe(known.length);
        expect(new Set(document.stages.map((stage) => stage.name)).size).toBe(known.length);
        for (const { refId, requisiteStageRefIds } of document.stages) {
          expect(known).toEqual(expect.arrayContaining([...requisiteStageRefIds]));
          // Nothing that it comes after comes after it.
          for (const before of requisiteStageRefIds) expect(mayFollow(document.stages, before, refId)).toBe(true);
        }
      }),
    );
  });

  it('join what a removed stage stood between', () => {
    let document = empty;
    for (const name of ['a', 'b', 'c'])
      document = addStage(document, { type: 'wait', name, after: undefined }).document;
    const joined = removeStages(document, ['2']);
    expect(joined.stages.map(({ refId, requisiteStageRefIds }) => [refId, requisiteStageRefIds])).toEqual([
      ['1', []],
      ['3', ['1']],
    ]);
  });

  it('keep stages where people put them, and new ones beside them', () => {
    const { document } = addStage(empty, { type: 'wait', name: 'a', after: undefined });
    const moved = moveStages(document, new Map([['1', { x: 40.4, y: 80.6 }]]));
    expect(placesOf(moved)).toEqual(new Map([['1', { x: 40, y: 81 }]]));
    const two = ['b', 'c'].reduce((one, name) => addStage(one, { type: 'wait', name, after: '1' }).document, moved);
    const [beside, below] = ['2', '3'].map((refId) => placesOf(two).get(refId));
    expect(beside).toEqual({ x: 308, y: 81 });
    expect(below?.x).toBe(308);
    expect(below?.y).toBeGreaterThanOrEqual(81 + 60);
    expect([...placesOf(removeStages(two, ['2'])).keys()]).toEqual(['1', '3']);
    expect(arrange(two)).not.toHaveProperty('layout');
  });

  it.each([null, 'left', [], { 1: null }, { 1: { x: 'a', y: 1 } }, { 1: { x: 1e9, y: 0 } }, { 7: { x: 1, y: 1 } }])(
    'take the layout %j for none',
    (layout) => {
      const { document } = addStage(empty, { type: 'wait', name: 'a', after: undefined });
      expect(placesOf({ ...document, layout }).size).toBe(0);
    },
  );

  it('copy a stage under a name of its own', () => {
    const { document } = addStage(empty, { type: 'wait', name: 'a', after: undefined });
    const copied = copyStage(document, '1', 'a');
    expect(copied.document.stages.at(-1)).toMatchObject({ refId: '2', name: 'a 2', type: 'wait', waitTime: 30 });
    expect(copyStage(document, 'none', 'a').document).toBe(document);
  });

  it.each(failureChoices)('write the choice "%s" so that it is read again', (choice) => {
    const stage = { refId: '1', requisiteStageRefIds: [], type: 'wait', name: 'Wait', ...failureFields(choice) };
    expect(failureChoiceOf(stage)).toBe(choice);
  });

  it.each([null, [], {}, { application: 'a', name: 'b' }, { application: 'a', name: 'b', stages: [{}] }])(
    'take %j for no pipeline',
    (value) => expect(isDocument(value)).toBe(false),
  );
});
