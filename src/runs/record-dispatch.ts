import type { WriteContext } from '#platform/commands/write-context.ts';
import type { DispatchOutcome } from './backend.ts';
import type { RunRow } from './run.ts';
import { isEnded } from './run-rules.ts';
import {
  insertRunLog,
  type LockedRun,
  lockRun,
  lockRuns,
  type RunChanging,
  type RunColumns,
  storeRun,
  storeRuns,
  writeRuns,
} from './run-store.ts';

export interface BegunDispatch {
  readonly run: RunRow;
  readonly sealedInvocation: string;
  readonly earlierCallAt: Date | null;
}

/** Shown until following the backend tells better. */
export const unknownLabel = 'Delivery unknown';
const minuteMs = 60_000;

/**
 * Writes down that backends are about to be called. Null where there is nothing to do: the run waits for approval, it
 * ended meanwhile, or an earlier job already got an outcome. Of a run that is named twice the first alone begins.
 */
export async function beginDispatches(
  ctx: WriteContext,
  ids: readonly string[],
): Promise<readonly (BegunDispatch | null)[]> {
  const waiting = await lockRuns(ctx.db, ctx.actor.orgId, ids);
  const begins = ids.map((id) => {
    const run = waiting.get(id);
    waiting.delete(id);
    return run === undefined ? null : beginOf(run);
  });
  const runs = await writeRuns(
    ctx,
    begins.filter((begin) => begin !== null).map(({ run }) => ({ before: run, columns: begunColumns(ctx, run) })),
  );
  const stored = new Map(runs.map((run) => [run.id, run]));
  return begins.map((begin) => begin && { ...begin, run: stored.get(begin.run.id) ?? begin.run });
}

function beginOf(run: LockedRun): BegunDispatch | null {
  const { status, dispatch_state: state, sealed_invocation: sealedInvocation } = run;
  if (status !== 'IN_PROGRESS' || sealedInvocation === null) return null;
  if (state !== 'waiting' && state !== 'calling') return null;
  return { run, sealedInvocation, earlierCallAt: state === 'calling' ? run.dispatch_started_at : null };
}

function begunColumns(ctx: WriteContext, run: RunRow): RunColumns {
  return { dispatch_state: 'calling', dispatch_started_at: ctx.now, ...deadlineOf(ctx, run) };
}

export interface RecordedDispatch {
  readonly id: string;
  readonly outcome: DispatchOutcome;
}

/** What came of many calls. Of a run that is named twice the first outcome counts. */
export async function recordDispatches(
  ctx: WriteContext,
  inputs: readonly RecordedDispatch[],
): Promise<readonly undefined[]> {
  const { orgId } = ctx.actor;
  const open = await lockRuns(
    ctx.db,
    orgId,
    inputs.map(({ id }) => id),
  );
  const changes: RunChanging[] = [];
  for (const { id, outcome } of inputs) {
    const run = open.get(id);
    open.delete(id);
    if (run !== undefined && !isEnded(run)) changes.push(await recordedChange(ctx, run, outcome));
  }
  await storeRuns(ctx, changes);
  return inputs.map(() => undefined);
}

/** Writes down what came of the call, unless the run ended while it was under way (a fast backend). */
export async function recordDispatch(ctx: WriteContext, input: RecordedDispatch): Promise<RunRow> {
  const run = await lockRun(ctx.db, ctx.actor.orgId, input.id);
  if (isEnded(run)) return run;
  const { before, columns } = await recordedChange(ctx, run, input.outcome);
  return storeRun(ctx, before, columns);
}

async function recordedChange(ctx: WriteContext, run: RunRow, outcome: DispatchOutcome): Promise<RunChanging> {
  for (const line of outcome.log ?? []) await insertRunLog(ctx, run, line);
  return { before: run, columns: { ...withoutWaitingLabel(run), ...dispatchColumns(ctx, outcome) } };
}

function dispatchColumns(ctx: WriteContext, outcome: DispatchOutcome): RunColumns {
  switch (outcome.outcome) {
    case 'called':
      return {
        dispatch_state: 'called',
        ...(outcome.link === undefined ? {} : { link: outcome.link }),
        ...(outcome.backend === undefined ? {} : { backend: outcome.backend }),
      };
    case 'ended':
      return {
        dispatch_state: outcome.status === 'SUCCESS' ? 'called' : 'failed',
        status: outcome.status,
        ended_at: ctx.now,
        ...(outcome.statusLabel === undefined ? {} : { status_label: outcome.statusLabel }),
        ...(outcome.response === undefined ? {} : { response: outcome.response }),
        ...(outcome.link === undefined ? {} : { link: outcome.link }),
      };
    case 'unknown':
      return {
        dispatch_state: 'unknown',
        status_label: unknownLabel,
        ...(outcome.backend === undefined ? {} : { backend: outcome.backend }),
      };
    case 'later':
      return {
        dispatch_state: 'waiting',
        dispatch_started_at: null,
        ...(outcome.keepsTrying === undefined
          ? {}
          : { status_label: outcome.keepsTrying, backend: { waitingLabel: outcome.keepsTrying } }),
      };
    case 'offered':
      return { dispatch_state: 'offered', installation_id: outcome.installationId };
    case 'waiting':
      return { dispatch_state: 'called' };
  }
}

/** Its time runs from here on: an approval may have taken days. */
function deadlineOf(ctx: WriteContext, run: RunRow): RunColumns {
  const { timeLimitMinutes = null } = run.action_snapshot;
  if (run.deadline !== null || timeLimitMinutes === null) return {};
  return { deadline: new Date(ctx.now.getTime() + timeLimitMinutes * minuteMs) };
}

/** What the run said while it waited holds no longer. */
function withoutWaitingLabel({ backend, status_label: label }: RunRow): RunColumns {
  return label !== null && backend['waitingLabel'] === label ? { status_label: null } : {};
}
