import { mayFollow } from '../graph-layout.ts';
import type { Fields, PipelineDocument, StageConfig } from '../wire.ts';
import { withField } from './stage-form.ts';

/** A reference that no stage has: the next number. */
export function freeRefId(stages: readonly StageConfig[]): string {
  const numbers = stages.map(({ refId }) => Number(refId)).filter((number) => Number.isInteger(number) && number > 0);
  return String(Math.max(0, ...numbers) + 1);
}

const withStages = (document: PipelineDocument, stages: readonly StageConfig[]): PipelineDocument => ({
  ...document,
  stages,
});

export interface AddedStage {
  readonly document: PipelineDocument;
  readonly refId: string;
}

/** A new stage after the chosen one, or after all that nothing comes after. */
export function addStage(
  document: PipelineDocument,
  { type, name, after }: { readonly type: string; readonly name: string; readonly after: string | undefined },
): AddedStage {
  const { stages } = document;
  const refId = freeRefId(stages);
  const followed = new Set(stages.flatMap((stage) => stage.requisiteStageRefIds));
  const ends = stages.filter((stage) => !followed.has(stage.refId)).map((stage) => stage.refId);
  const requisiteStageRefIds = after === undefined ? ends : [after];
  const taken = new Set(stages.map((stage) => stage.name));
  const unique = taken.has(name) ? `${name} ${refId}` : name;
  const stage = { refId, requisiteStageRefIds, type, name: unique, ...startingFields[type] };
  return { document: withStages(document, [...stages, stage]), refId };
}

/** So that a new stage can be saved, or says at once what it lacks. */
const startingFields: Readonly<Record<string, Fields>> = {
  wait: { waitTime: 30 },
  checkPreconditions: { preconditions: [] },
  evaluateVariables: { variables: [] },
  manualJudgment: { judgmentInputs: [], notifications: [] },
};

/** What came after a removed stage comes after what it came after, so that nothing falls apart. */
export function removeStages(document: PipelineDocument, refIds: readonly string[]): PipelineDocument {
  let { stages } = document;
  for (const refId of refIds) {
    const gone = stages.find((stage) => stage.refId === refId);
    if (gone === undefined) continue;
    stages = stages
      .filter((stage) => stage !== gone)
      .map((stage) =>
        stage.requisiteStageRefIds.includes(refId)
          ? {
              ...stage,
              requisiteStageRefIds: [
                ...new Set([
                  ...stage.requisiteStageRefIds.filter((one) => one !== refId),
                  ...gone.requisiteStageRefIds,
                ]),
              ],
            }
          : stage,
      );
  }
  return withStages(document, stages);
}

/** The same document when that would close a circle, or `from` is not there. */
export function follow(document: PipelineDocument, from: string, to: string): PipelineDocument {
  const known = document.stages.some((stage) => stage.refId === from);
  if (!known || !mayFollow(document.stages, from, to)) return document;
  return mapStage(document, to, (stage) => ({
    ...stage,
    requisiteStageRefIds: [...new Set([...stage.requisiteStageRefIds, from])],
  }));
}

export const unfollow = (document: PipelineDocument, from: string, to: string): PipelineDocument =>
  mapStage(document, to, (stage) => ({
    ...stage,
    requisiteStageRefIds: stage.requisiteStageRefIds.filter((one) => one !== from),
  }));

export const setStageField = (
  document: PipelineDocument,
  refId: string,
  key: string,
  value: unknown,
): PipelineDocument => mapStage(document, refId, (stage) => withField(stage, key, value));

export function mapStage(
  document: PipelineDocument,
  refId: string,
  change: (stage: StageConfig) => StageConfig,
): PipelineDocument {
  return withStages(
    document,
    document.stages.map((stage) => (stage.refId === refId ? change(stage) : stage)),
  );
}

/** A document as it is read from text: what a picture needs has to be there. */
export function isDocument(value: unknown): value is PipelineDocument {
  if (typeof value !== 'object' || value === null) return false;
  const { application, name, stages } = value as Fields;
  return (
    typeof application === 'string' &&
    typeof name === 'string' &&
    Array.isArray(stages) &&
    (stages as unknown[]).every((stage) => {
      if (typeof stage !== 'object' || stage === null) return false;
      const { refId, requisiteStageRefIds, type, name: label } = stage as Fields;
      return (
        typeof refId === 'string' &&
        typeof type === 'string' &&
        typeof label === 'string' &&
        Array.isArray(requisiteStageRefIds)
      );
    })
  );
}
