import type { Actor } from '#platform/commands/actor.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { isJsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import type { StageKinds } from './check-pipeline.ts';
import { evaluateCondition, evaluateStage, stageFacts } from './evaluate-expressions.ts';
import { executionOutcome, type EndedStatus, startableStages } from './execution-rules.ts';
import {
  type ExecutionRow,
  stageConfig,
  stageNodes,
  type StageRow,
  type Wait,
  type WholeExecution,
} from './execution.ts';
import { failureStatus, type StageConfig } from './pipeline.ts';
import type { StageStep } from './stages/stage-kind.ts';
import { asNumber, timeoutOf } from './stages/field-rules.ts';
import type { ActingStage, KnownActors } from './resolve-actor.ts';
import { jitterOf, readWindow, windowOpensAt } from './window-rules.ts';

export interface PlanParts {
  readonly jq: JqPool;
  readonly kinds: StageKinds;
  /** Who a stage acts as. Refuses when that person is gone. */
  readonly actorFor: (subject: ActingStage, known: KnownActors) => Promise<Actor>;
}

/** What has to be written together with the stages: asking others, and taking back what was asked. */
export type Effect =
  | { readonly effect: 'ask'; readonly refId: string; readonly ask: (ctx: WriteContext) => Promise<Wait> }
  | { readonly effect: 'withdraw'; readonly stage: StageRow; readonly reason: string };

/** How an execution goes on from where it stands, worked out before anything is locked. */
export interface Plan {
  readonly version: number;
  readonly stages: readonly StageRow[];
  readonly effects: readonly Effect[];
  readonly ended: EndedStatus | null;
  /** There is more to do at once, in another transaction. */
  readonly more: boolean;
}

/** So many steps in one go; a longer way is walked in several transactions. */
const mostSteps = 60;

/** Null when there is nothing to do now. Reads and evaluates; writes nothing. */
export async function planExecution(parts: PlanParts, whole: WholeExecution, now: Date): Promise<Plan | null> {
  const draft = new Draft(whole, now);
  if (whole.execution.status !== 'RUNNING') return null;
  let steps = 0;
  while (steps < mostSteps && draft.outcome() === null) {
    const before = draft.changes;
    for (const stage of draft.running()) await lookAt(parts, draft, stage);
    const startable = draft.outcome() === null ? draft.startable() : [];
    for (const refId of startable) {
      await beginStage(parts, draft, refId);
      steps += 1;
      if (draft.outcome() !== null || steps >= mostSteps) break;
    }
    if (draft.changes === before) break;
  }
  const ended = draft.outcome();
  if (ended !== null) draft.cancelRunning('The pipeline ended.');
  if (draft.changes === 0 && ended === null) return null;
  return {
    version: whole.execution.version,
    stages: draft.changed(),
    effects: draft.effects,
    ended,
    more: steps >= mostSteps,
  };
}

/** The execution as it will stand, with what changed in it. */
class Draft {
  readonly execution: ExecutionRow;
  readonly now: Date;
  readonly effects: Effect[] = [];
  readonly actors: KnownActors = new Map();
  changes = 0;
  readonly #rows: Map<string, StageRow>;
  readonly #touched = new Set<string>();
  readonly #nodes;

  constructor({ execution, stages }: WholeExecution, now: Date) {
    this.execution = execution;
    this.now = now;
    this.#rows = new Map(stages.map((stage) => [stage.ref_id, stage]));
    this.#nodes = stageNodes(execution.document);
  }

