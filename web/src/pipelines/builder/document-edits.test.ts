import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayFollow } from '../graph-layout.ts';
import type { PipelineDocument } from '../wire.ts';
import { addStage, follow, isDocument, removeStages, unfollow } from './document-edits.ts';
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

  it.each(failureChoices)('write the choice "%s" so that it is read again', (choice) => {
    const stage = { refId: '1', requisiteStageRefIds: [], type: 'wait', name: 'Wait', ...failureFields(choice) };
    expect(failureChoiceOf(stage)).toBe(choice);
  });

  it.each([null, [], {}, { application: 'a', name: 'b' }, { application: 'a', name: 'b', stages: [{}] }])(
    'take %j for no pipeline',
    (value) => expect(isDocument(value)).toBe(false),
  );
});
