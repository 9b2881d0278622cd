import { authorize } from '#access/permissions.ts';
import type { Command } from '#platform/commands/write-context.ts';
import { notFound, problem } from '#platform/problem.ts';
import type { StageKinds } from './check-pipeline.ts';
import { assertMayStart } from './create-execution.ts';
import type { StageRow, WholeExecution } from './execution.ts';
import { isComplete } from './execution-rules.ts';
import { lockExecution, loadExecution } from './execution-store.ts';
import { lockPipeline } from './pipeline-store.ts';
import { wrongStatus } from './pause-execution.ts';
import { reopen, resetStages } from './reset-stages.ts';
import { ancestorsOf, resumeAncestors } from './restart-ancestors.ts';

/**
 * Does a stage again, and everything after it; what was asked for their earlier attempts is void. Stages of other
 * executions that waited for this one wait for it again.
 */
export function restartStage(
  kinds: StageKinds,
): Command<{ readonly execution: string; readonly stage: string }, WholeExecution> {
  return async function restartStageCommand(ctx, input) {
    authorize(ctx.actor, 'pipeline.execute');
    const seen = await loadExecution(ctx.db, ctx.actor.orgId, input.execution);
    if (seen === null) throw notFound('execution', input.execution);
    // Pipelines are locked before executions, and executions before those they started.
    const ancestors = await ancestorsOf(ctx, seen.execution);
    for (const { pipeline } of ancestors) await lockPipeline(ctx, pipeline);
    const pipeline = await lockPipeline(ctx, seen.execution.pipeline);
    for (const { id } of ancestors) await lockExecution(ctx, id);
    const whole = await lockExecution(ctx, input.execution);
    const { execution } = whole;
    await assertMayStart(ctx, pipeline ?? execution, { resource: 'execution', id: input.execution });
    if (execution.status === 'PAUSED') throw wrongStatus(whole, 'restarted', 'RUNNING or ended');
    const wanted = findStage(whole, input.stage);
    if (!isComplete(wanted.status)) {
      throw problem(
        'conflict',
        'stage_not_complete',
        `Stage "${wanted.name}" is ${wanted.status}; it has not ended yet.`,
        {
          stage: wanted.id,
          status: wanted.status,
        },
      );
    }
    const stages = await resetStages(ctx, kinds, whole, wanted);
    const restarted = await reopen(ctx, whole, { stages, pipeline });
    await resumeAncestors(ctx, kinds, ancestors, restarted);
    return restarted;
  };
}

/** By its id, or by its reference in the document. */
export function findStage({ execution, stages }: WholeExecution, idOrRef: string): StageRow {
  const found = stages.find((stage) => stage.id === idOrRef) ?? stages.find((stage) => stage.ref_id === idOrRef);
  if (found === undefined) throw notFound('stage', idOrRef, { execution: execution.id });
  return found;
}
