import type { Db } from '#platform/db/handles.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { assertNoProblems, checkPipeline, type PipelineProblem, type StageKinds } from './check-pipeline.ts';
import type { PipelineDocument } from './pipeline.ts';
import { preconfiguredOf } from './preconfigured/preconfigured-queries.ts';

export interface PipelineRouteParts {
  readonly db: Db;
  readonly jq: JqPool;
  readonly kinds: StageKinds;
}

/** Refuses a document that could not be carried out; expressions are compiled before anything is locked. */
export async function checkedDocument(
  parts: PipelineRouteParts,
  orgId: string,
  document: PipelineDocument,
): Promise<PipelineDocument> {
  assertNoProblems(await problemsIn(parts, orgId, document));
  return document;
}

/** Everything that is wrong with a document, with the types of stages that administrators made among the known ones. */
export async function problemsIn(
  { db, jq, kinds }: PipelineRouteParts,
  orgId: string,
  document: PipelineDocument,
): Promise<readonly PipelineProblem[]> {
  const isForeign = document.stages.some(({ type }) => !kinds.has(type));
  return checkPipeline(document, kinds, jq, isForeign ? await preconfiguredOf(db, orgId) : []);
}
