import type { Static } from 'typebox';
import { newId } from '#platform/ids.ts';
import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type { pipelineBody } from './contract.ts';
import type { PipelineDocument, StageConfig, TriggerConfig } from './pipeline.ts';

type Given = Static<typeof pipelineBody>;

/** What the server knows better than the document it is sent. */
export const serverKeys: ReadonlySet<string> = new Set([
  'id',
  'index',
  'lastModifiedBy',
  'updateTs',
  'lastModified',
  'createTs',
  'version',
]);

/** Ids stand in addresses: `new` is the page of a pipeline to be made. */
const idPattern = /^(?!new$)[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export function assertPipelineId(id: string): void {
  if (idPattern.test(id)) return;
  throw problem(
    'invalid',
    'invalid_pipeline',
    'id: An id begins with a letter or digit and has up to 100 letters, digits, dots, dashes and underscores.',
    { field: 'id' },
  );
}

/** The document as it is kept: references as texts, names filled in, triggers told apart. */
export function readDocument(given: Given): PipelineDocument {
  const kept = Object.fromEntries(
    Object.entries(given).filter(([key, value]) => !serverKeys.has(key) && value !== null),
  );
  return {
    ...kept,
    application: given.application,
    name: given.name.trim(),
    ...(given.triggers === undefined ? {} : { triggers: given.triggers.map((trigger) => withId(trigger)) }),
    stages: readStages(given.stages ?? []),
  } as PipelineDocument;
}

function withId(trigger: TriggerConfig): TriggerConfig {
  return typeof trigger.id === 'string' && trigger.id !== '' ? trigger : { ...trigger, id: newId('trigger') };
}

/** Documents in which no stage has a reference are a straight line. */
function readStages(stages: NonNullable<Given['stages']>): readonly StageConfig[] {
  const straight = stages.every((stage) => stage.refId === undefined);
  return stages.map((stage, at) => {
    if (!straight && stage.refId === undefined) {
      throw problem('invalid', 'invalid_pipeline', `stages[${at}].refId is needed: other stages have one.`, {
        field: `stages[${at}].refId`,
      });
    }
    const requisites = straight && at > 0 ? [String(at)] : (stage.requisiteStageRefIds ?? []).map(String);
    const named = typeof stage.name === 'string' && stage.name.trim() !== '' ? stage.name.trim() : stage.type;
    return {
      ...stage,
      refId: straight ? String(at + 1) : String(stage.refId),
      requisiteStageRefIds: [...new Set(requisites)],
      name: named,
    } as StageConfig;
  });
}

/** `spin` once sent `{"trigger": {…}}` where everybody else sends the trigger itself. */
export function readTrigger(body: unknown): Readonly<Record<string, unknown>> {
  if (!isJsonObject(body)) return {};
  const inner = body['trigger'];
  return isJsonObject(inner) ? inner : body;
}
