import { authorize } from '#access/permissions.ts';
import { checkVersion } from '#catalog/check-version.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { HideRunSecrets } from './hide-run-secrets.ts';
import type { EndStatus, RunRow } from './run.ts';
import { assertMayEndAs, assertOpen, assertStatusMayBeSet, cancelledLabel, type RunChange } from './run-rules.ts';
import { insertRunLog, lockRun, type RunColumns, storeRun } from './run-store.ts';
import type { RunLogRow } from './run-queries.ts';

/** Port's PATCH: overrides what is given; a status ends the run. */
export function updateRun(hide: HideRunSecrets) {
  return async function updateRunCommand(
    ctx: WriteContext,
    input: { readonly id: string; readonly change: RunChange; readonly expectedVersion: number | null },
  ): Promise<RunRow> {
    const run = await lockRun(ctx.db, ctx.actor.orgId, input.id);
    authorize(ctx.actor, 'run.update', { createdBy: run.created_by });
    assertOpen(run);
    checkVersion('run', run.version, input.expectedVersion);
    const { status, ...told } = input.change;
    if (status !== undefined) assertMayEnd(run, status);
    return storeRun(ctx, run, columnsOf(ctx, withCancelledLabel(run, { status, ...hide(run, told) })));
  };
}

/** Port's way to cancel a run is to end it while it waits for approval. */
function withCancelledLabel(run: RunRow, change: RunChange): RunChange {
  const cancels = run.status === 'WAITING_FOR_APPROVAL' && change.status === 'FAILURE';
  return cancels ? { ...change, statusLabel: change.statusLabel ?? cancelledLabel } : change;
}

function assertMayEnd(run: RunRow, status: EndStatus): void {
  if (run.status !== 'WAITING_FOR_APPROVAL') assertStatusMayBeSet(run);
  assertMayEndAs(run, status);
}

function columnsOf(ctx: WriteContext, change: RunChange): RunColumns {
  return {
    ...(change.status === undefined ? {} : { status: change.status, ended_at: ctx.now }),
    ...(change.statusLabel === undefined ? {} : { status_label: change.statusLabel }),
    ...(change.link === undefined ? {} : { link: change.link }),
    ...(change.message === undefined ? {} : { message: change.message }),
    ...(change.summary === undefined ? {} : { summary: change.summary }),
    ...(change.externalRunId === undefined ? {} : { external_run_id: change.externalRunId }),
  };
}

export interface NewRunLog {
  readonly id: string;
  readonly message: string;
  readonly terminationStatus?: 'SUCCESS' | 'FAILURE' | undefined;
  readonly statusLabel?: string | undefined;
}

/** Adds a line; with a termination status it is the last one and ends the run in the same step. */
export function appendRunLog(hide: HideRunSecrets) {
  return async function appendRunLogCommand(ctx: WriteContext, input: NewRunLog): Promise<RunLogRow> {
    const run = await lockRun(ctx.db, ctx.actor.orgId, input.id);
    authorize(ctx.actor, 'run.update', { createdBy: run.created_by });
    assertOpen(run);
    const { terminationStatus: status } = input;
    if (status !== undefined) assertMayEnd(run, status);
    const { message, statusLabel } = hide(run, { message: input.message, statusLabel: input.statusLabel });
    const row = await insertRunLog(ctx, run, message);
    if (status !== undefined || statusLabel !== undefined) {
      await storeRun(ctx, run, columnsOf(ctx, { status, statusLabel }));
    }
    return row;
  };
}
