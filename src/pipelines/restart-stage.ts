import { authorize } from '#access/permissions.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { notFound, problem } from '#platform/problem.ts';
import type { StageKinds } from './check-pipeline.ts';
import { assertMayStart, authenticationOf, concurrencyLimit, countOpen } from './create-execution.ts';
import { stageNodes, type StageRow, type WholeExecution } from './execution.ts';
import { isComplete, isEnded, stageAndAfter } from './execution-rules.ts';
import { lockExecution, loadExecution, storeExecution } from './execution-store.ts';
import type { PipelineRow } from './pipeline.ts';
import { lockPipeline } from './pipeline-store.ts';
import { wrongStatus } from './pause-execution.ts';

/** Does a stage again, and everything after it; what was asked for their earlier attempts is void. */
export function restartStage(
  kinds: StageKinds,
): Command<{ readonly execution: string; readonly stage: string }, WholeExecution> {
  return async function restartStageCommand(ctx, input) {
    authorize(ctx.actor, 'pipeline.execute');
    // Pipelines are locked before executions.
    const seen = await loadExecution(ctx.db, ctx.actor.orgId, input.execution);
    if (seen === null) throw notFound('execution', input.execution);
    const pipeline = await lockPipeline(ctx, seen.execution.pipeline);
    const whole = await lockExecution(ctx, input.execution);
    const { execution, stages } = whole;
    assertMayStart(ctx.actor, pipeline ?? execution);
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
    const nodes = stageNodes(execution.document);
    // What ended the execution elsewhere would end it again at once.
    const roots = stages.filter(({ status }) => status === 'TERMINAL' || status === 'CANCELED');
    const again = new Set([wanted, ...roots].flatMap((stage) => stageAndAfter(nodes, stage.ref_id)));
    const reset: StageRow[] = [];
    for (const stage of stages.filter((each) => again.has(each.ref_id))) {
      if (stage.status === 'RUNNING') {
        await kinds.get(stage.type)?.withdraw?.(ctx, stage, 'A stage before it was restarted.');
      }
      const details = {
        restartedBy: authenticationOf(ctx.actor).user,
        restartTime: ctx.now.getTime(),
        previousException: stage.context['exception'] ?? null,
      };
      reset.push(freshStage(stage, stage.ref_id === wanted.ref_id ? { restartDetails: details } : {}));
    }
    const waits = isEnded(execution.status) && (await isFull(ctx, pipeline));
    return storeExecution(ctx, whole, {
      stages: reset,
      columns: { status: waits ? 'NOT_STARTED' : 'RUNNING', ended_at: null, cancellation: null },
    });
  };
}

/** Whether as many of the pipeline run as may. */
async function isFull(ctx: WriteContext, pipeline: PipelineRow | null): Promise<boolean> {
  const limit = pipeline === null ? null : concurrencyLimit(pipeline.document);
  if (pipeline === null || limit === null) return false;
  return (await countOpen(ctx, pipeline.org_id, pipeline.id)).running >= limit;
}

/** By its id, or by its reference in the document. */
export function findStage({ execution, stages }: WholeExecution, idOrRef: string): StageRow {
  const found = stages.find((stage) => stage.id === idOrRef) ?? stages.find((stage) => stage.ref_id === idOrRef);
  if (found === undefined) throw notFound('stage', idOrRef, { execution: execution.id });
  return found;
}

function freshStage(stage: StageRow, context: StageRow['context']): StageRow {
  return {
    ...stage,
    status: 'NOT_STARTED',
    // One that never began has nothing that could be mistaken for this attempt.
    attempt: stage.started_at === null ? stage.attempt : stage.attempt + 1,
    context,
    outputs: {},
    wait: null,
    sealed: null,
    last_modified: null,
    started_at: null,
    ended_at: null,
  };
}
