import type { WriteContext } from '#platform/commands/write-context.ts';
import type { StageKinds } from './check-pipeline.ts';
import { authenticationOf, concurrencyLimit, countOpen } from './create-execution.ts';
import { stageNodes, type StageRow, type WholeExecution } from './execution.ts';
import { isEnded, stageAndAfter } from './execution-rules.ts';
import { storeExecution } from './execution-store.ts';
import type { PipelineRow } from './pipeline.ts';

/** The stage and everything that has to be done again with it, as they stand before their next attempt. */
export async function resetStages(
  ctx: WriteContext,
  kinds: StageKinds,
  { execution, stages }: WholeExecution,
  wanted: StageRow,
): Promise<readonly StageRow[]> {
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
  return reset;
}

/** Has an execution go on with these stages, or wait for room where as many of its pipeline run as may. */
export async function reopen(
  ctx: WriteContext,
  whole: WholeExecution,
  change: { readonly stages: readonly StageRow[]; readonly pipeline: PipelineRow | null },
): Promise<WholeExecution> {
  const { status } = whole.execution;
  const waits = isEnded(status) && (await isFull(ctx, change.pipeline));
  return storeExecution(ctx, whole, {
    stages: change.stages,
    columns: {
      status: status === 'PAUSED' ? status : waits ? 'NOT_STARTED' : 'RUNNING',
      ended_at: null,
      cancellation: null,
    },
  });
}

/** Whether as many of the pipeline run as may. */
async function isFull(ctx: WriteContext, pipeline: PipelineRow | null): Promise<boolean> {
  const limit = pipeline === null ? null : concurrencyLimit(pipeline.document);
  if (pipeline === null || limit === null) return false;
  return (await countOpen(ctx, pipeline.org_id, pipeline.id)).running >= limit;
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
