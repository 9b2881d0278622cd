import { sql } from 'kysely';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command } from '#platform/commands/write-context.ts';
import { cancelWhole } from './cancel-execution.ts';
import type { StageKinds } from './check-pipeline.ts';
import { concurrencyLimit, countOpen } from './create-execution.ts';
import { lockExecution, storeExecution } from './execution-store.ts';
import { lockPipeline } from './pipeline-store.ts';

/** So many in one go, so that the transaction stays short. */
const batch = 50;

/**
 * Lets executions that wait for room begin. In order where the pipeline keeps them; otherwise the newest begins and
 * those it overtook are cancelled. Answers whether there may be more to do.
 */
export function admitExecutions(kinds: StageKinds): Command<{ readonly pipeline: string }, boolean> {
  return maybeSilent(async function admitExecutionsCommand(ctx, { pipeline: id }) {
    const pipeline = await lockPipeline(ctx, id);
    const { orgId } = ctx.actor;
    const keeps = pipeline?.document.keepWaitingPipelines === true;
    const limit = pipeline === null ? null : concurrencyLimit(pipeline.document);
    const { running } = await countOpen(ctx, orgId, id);
    const room = limit === null ? batch : limit - running;
    if (room <= 0) return false;
    const order = keeps ? sql`created_at, id` : sql`created_at desc, id desc`;
    const waiting = await sql<{ id: string }>`
      select id from execution where org_id = ${orgId} and pipeline = ${id} and status = 'NOT_STARTED'
      order by ${order} limit ${batch}`.execute(ctx.db);
    for (const [at, { id: execution }] of waiting.rows.entries()) {
      if (at < room) {
        const whole = await lockExecution(ctx, execution);
        if (whole.execution.status !== 'NOT_STARTED') continue;
        const startedAt = whole.execution.started_at ?? ctx.now;
        await storeExecution(ctx, whole, { columns: { status: 'RUNNING', started_at: startedAt } });
      } else if (!keeps) {
        const reason = 'A newer execution of the pipeline began instead: it does not keep those that wait.';
        await cancelWhole(ctx, kinds, { id: execution, reason });
      }
    }
    return waiting.rows.length === batch;
  });
}
