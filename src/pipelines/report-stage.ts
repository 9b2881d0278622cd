import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { ExecutionRow, StageRow, Wait } from './execution.ts';
import { stageConfig } from './execution.ts';
import { loadExecution, lockExecution, storeExecution } from './execution-store.ts';
import { failureStatus } from './pipeline.ts';

/** One attempt of one stage; whatever is reported for another is passed by. */
export interface StageKey {
  readonly orgId: string;
  readonly executionId: string;
  readonly stageId: string;
  readonly attempt: number;
  /** Whose turn it is among the jobs of the attempt; absent for the first. */
  readonly turn?: number;
}

export interface StageReport {
  readonly key: StageKey;
  readonly context: Readonly<Record<string, unknown>>;
  /** In place of what was sealed. */
  readonly sealed?: string;
  /** Another job takes over: whatever of this turn comes again finds nothing to do. */
  readonly nextTurn?: boolean;
  /** Absent while it goes on. */
  readonly end?:
    | { readonly outcome: 'succeeded'; readonly outputs?: Readonly<Record<string, unknown>> }
    | { readonly outcome: 'failed' | 'canceled'; readonly error: string };
}

maybeSilent(beginCall);
maybeSilent(reportStage);

export interface BegunCall {
  readonly execution: ExecutionRow;
  readonly stage: StageRow;
  /** When an earlier call began whose outcome was never written down. */
  readonly earlierCallAt: Date | null;
}

/** Writes down that somebody is about to be called. Null when the attempt no longer waits for that. */
export async function beginCall(ctx: WriteContext, { key }: { readonly key: StageKey }): Promise<BegunCall | null> {
  const whole = await lockExecution(ctx, key.executionId);
  const stage = waitingStage(whole.stages, key);
  if (stage === null) return null;
  const earlier = stage.context['callingSince'];
  const { execution } = whole;
  if (typeof earlier === 'string') return { execution, stage, earlierCallAt: new Date(earlier) };
  const begun = { ...stage, context: { ...stage.context, callingSince: ctx.now.toISOString() } };
  await storeExecution(ctx, whole, { stages: [begun], byEngine: true });
  return { execution, stage: begun, earlierCallAt: null };
}

/** Longer than any call may take: who began within it may be waiting for its answer at this moment. */
const callMayTakeMs = 30_000;

/** After how long nobody can be making the earlier call any more; 0 when that is so already, or there was none. */
export function earlierCallMayTake({ earlierCallAt }: Pick<BegunCall, 'earlierCallAt'>, now: Date): number {
  return earlierCallAt === null ? 0 : Math.max(0, earlierCallAt.getTime() + callMayTakeMs - now.getTime());
}

/** Writes down what a job learnt, and with an end lets the execution go on. */
export async function reportStage(ctx: WriteContext, report: StageReport): Promise<boolean> {
  const { key, context, sealed, end } = report;
  const whole = await lockExecution(ctx, key.executionId);
  const found = waitingStage(whole.stages, key);
  if (found === null) return false;
  const kept = Object.fromEntries(Object.entries(found.context).filter(([name]) => name !== 'callingSince'));
  const wait = report.nextTurn === true ? { ...found.wait, turn: (key.turn ?? 0) + 1 } : found.wait;
  const stage = { ...found, wait, sealed: sealed ?? found.sealed, context: { ...kept, ...context } };
  await storeExecution(ctx, whole, {
    stages: [end === undefined ? stage : endedStage(ctx, whole.execution, stage, end)],
    byEngine: end === undefined,
  });
  return true;
}

function endedStage(
  ctx: WriteContext,
  execution: ExecutionRow,
  stage: StageRow,
  end: NonNullable<StageReport['end']>,
): StageRow {
  const ended = { ...stage, ended_at: ctx.now, wait: null, sealed: null };
  if (end.outcome === 'succeeded') return { ...ended, status: 'SUCCEEDED', outputs: end.outputs ?? {} };
  const details = { error: end.error, errors: [end.error] };
  const exception = { exceptionType: 'StageFailed', operation: stage.type, details, shouldRetry: false };
  const status = end.outcome === 'canceled' ? 'CANCELED' : failureStatus(stageConfig(execution, stage.ref_id));
  return { ...ended, status, context: { ...stage.context, exception } };
}

type WaitingStage = StageRow & { readonly wait: Extract<Wait, { readonly for: 'call' | 'message' }> };

function waitingStage(stages: readonly StageRow[], key: StageKey): WaitingStage | null {
  const stage = stages.find((each) => each.id === key.stageId);
  if (stage?.status !== 'RUNNING' || stage.attempt !== key.attempt) return null;
  const { wait } = stage;
  if (wait?.for !== 'call' && wait?.for !== 'message') return null;
  return (wait.turn ?? 0) === (key.turn ?? 0) ? { ...stage, wait } : null;
}

/** For looking without writing: monitoring asks often and mostly learns nothing. */
export async function readWaiting(
  db: Parameters<typeof loadExecution>[0],
  key: StageKey,
): Promise<{ readonly execution: ExecutionRow; readonly stage: StageRow } | null> {
  const whole = await loadExecution(db, key.orgId, key.executionId);
  const stage = whole === null ? null : waitingStage(whole.stages, key);
  return whole === null || stage === null ? null : { execution: whole.execution, stage };
}
