import { authorize } from '#access/permissions.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { problem } from '#platform/problem.ts';
import type { RunRow } from './run.ts';
import { assertOpen, cancelledLabel, isWaiting } from './run-rules.ts';
import { insertRunLog, lockRun, storeRun } from './run-store.ts';

/** Ends a run that nobody works on yet: it waits for approval, for an agent, or to be sent. */
export async function cancelRun(ctx: WriteContext, input: { readonly id: string }): Promise<RunRow> {
  const run = await lockRun(ctx.db, ctx.actor.orgId, input.id);
  authorize(ctx.actor, 'run.update', { createdBy: run.created_by });
  assertOpen(run);
  if (!isWaiting(run, ctx.now)) {
    throw problem(
      'conflict',
      'run_already_started',
      `Run ${run.id} is being worked on and can no longer be cancelled here. End it where the work is done.`,
      { runId: run.id, dispatchState: run.dispatch_state },
    );
  }
  await insertRunLog(ctx, run, 'Cancelled before anything was started.');
  return storeRun(ctx, run, { status: 'FAILURE', status_label: cancelledLabel, ended_at: ctx.now });
}
