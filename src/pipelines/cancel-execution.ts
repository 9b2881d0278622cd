import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { authorizeApplication, executionSubject } from './access-queries.ts';
import type { StageKinds } from './check-pipeline.ts';
import { authenticationOf } from './create-execution.ts';
import type { StageRow, WholeExecution } from './execution.ts';
import { isEnded } from './execution-rules.ts';
import { lockExecution, storeExecution } from './execution-store.ts';

export interface CancelExecution {
  readonly id: string;
  readonly reason: string | null;
}

/** Ends an execution and everything it started. Cancelling what has ended changes nothing. */
export function cancelExecution(kinds: StageKinds): Command<CancelExecution, WholeExecution> {
  return maybeSilent(async function cancelExecutionCommand(ctx, input) {
    authorize(ctx.actor, 'pipeline.execute');
    const { execution } = await lockExecution(ctx, input.id);
    await authorizeApplication(ctx, 'EXECUTE', executionSubject(execution, input.id));
    return cancelWhole(ctx, kinds, input);
  });
}

/** Without asking who may: for those who cancel as a part of something else. */
export async function cancelWhole(
  ctx: WriteContext,
  kinds: StageKinds,
  input: CancelExecution,
): Promise<WholeExecution> {
  const whole = await lockExecution(ctx, input.id);
  if (isEnded(whole.execution.status)) return whole;
  const reason = input.reason ?? 'The pipeline was cancelled.';
  const stages = await withdrawRunning(ctx, kinds, whole, reason);
  return storeExecution(ctx, whole, {
    stages,
    columns: {
      status: 'CANCELED',
      ended_at: ctx.now,
      cancellation: { by: authenticationOf(ctx.actor).user, reason: input.reason, at: ctx.now.toISOString() },
    },
  });
}

/** Stages that run are ended as cancelled, and what they asked for is taken back. */
export async function withdrawRunning(
  ctx: WriteContext,
  kinds: StageKinds,
  { stages }: WholeExecution,
  reason: string,
): Promise<readonly StageRow[]> {
  const ended: StageRow[] = [];
  for (const stage of stages.filter((each) => each.status === 'RUNNING')) {
    await kinds.get(stage.type)?.withdraw?.(ctx, stage, reason);
    ended.push({ ...stage, status: 'CANCELED', ended_at: ctx.now, wait: null, sealed: null });
  }
  return ended;
}