  all(): readonly StageRow[] {
    return [...this.#rows.values()];
  }

  row(refId: string): StageRow {
    const row = this.#rows.get(refId);
    if (row === undefined) throw new Error(`Execution ${this.execution.id} has no row for stage ${refId}`);
    return row;
  }

  running(): readonly StageRow[] {
    return this.all().filter((stage) => stage.status === 'RUNNING');
  }

  startable(): readonly string[] {
    return startableStages(this.#nodes, (refId) => this.row(refId).status);
  }

  outcome(): EndedStatus | null {
    return executionOutcome(this.#nodes, (refId) => this.row(refId).status);
  }

  changed(): readonly StageRow[] {
    return this.all().filter((stage) => this.#touched.has(stage.ref_id));
  }

  set(refId: string, change: Partial<StageRow>): void {
    this.#rows.set(refId, { ...this.row(refId), ...change });
    this.#touched.add(refId);
    this.changes += 1;
  }

  /** Writes down what a step came to. */
  take(refId: string, config: StageConfig, step: StageStep): void {
    const row = this.row(refId);
    const started = { started_at: row.started_at ?? this.now };
    const context = { ...row.context, ...step.context };
    if (step.step === 'waiting' || step.step === 'asking') {
      const timeoutAt = timeoutOf(config, this.now);
      const wait = step.step === 'waiting' ? withTimeout(step.wait, timeoutAt) : null;
      const sealed = step.step === 'waiting' ? (step.sealed ?? null) : null;
      this.set(refId, { ...started, status: 'RUNNING', context, wait, sealed });
      if (step.step === 'asking') {
        const ask = async (ctx: WriteContext): Promise<Wait> => withTimeout(await step.ask(ctx), timeoutAt);
        this.effects.push({ effect: 'ask', refId, ask });
      }
      return;
    }
    const ended = { ...started, ended_at: this.now, wait: null, sealed: null };
    const told = step.lastModified === undefined ? {} : { last_modified: step.lastModified };
    if (step.step === 'ended') {
      this.set(refId, { ...ended, ...told, status: step.status, context, outputs: step.outputs ?? {} });
      return;
    }
    const status = step.status ?? failureStatus(config);
    this.set(refId, { ...ended, ...told, status, context: { ...context, exception: exceptionOf(config, step.error) } });
  }

  /** What still runs when the execution ends is cancelled. */
  cancelRunning(reason: string): void {
    for (const stage of this.running()) {
      this.effects.push({ effect: 'withdraw', stage, reason });
      this.set(stage.ref_id, { status: 'CANCELED', ended_at: this.now, wait: null, sealed: null });
    }
  }
}

async function beginStage(parts: PlanParts, draft: Draft, refId: string): Promise<void> {
  const config = stageConfig(draft.execution, refId);
  const step = await refusedAsFailure(async () => {
    const skipped = await reasonToSkip(parts, draft, config);
    if (skipped !== null) return { step: 'ended', status: 'SKIPPED', context: { skippedBecause: skipped } };
    return windowStep(config, draft, refId) ?? (await startKind(parts, draft, config));
  });
  draft.take(refId, config, step);
}

async function lookAt(parts: PlanParts, draft: Draft, stage: StageRow): Promise<void> {
  const config = stageConfig(draft.execution, stage.ref_id);
  const { wait } = stage;
  const now = draft.now.getTime();
  const kind = parts.kinds.get(stage.type);
  if (wait?.for === 'window') {
    if (Date.parse(wait.until) > now) return;
    draft.take(stage.ref_id, config, await refusedAsFailure(async () => startKind(parts, draft, config)));
    return;
  }
  const request = { execution: draft.execution, stage, config, now: draft.now };
  const step = await refusedAsFailure(async () => (await kind?.look?.(request)) ?? null);
  if (step !== null) {
    draft.take(stage.ref_id, config, step);
    return;
  }
  if (wait?.timeoutAt === undefined || Date.parse(wait.timeoutAt) > now) return;
  draft.effects.push({ effect: 'withdraw', stage, reason: 'The time for it is over.' });
  draft.take(stage.ref_id, config, {
    step: 'failed',
    error: 'The stage took longer than it may.',
    context: { timedOut: true },
  });
}

async function startKind(parts: PlanParts, draft: Draft, config: StageConfig): Promise<StageStep> {
  const kind = parts.kinds.get(config.type);
  if (kind === undefined) return { step: 'failed', error: `Nothing here performs stages of type "${config.type}".` };
  const facts = stageFacts(draft.execution, draft.all(), config.refId);
  const rendered = kind.rendersItself === true ? config : await evaluateStage(parts.jq, config, facts);
  return kind.begin({
    execution: draft.execution,
    stage: draft.row(config.refId),
    config: rendered,
    facts,
    now: draft.now,
    actor: await parts.actorFor({ execution: draft.execution, stages: draft.all(), refId: config.refId }, draft.actors),
  });
}

/** A condition that is neither true nor false skips the stage, as other engines do. */
async function reasonToSkip({ jq }: PlanParts, draft: Draft, config: StageConfig): Promise<string | null> {
  const expiry = asNumber(config['startTimeExpiry']);
  if (expiry !== null && expiry < draft.now.getTime()) return 'The time to start it is over.';
  const enabled = config['stageEnabled'];
  if (!isJsonObject(enabled) || typeof enabled['expression'] !== 'string' || enabled['expression'].trim() === '')
    return null;
  const facts = stageFacts(draft.execution, draft.all(), config.refId);
  const holds = await evaluateCondition(jq, enabled['expression'], facts);
  if (holds === true) return null;
  return holds === false ? 'Its condition does not hold.' : 'Its condition is neither true nor false.';
}

/** Outside its window a stage waits before it does anything. */
function windowStep(config: StageConfig, draft: Draft, refId: string): StageStep | null {
  if (config['restrictExecutionDuringTimeWindow'] !== true) return null;
  const { now, execution } = draft;
  const window = readWindow(config['restrictedExecutionWindow']);
  if (window === null) return null;
  if (typeof window === 'string') return { step: 'failed', error: `The time window ${window}` };
  const firstOpen = windowOpensAt(window, now);
  if (firstOpen === null) return { step: 'failed', error: 'The time window never opens.' };
  const { id, attempt } = draft.row(refId);
  const opens = new Date(firstOpen.getTime() + jitterOf(window, `${id}/${attempt}`, execution.trigger.type));
  return opens.getTime() <= now.getTime()
    ? null
    : {
        step: 'waiting',
        wait: { for: 'window', until: opens.toISOString() },
        context: { windowOpensAt: opens.toISOString() },
      };
}

/** What a stage refuses (an expression, somebody without permission, a thing that is gone) is its failure. */
async function refusedAsFailure<Step extends StageStep | null>(work: () => Promise<Step>): Promise<Step | StageStep> {
  try {
    return await work();
  } catch (error) {
    // An engine that is overloaded says so, and the stage is tried again.
    if (!(error instanceof Problem) || error.kind === 'unavailable') throw error;
    return { step: 'failed', error: error.message };
  }
}

function withTimeout(wait: Wait, timeoutAt: string | null): Wait {
  // Waiting for a window is no time of the stage's own; a kind that has a limit of its own says so itself.
  if (timeoutAt === null || wait.for === 'window') return wait;
  return { ...wait, timeoutAt };
}

function exceptionOf(config: StageConfig, error: string): Record<string, unknown> {
  return {
    exceptionType: 'StageFailed',
    operation: config.type,
    details: { error, errors: [error] },
    shouldRetry: false,
  };
}
