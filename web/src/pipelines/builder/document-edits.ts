import { freePlace, mayFollow, type PlacedStage } from '../graph-layout.ts';
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

interface NewStage {
  readonly type: string;
  readonly name: string;
  readonly after: string | undefined;
}

/** A new stage after the chosen one, or after all that nothing comes after. */
export function addStage(document: PipelineDocument, { type, name, after }: NewStage): AddedStage {
  const { stages } = document;
  const refId = freeRefId(stages);
  const followed = new Set(stages.flatMap((stage) => stage.requisiteStageRefIds));
  const ends = stages.filter((stage) => !followed.has(stage.refId)).map((stage) => stage.refId);
  const requisiteStageRefIds = after === undefined ? ends : [after];
  const taken = new Set(stages.map((stage) => stage.name));
  const unique = taken.has(name) ? `${name} ${refId}` : name;
  const stage = { refId, requisiteStageRefIds, type, name: unique, ...startingFields[type] };
  const added = withStages(document, [...stages, stage]);
  const places = placesOf(document);
  const before = requisiteStageRefIds.map((one) => places.get(one)).find((place) => place !== undefined);
  return {
    // Beside a stage that somebody put where it is; everything else finds its place by itself.
    document: before === undefined ? added : moveStages(added, new Map([[refId, freePlace(places, before)]])),
    refId,
  };
}

/** A copy of a stage, after the same ones. */
export function copyStage(document: PipelineDocument, refId: string, name: string): AddedStage {
  const original = document.stages.find((stage) => stage.refId === refId);
  if (original === undefined) return { document, refId };
  const copy = { ...original, refId: freeRefId(document.stages), name };
  const taken = new Set(document.stages.map((stage) => stage.name));
  const named = taken.has(name) ? { ...copy, name: `${name} ${copy.refId}` } : copy;
  return { document: withStages(document, [...document.stages, named]), refId: copy.refId };
}

/** Where people put stages in the picture, by reference. It says nothing about what the pipeline does. */
export function placesOf(document: PipelineDocument): ReadonlyMap<string, PlacedStage> {
  const layout: unknown = document['layout'];
  if (typeof layout !== 'object' || layout === null) return new Map();
  const known = new Set(document.stages.map((stage) => stage.refId));
  return new Map(
    Object.entries(layout as Fields).flatMap(([refId, place]): [string, PlacedStage][] => {
      if (!known.has(refId) || typeof place !== 'object' || place === null) return [];
      const { x, y } = place as Fields;
      return isPlace(x) && isPlace(y) ? [[refId, { x, y }]] : [];
    }),
  );
}

const farthest = 100_000;
const isPlace = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= farthest;

export function moveStages(document: PipelineDocument, moves: ReadonlyMap<string, PlacedStage>): PipelineDocument {
  const rounded = [...moves].map(([refId, { x, y }]): [string, PlacedStage] => [
    refId,
    { x: Math.round(x), y: Math.round(y) },
  ]);
  return { ...document, layout: Object.fromEntries([...placesOf(document), ...rounded]) };
}

/** Gives every stage the place it finds by itself. */
export const arrange = (document: PipelineDocument): PipelineDocument => withField(document, 'layout', undefined);

/** What of a document an edit of its texts leaves as it is: which stages there are and what comes after what. */
export const shapeOf = ({ stages }: PipelineDocument): string =>
  JSON.stringify(stages.map(({ refId, type, requisiteStageRefIds }) => [refId, type, requisiteStageRefIds]));

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
  const left = withStages(document, stages);
  // A number that is given again does not inherit the place of the one that had it.
  return document['layout'] === undefined ? left : { ...left, layout: Object.fromEntries(placesOf(left)) };
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
