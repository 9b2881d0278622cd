import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { NewEvent } from '#platform/events/event.ts';
import { Problem } from '#platform/problem.ts';
import type { StageKinds } from './check-pipeline.ts';
import type { StageRow, WholeExecution } from './execution.ts';
import { loadExecution, lockExecution, storeExecution } from './execution-store.ts';
import { failureStatus } from './pipeline.ts';
import { type Effect, type Plan, planExecution, type PlanParts } from './plan-execution.ts';
import { stageConfig } from './execution.ts';

export interface EngineParts extends PlanParts {
  readonly core: Core;
}

export interface ExecutionKey {
  readonly orgId: string;
  readonly executionId: string;
}

/** Goes on as far as it comes without waiting. Whoever else does so at the same time finds nothing left to do. */
export async function advanceExecution(parts: EngineParts, { orgId, executionId }: ExecutionKey): Promise<void> {
  const { db, clock, runner } = parts.core;
  const caller = { actor: systemActor(orgId, 'pipelines'), origin: 'SYSTEM', requestId: null } as const;
  const apply = applyPlan(parts.kinds);
  for (;;) {
    const whole = await loadExecution(db, orgId, executionId);
    const plan = whole === null ? null : await planExecution(parts, whole, clock.now());
    if (plan === null) return;
    await runner.execute(caller, apply, { id: executionId, plan });
  }
}

/** Writes a plan, unless the execution moved meanwhile: then it is planned anew. */
function applyPlan(kinds: StageKinds): Command<{ readonly id: string; readonly plan: Plan }, void> {
  return maybeSilent(async function applyPlanCommand(ctx, { id, plan }) {
    const whole = await lockExecution(ctx, id);
    if (whole.execution.version !== plan.version) return;
    const { stages, failed } = await performEffects(ctx, { kinds, whole, plan });
    // A stage that failed at its effect may end the execution otherwise than planned: the next round sees to it.
    const ends = plan.ended !== null && !failed;
    await storeExecution(ctx, whole, {
      stages,
      byEngine: !failed && !plan.more,
      ...(ends ? { columns: { status: plan.ended, ended_at: ctx.now } } : {}),
    });
  });
}

interface Performing {
  readonly kinds: StageKinds;
  readonly whole: WholeExecution;
  readonly plan: Plan;
}

async function performEffects(
  ctx: WriteContext,
  { kinds, whole, plan }: Performing,
): Promise<{ readonly stages: readonly StageRow[]; readonly failed: boolean }> {
  const rows = new Map(plan.stages.map((stage) => [stage.ref_id, stage]));
  let failed = false;
  for (const effect of plan.effects) {
    if (effect.effect === 'withdraw') {
      await kinds.get(effect.stage.type)?.withdraw?.(ctx, effect.stage, effect.reason);
      continue;
    }
    const row = rows.get(effect.refId);
    if (row?.status !== 'RUNNING') continue;
    const asked = await askOrRefusal(ctx, effect);
    if (typeof asked !== 'string') {
      rows.set(effect.refId, { ...row, wait: asked });
      continue;
    }
    failed = true;
    rows.set(effect.refId, failedAt(ctx, whole, row, asked));
  }
  return { stages: [...rows.values()], failed };
}

function failedAt(ctx: WriteContext, { execution }: WholeExecution, row: StageRow, error: string): StageRow {
  const details = { error, errors: [error] };
  const exception = { exceptionType: 'StageFailed', operation: row.type, details, shouldRetry: false };
  const status = failureStatus(stageConfig(execution, row.ref_id));
  return { ...row, status, ended_at: ctx.now, wait: null, sealed: null, context: { ...row.context, exception } };
}

/** What is refused leaves nothing behind: neither rows nor events. */
async function askOrRefusal(
  ctx: WriteContext,
  effect: Extract<Effect, { effect: 'ask' }>,
): Promise<Awaited<ReturnType<typeof effect.ask>> | string> {
  const events: NewEvent[] = [];
  await sql`savepoint asking`.execute(ctx.db);
  try {
    const wait = await effect.ask({ ...ctx, emit: (event) => void events.push(event) });
    await sql`release savepoint asking`.execute(ctx.db);
    for (const event of events) ctx.emit(event);
    return wait;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await sql`rollback to savepoint asking`.execute(ctx.db);
    return error.message;
  }
}
