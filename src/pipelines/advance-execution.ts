import { sql } from 'kysely';
import { createBatcher } from '#platform/batcher.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { Db } from '#platform/db/handles.ts';
import type { NewEvent } from '#platform/events/event.ts';
import { shareTurns } from '#platform/share-turns.ts';
import { Problem } from '#platform/problem.ts';
import type { StageKinds } from './check-pipeline.ts';
import type { StageRow, WholeExecution } from './execution.ts';
import { type ExecutionChange, loadExecutions, lockVersions, storeExecutions } from './execution-store.ts';
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
  /** As it was when it was planned. */
  readonly whole: WholeExecution;
  readonly plan: Plan;
}

interface Applied {
  /** It has to be planned anew: it moved meanwhile, or may come further now. */
  readonly again: boolean;
  /** As it stands now; null when it moved, or is gone. */
  readonly whole: WholeExecution | null;
}

/** Statements for many executions at once; each is planned by itself, so that a slow expression delays nobody else. */
export interface ExecutionBatches {
  readonly load: (key: ExecutionKey) => Promise<WholeExecution | null>;
  readonly apply: (plan: PlanOf) => Promise<Applied>;
  /** One at a time for each execution, in this process. */
  readonly inTurn: (key: string, work: () => Promise<WholeExecution | null>) => Promise<WholeExecution | null>;
}

/** So many in one transaction, which stays short. */
const mostTogether = 100;

export function executionBatches(core: Core, kinds: StageKinds): ExecutionBatches {
  const load = createBatcher<ExecutionKey, WholeExecution | null>(async (keys) => loadTogether(core.db, keys));
  const silent = createBatcher<PlanOf, Outcome>(async (plans) => applyTogether(core, kinds, plans));
  return {
    load,
    async apply(plan) {
      // Asking others takes many statements and locks of theirs: such a plan has a transaction of its own.
      const applied = plan.plan.effects.length > 0 ? await applyOne(core, kinds, plan) : await silent(plan);
      if ('error' in applied) throw applied.error;
      return applied;
    },
    inTurn: shareTurns(),
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

type Outcome = Applied | { readonly error: unknown };

const unwritten: Applied = { again: true, whole: null };

/** One that fails does so alone: then each is written by itself. */
async function applyTogether(core: Core, kinds: StageKinds, plans: readonly PlanOf[]): Promise<readonly Outcome[]> {
  const outcomes = new Map<PlanOf, Outcome>();
  for (const [orgId, own] of Map.groupBy(plans, (plan) => plan.orgId)) {
    for (let at = 0; at < own.length; at += mostTogether) {
      const some = own.slice(at, at + mostTogether);
      const applied = await writePlans(core, kinds, orgId, some).catch(() => null);
      for (const plan of some) {
        const done = applied === null ? await applyOne(core, kinds, plan) : applied.get(plan.executionId);
        outcomes.set(plan, done ?? unwritten);
      }
    }
  }
  return plans.map((plan) => outcomes.get(plan) ?? unwritten);
}

async function applyOne(core: Core, kinds: StageKinds, plan: PlanOf): Promise<Outcome> {
  return writePlans(core, kinds, plan.orgId, [plan]).then(
    (applied) => applied.get(plan.executionId) ?? unwritten,
    (error: unknown) => ({ error }),
  );
}

async function writePlans(
  { runner }: Core,
  kinds: StageKinds,
  orgId: string,
  plans: readonly PlanOf[],
): Promise<ReadonlyMap<string, Applied>> {
  const caller = { actor: systemActor(orgId, 'pipelines'), origin: 'SYSTEM', requestId: null } as const;
  return runner.execute(caller, applyPlans(kinds), plans);
}

/** An execution, and how it goes on from there: worked out already, or about to be. */
export interface Planned {
  readonly whole: WholeExecution;
  readonly plan: Promise<Plan | null>;
}

/**
 * Goes on as far as it comes without waiting. Whoever else does so at the same time finds nothing left to do. Answers
 * the execution as it then stands; null when it is gone.
 */
export async function advanceExecution(
  parts: EngineParts,
  key: ExecutionKey,
  planned: Planned | null = null,
): Promise<WholeExecution | null> {
  return parts.batches.inTurn(`${key.orgId} ${key.executionId}`, async () => {
    let known: WholeExecution | null = planned?.whole ?? null;
    let made = planned?.plan;
    for (;;) {
      const whole: WholeExecution | null = known ?? (await parts.batches.load(key));
      const plan = whole === null ? null : await (made ?? planExecution(parts, whole, parts.core.clock.now()));
      made = undefined;
      if (whole === null || plan === null) return whole;
      const applied = await parts.batches.apply({ ...key, whole, plan });
      if (!applied.again && applied.whole !== null) return applied.whole;
      known = applied.whole;
    }
  });
}

/** Writes plans, each unless its execution moved meanwhile. Answers what became of those that are still there. */
function applyPlans(kinds: StageKinds): Command<readonly PlanOf[], ReadonlyMap<string, Applied>> {
  return maybeSilent(async function applyPlansCommand(ctx, plans) {
    // Planned twice, the first plan is written: the other is of a version that is gone.
    const byId = new Map(plans.toReversed().map((plan) => [plan.executionId, plan]));
    const applied = new Map<string, Applied>();
    const changes: (ExecutionChange & { readonly again: boolean })[] = [];
    for (const [id, version] of await lockVersions(ctx.db, ctx.actor.orgId, [...byId.keys()])) {
      const planned = byId.get(id);
      // Every change of a stage is one of its execution, too: what was read with this version still stands.
      if (planned === undefined || version !== planned.plan.version) continue;
      const { whole, plan } = planned;
      const { stages, failed } = await performEffects(ctx, { kinds, whole, plan });
      // A stage that failed at its effect may end the execution otherwise than planned: the next round sees to it.
      const ends = plan.ended !== null && !failed;
      changes.push({
        before: whole,
        stages,
        byEngine: !failed && !plan.more,
        again: !ends && (failed || plan.more || plan.effects.length > 0),
        ...(ends ? { columns: { status: plan.ended, ended_at: ctx.now } } : {}),
      });
    }
    const stored = changes.length === 0 ? [] : await storeExecutions(ctx, changes);
    stored.forEach((whole, at) => applied.set(whole.execution.id, { again: changes[at]?.again === true, whole }));
    return applied;
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
