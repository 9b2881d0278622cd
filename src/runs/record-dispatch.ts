import type { WriteContext } from '#platform/commands/write-context.ts';
import type { DispatchOutcome } from './backend.ts';
import type { RunRow } from './run.ts';
import { isEnded } from './run-rules.ts';
import { insertRunLog, type LockedRun, lockRun, lockRuns, type RunColumns, storeRun } from './run-store.ts';

export interface BegunDispatch {
  readonly run: RunRow;
  readonly sealedInvocation: string;
  readonly earlierCallAt: Date | null;
}

/** Shown until following the backend tells better. */
export const unknownLabel = 'Delivery unknown';
const minuteMs = 60_000;

/** The same for many at once; of a run that is named twice the first alone begins. */
export async function beginDispatches(
  ctx: WriteContext,
  ids: readonly string[],
): Promise<readonly (BegunDispatch | null)[]> {
  const runs = await lockRuns(ctx.db, ctx.actor.orgId, ids);
  const begun: (BegunDispatch | null)[] = [];
  for (const id of ids) {
    const run = runs.get(id);
    begun.push(run === undefined ? null : await beginLocked(ctx, run));
    runs.delete(id);
  }
  return begun;
}

/**
 * Writes down that the backend is about to be called. Null when there is nothing to do: the run waits for approval,
 * it ended meanwhile, or an earlier job already got an outcome.
 */
export async function beginDispatch(ctx: WriteContext, input: { readonly id: string }): Promise<BegunDispatch | null> {
  return beginLocked(ctx, await lockRun(ctx.db, ctx.actor.orgId, input.id));
}

async function beginLocked(ctx: WriteContext, run: LockedRun): Promise<BegunDispatch | null> {
  if (run.status !== 'IN_PROGRESS' || (run.dispatch_state !== 'waiting' && run.dispatch_state !== 'calling'))
    return null;
  const { sealed_invocation: sealedInvocation } = run;
  if (sealedInvocation === null) return null;
  const earlierCallAt = run.dispatch_state === 'calling' ? run.dispatch_started_at : null;
  const begun = await storeRun(ctx, run, {
    dispatch_state: 'calling',
    dispatch_started_at: ctx.now,
    ...deadlineOf(ctx, run),
  });
  return { run: begun, sealedInvocation, earlierCallAt };
}

export interface RecordedDispatch {
  readonly id: string;
  readonly outcome: DispatchOutcome;
}

/** What came of many calls. */
export async function recordDispatches(
  ctx: WriteContext,
  inputs: readonly RecordedDispatch[],
): Promise<readonly undefined[]> {
  const { orgId } = ctx.actor;
  const ids = inputs.map(({ id }) => id);
  const runs: Map<string, RunRow> = await lockRuns(ctx.db, orgId, ids);
  for (const { id, outcome } of inputs) {
    const run = runs.get(id);
    if (run !== undefined) runs.set(id, await recordLocked(ctx, run, outcome));
  }
  return inputs.map(() => undefined);
}

/** Writes down what came of the call, unless the run ended while it was under way (a fast backend). */
export async function recordDispatch(ctx: WriteContext, input: RecordedDispatch): Promise<RunRow> {
  return recordLocked(ctx, await lockRun(ctx.db, ctx.actor.orgId, input.id), input.outcome);
}

async function recordLocked(ctx: WriteContext, run: RunRow, outcome: DispatchOutcome): Promise<RunRow> {
  if (isEnded(run)) return run;
  for (const line of outcome.log ?? []) await insertRunLog(ctx, run, line);
  return storeRun(ctx, run, { ...withoutWaitingLabel(run), ...dispatchColumns(ctx, outcome) });
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
