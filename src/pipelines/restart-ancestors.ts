import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { StageKinds } from './check-pipeline.ts';
import { type ExecutionRow, stageConfig, type StageRow, type WholeExecution } from './execution.ts';
import { isComplete } from './execution-rules.ts';
import { lockExecution } from './execution-store.ts';
import { lockPipeline } from './pipeline-store.ts';
import { reopen, resetStages } from './reset-stages.ts';
import { timeoutOf } from './stages/field-rules.ts';

type Ancestor = Pick<ExecutionRow, 'id' | 'pipeline'>;

/** Executions of which a stage started this one, or one above it; the first of all comes first. */
export async function ancestorsOf(ctx: WriteContext, execution: ExecutionRow): Promise<readonly Ancestor[]> {
  const found = await sql<Ancestor>`
    with recursive above as (
      select id, pipeline, parent_execution, parent_stage, 0 as height from execution
      where org_id = ${execution.org_id} and id = ${execution.id}
      union all
      select parent.id, parent.pipeline, parent.parent_execution, parent.parent_stage, above.height + 1
      from above join execution parent on parent.org_id = ${execution.org_id} and parent.id = above.parent_execution
      where above.parent_stage <> '')
    select id, pipeline from above where height > 0 order by height desc`.execute(ctx.db);
  return found.rows;
}

/**
 * A stage that waited for the end of an execution waits for it again when that goes on after all, and so does whatever
 * waited for the execution of that stage. Everything is locked.
 */
export async function resumeAncestors(
  ctx: WriteContext,
  kinds: StageKinds,
  ancestors: readonly Ancestor[],
  restarted: WholeExecution,
): Promise<void> {
  let child = restarted.execution;
  for (const { id, pipeline } of ancestors.toReversed()) {
    const whole = await lockExecution(ctx, id);
    const stage = whole.stages.find((each) => each.id === child.parent_stage);
    if (stage === undefined || !(await waitedFor(ctx, whole.execution, stage, child))) return;
    const reset = await resetStages(ctx, kinds, whole, stage);
    const startedWith = startFacts(stage);
    const { id: childId } = child;
    const stages = reset.map((each) => {
      if (each.id !== stage.id) return each;
      const fresh = { ...each, context: { ...startedWith, ...each.context } };
      return waitingAgain(ctx, whole.execution, fresh, childId);
    });
    const after = await reopen(ctx, whole, { stages, pipeline: await lockPipeline(ctx, pipeline) });
    child = after.execution;
  }
}

/** One that still runs hears of the end anyway; one that was restarted meanwhile waits for another execution. */
async function waitedFor(
  ctx: WriteContext,
  execution: ExecutionRow,
  stage: StageRow,
  child: ExecutionRow,
): Promise<boolean> {
  if (!isComplete(stage.status) || stageConfig(execution, stage.ref_id)['waitForCompletion'] === false) return false;
  const latest = await sql<{ id: string }>`
    select id from execution where org_id = ${child.org_id} and parent_execution = ${execution.id}
      and parent_stage = ${stage.id} order by created_at desc, id desc limit 1`.execute(ctx.db);
  return latest.rows[0]?.id === child.id;
}

/** What the stage asked for stands; it is the same execution that goes on. */
function startFacts({ context }: StageRow): StageRow['context'] {
  const { application, pipeline, pipelineName, pipelineParameters } = context;
  return { application, pipeline, pipelineName, pipelineParameters };
}

function waitingAgain(ctx: WriteContext, execution: ExecutionRow, fresh: StageRow, child: string): StageRow {
  const timeoutAt = timeoutOf(stageConfig(execution, fresh.ref_id), ctx.now);
  return {
    ...fresh,
    status: 'RUNNING',
    started_at: ctx.now,
    context: { ...fresh.context, executionId: child },
    wait: { for: 'execution', id: child, ...(timeoutAt === null ? {} : { timeoutAt }) },
  };
}
