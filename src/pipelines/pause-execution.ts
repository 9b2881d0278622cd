import { authorize } from '#access/permissions.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { problem } from '#platform/problem.ts';
import { authorizeApplication, executionSubject } from './access-queries.ts';
import { assertMayStart, authenticationOf } from './create-execution.ts';
import type { StageRow, WholeExecution } from './execution.ts';
import { lockExecution, storeExecution } from './execution-store.ts';

/** Nothing of it goes on until it is resumed; what is decided meanwhile counts then. */
export async function pauseExecution(ctx: WriteContext, input: { readonly id: string }): Promise<WholeExecution> {
  authorize(ctx.actor, 'pipeline.execute');
  const whole = await lockExecution(ctx, input.id);
  await authorizeApplication(ctx, 'EXECUTE', executionSubject(whole.execution, input.id));
  if (whole.execution.status !== 'RUNNING') throw wrongStatus(whole, 'paused', 'RUNNING');
  const pausedBy = authenticationOf(ctx.actor).user;
  return storeExecution(ctx, whole, {
    columns: { status: 'PAUSED', pause: { pausedBy, pauseTime: ctx.now.getTime() } },
  });
}

/** Goes on; the time it was paused does not count against the limits of its stages. */
export async function resumeExecution(ctx: WriteContext, input: { readonly id: string }): Promise<WholeExecution> {
  authorize(ctx.actor, 'pipeline.execute');
  const whole = await lockExecution(ctx, input.id);
  await assertMayStart(ctx, whole.execution, { resource: 'execution', id: input.id });
  const { status, pause } = whole.execution;
  if (status !== 'PAUSED' || pause === null) throw wrongStatus(whole, 'resumed', 'PAUSED');
  const resumeTime = ctx.now.getTime();
  const pausedMs = resumeTime - pause.pauseTime;
  return storeExecution(ctx, whole, {
    stages: whole.stages.flatMap((stage) => laterTimeout(stage, pausedMs)),
    columns: {
      status: 'RUNNING',
      pause: { ...pause, resumedBy: authenticationOf(ctx.actor).user, resumeTime, pausedMs },
    },
  });
}

function laterTimeout(stage: StageRow, pausedMs: number): readonly StageRow[] {
  if (stage.wait?.timeoutAt === undefined) return [];
  const timeoutAt = new Date(Date.parse(stage.wait.timeoutAt) + pausedMs).toISOString();
  return [{ ...stage, wait: { ...stage.wait, timeoutAt } }];
}

export function wrongStatus({ execution }: WholeExecution, done: string, wanted: string): Error {
  return problem(
    'conflict',
    'wrong_execution_status',
    `Execution ${execution.id} is ${execution.status}; only a ${wanted} one can be ${done}.`,
    { execution: execution.id, status: execution.status },
  );
}
