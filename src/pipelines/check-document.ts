import type { Db } from '#platform/db/handles.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { assertNoProblems, checkPipeline, type PipelineProblem, type StageKinds } from './check-pipeline.ts';
import type { PipelineDocument } from './pipeline.ts';
import { preconfiguredOf } from './preconfigured/preconfigured-queries.ts';
import { problemsOfJudges } from './stages/judge-queries.ts';

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
  const problems = await checkPipeline(document, kinds, jq, isForeign ? await preconfiguredOf(db, orgId) : []);
  return problems.length > 0 ? problems : judgeProblemsIn(db, orgId, document);
}

/** Of its judgments: whom they name is looked up. */
async function judgeProblemsIn(
  db: Db,
  orgId: string,
  { application, stages }: PipelineDocument,
): Promise<readonly PipelineProblem[]> {
  const problems: PipelineProblem[] = [];
  for (const [at, stage] of stages.entries()) {
    if (stage.type !== 'manualJudgment') continue;
    for (const { field, message } of await problemsOfJudges(db, { orgId, application }, stage)) {
      problems.push({ path: `stages[${at}].${field}`, refId: stage.refId, message });
    }
  }
  return problems;
}
