import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { FollowOutcome } from './backend.ts';
import { unknownLabel } from './record-dispatch.ts';
import { followedByOthers } from './run-queries.ts';
import type { RunRow } from './run.ts';
import { isEnded } from './run-rules.ts';
import { insertRunLog, lockRun, type RunColumns, storeRun } from './run-store.ts';

/**
 * Writes down what following the backend showed; silent when nothing changed. True when another run turned out to
 * follow the same work: then nothing was learnt about this one.
 */
export async function recordFollow(
  ctx: WriteContext,
  input: { readonly id: string; readonly outcome: FollowOutcome },
): Promise<boolean> {
  const run = await lockRun(ctx.db, ctx.actor.orgId, input.id);
  if (isEnded(run)) return false;
  const { outcome } = input;
  if (await isTaken(ctx, run, outcome.backend?.followed)) return true;
  for (const line of outcome.log ?? []) await insertRunLog(ctx, run, line);
  const columns: RunColumns = { ...foundColumns(run, outcome), ...endColumns(ctx, run, outcome) };
  if (Object.keys(columns).length > 0) await storeRun(ctx, run, columns);
  return false;
}

/** One at a time per piece of work, so that of two runs that found it at once only one gets it. */
async function isTaken(ctx: WriteContext, run: RunRow, followed: string | null | undefined): Promise<boolean> {
  if (followed === undefined || followed === null || followed === run.backend.followed) return false;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${run.org_id} run follows ${followed}`}, 0))`.execute(
    ctx.db,
  );
  return (await followedByOthers(ctx.db, run)).includes(followed);
}

/** That there is nothing more to learn is remembered, so that nobody asks again. */
function foundColumns(run: RunRow, { outcome, link, backend }: FollowOutcome): RunColumns {
  const isOver = outcome === 'over' && run.backend.over !== true;
  const wasUnknown = run.dispatch_state === 'unknown' && typeof backend?.followed === 'string';
  return {
    ...(link === undefined ? {} : { link }),
    ...(backend === undefined && !isOver
      ? {}
      : { backend: { ...(backend ?? run.backend), ...(isOver ? { over: true } : {}) } }),
    ...(wasUnknown ? { dispatch_state: 'called' } : {}),
    ...(wasUnknown && run.status_label === unknownLabel ? { status_label: null } : {}),
  };
}

function endColumns(ctx: WriteContext, run: RunRow, outcome: FollowOutcome): RunColumns {
  if (outcome.outcome === 'over') {
    const said = run.status_label !== null || outcome.statusLabel === undefined;
    return said ? {} : { status_label: outcome.statusLabel };
  }
  if (outcome.outcome !== 'ended') return {};
  const { status, statusLabel } = outcome;
  return { status, ended_at: ctx.now, ...(statusLabel === undefined ? {} : { status_label: statusLabel }) };
}
