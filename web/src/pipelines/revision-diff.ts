import { placesOf } from './builder/document-edits.ts';
import type { Fields, PipelineDocument } from './wire.ts';

/** Stages by their reference, so that two documents are compared stage by stage; places are told apart, in words. */
export const comparable = ({ layout: _layout, ...document }: PipelineDocument): Fields => ({
  ...document,
  stages: Object.fromEntries(document.stages.map((stage) => [stage.refId, stage])),
});

/** Names of the stages that stand elsewhere in the picture than they did; new and removed ones did not move. */
export function movedStages(before: PipelineDocument, after: PipelineDocument): readonly string[] {
  const there = placesOf(before);
  const here = placesOf(after);
  const known = new Set(before.stages.map(({ refId }) => refId));
  return after.stages
    .filter(({ refId }) => known.has(refId))
    .filter(({ refId }) => JSON.stringify(there.get(refId)) !== JSON.stringify(here.get(refId)))
    .map(({ name }) => name);
}

/** Whether nothing about what the pipeline does differs. */
export const onlyMoved = (before: PipelineDocument, after: PipelineDocument): boolean =>
  movedStages(before, after).length > 0 && JSON.stringify(comparable(before)) === JSON.stringify(comparable(after));
