import { sql } from 'kysely';
import { createBatcher } from '#platform/batcher.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { Db } from '#platform/db/handles.ts';
import type { NewEvent } from '#platform/events/event.ts';
import { Problem } from '#platform/problem.ts';
import type { StageKinds } from './check-pipeline.ts';
import type { StageRow, WholeExecution } from './execution.ts';
import { type ExecutionChange, loadExecutions, storeExecutions } from './execution-store.ts';
import { failureStatus } from './pipeline.ts';
import { type Effect, type Plan, planExecution, type PlanParts } from './plan-execution.ts';
import { stageConfig } from './execution.ts';

export interface EngineParts extends PlanParts {
  readonly core: Core;
  readonly batches: ExecutionBatches;
}

export interface ExecutionKey {
  readonly orgId: string;
  readonly executionId: string;
}

interface PlanOf extends ExecutionKey {
  readonly plan: Plan;
}

/** Statements for many executions at once; each is planned by itself, so that a slow expression delays nobody else. */
export interface ExecutionBatches {
  readonly load: (key: ExecutionKey) => Promise<WholeExecution | null>;
  /** Whether it has to be planned anew. */
  readonly apply: (plan: PlanOf) => Promise<boolean>;
}

/** So many in one transaction, which stays short. */
const mostTogether = 50;

export function executionBatches(core: Core, kinds: StageKinds): ExecutionBatches {
  const load = createBatcher<ExecutionKey, WholeExecution | null>(async (keys) => loadTogether(core.db, keys));
  const silent = createBatcher<PlanOf, Applied>(async (plans) => applyTogether(core, kinds, plans));
  return {
    load,
    async apply(plan) {
      // Asking others takes many statements and locks of theirs: such a plan has a transaction of its own.
      const applied = plan.plan.effects.length > 0 ? await applyOne(core, kinds, plan) : await silent(plan);
      if ('error' in applied) throw applied.error;
      return applied.again;
    },
  };
}

async function loadTogether(db: Db, keys: readonly ExecutionKey[]): Promise<readonly (WholeExecution | null)[]> {
  const found = new Map<string, WholeExecution>();
  for (const [orgId, own] of Map.groupBy(keys, (key) => key.orgId)) {
    const ids = [...new Set(own.map(({ executionId }) => executionId))];
    for (const whole of await loadExecutions(db, orgId, ids)) found.set(`${orgId} ${whole.execution.id}`, whole);
  }
  return keys.map(({ orgId, executionId }) => found.get(`${orgId} ${executionId}`) ?? null);
}

type Applied = { readonly again: boolean } | { readonly error: unknown };

/** One that fails does so alone: then each is written by itself. */
async function applyTogether(core: Core, kinds: StageKinds, plans: readonly PlanOf[]): Promise<readonly Applied[]> {
  const applied = new Map<PlanOf, Applied>();
  for (const [orgId, own] of Map.groupBy(plans, (plan) => plan.orgId)) {
    for (let at = 0; at < own.length; at += mostTogether) {
      const some = own.slice(at, at + mostTogether);
      const again = await writePlans(core, kinds, orgId, some).catch(() => null);
      for (const plan of some) {
        const done = again === null ? await applyOne(core, kinds, plan) : { again: again.has(plan.executionId) };
        applied.set(plan, done);
      }
    }
  }
  return plans.map((plan) => applied.get(plan) ?? { again: true });
}

async function applyOne(core: Core, kinds: StageKinds, plan: PlanOf): Promise<Applied> {
  return writePlans(core, kinds, plan.orgId, [plan]).then(
    (again) => ({ again: again.has(plan.executionId) }),
    (error: unknown) => ({ error }),
  );
}

async function writePlans(
  { runner }: Core,
  kinds: StageKinds,
  orgId: string,
  plans: readonly PlanOf[],
): Promise<ReadonlySet<string>> {
  const caller = { actor: systemActor(orgId, 'pipelines'), origin: 'SYSTEM', requestId: null } as const;
  return runner.execute(caller, applyPlans(kinds), plans);
}

/** Goes on as far as it comes without waiting. Whoever else does so at the same time finds nothing left to do. */
export async function advanceExecution(parts: EngineParts, key: ExecutionKey): Promise<void> {
  for (let again = true; again;) {
    const whole = await parts.batches.load(key);
    const plan = whole === null ? null : await planExecution(parts, whole, parts.core.clock.now());
    if (plan === null) return;
    again = await parts.batches.apply({ ...key, plan });
  }
}

/**
 * Writes plans, each unless its execution moved meanwhile. Answers which executions have to be planned anew: those, and
 * those that may come further now.
 */
function applyPlans(kinds: StageKinds): Command<readonly PlanOf[], ReadonlySet<string>> {
  return maybeSilent(async function applyPlansCommand(ctx, plans) {
    // Planned twice, the first plan is written: the other is of a version that is gone.
    const byId = new Map(plans.toReversed().map(({ executionId, plan }) => [executionId, plan]));
    const again = new Set<string>();
    const changes: ExecutionChange[] = [];
    for (const whole of await loadExecutions(ctx.db, ctx.actor.orgId, [...byId.keys()], sql`for update`)) {
      const { id, version } = whole.execution;
      const plan = byId.get(id);
      if (plan === undefined) continue;
      if (version !== plan.version) {
        again.add(id);
        continue;
      }
      const { stages, failed } = await performEffects(ctx, { kinds, whole, plan });
      // A stage that failed at its effect may end the execution otherwise than planned: the next round sees to it.
      const ends = plan.ended !== null && !failed;
      if (!ends && (failed || plan.more || plan.effects.length > 0)) again.add(id);
      changes.push({
        before: whole,
        stages,
        byEngine: !failed && !plan.more,
        ...(ends ? { columns: { status: plan.ended, ended_at: ctx.now } } : {}),
      });
    }
    if (changes.length > 0) await storeExecutions(ctx, changes);
    return again;
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
