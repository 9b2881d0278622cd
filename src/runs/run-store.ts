import { sql } from 'kysely';
import { cancelApproval } from '#approvals/cancel-approval.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Tx } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import { newId } from '#platform/ids.ts';
import { notFound, problem } from '#platform/problem.ts';
import type { RunRow } from './run.ts';
import type { RunLogRow } from './run-queries.ts';

/** A run with what is to be sent, sealed; null once it has ended. */
export interface LockedRun extends RunRow {
  readonly sealed_invocation: string | null;
}

/** Locks a run for a decision about it; every change of a run begins here, so that it ends exactly once. */
export async function lockRun(tx: Tx, orgId: string, id: string): Promise<LockedRun> {
  const found = await sql<LockedRun>`select * from run where org_id = ${orgId} and id = ${id} for update`.execute(tx);
  const row = found.rows[0];
  if (row === undefined) throw notFound('run', id);
  return row;
}

/** Many at once, in the order in which everybody locks them. Those that are gone are missing. */
export async function lockRuns(tx: Tx, orgId: string, ids: readonly string[]): Promise<Map<string, LockedRun>> {
  const found = await sql<LockedRun>`
    select * from run where org_id = ${orgId} and id = any(${ids as string[]}::text[])
    order by id collate "C" for update`.execute(tx);
  return new Map(found.rows.map((row) => [row.id, row]));
}

/** The columns a change may touch. */
export type RunColumns = Partial<
  Pick<
    RunRow,
    | 'status'
    | 'status_label'
    | 'link'
    | 'message'
    | 'summary'
    | 'external_run_id'
    | 'response'
    | 'dispatch_state'
    | 'dispatch_started_at'
    | 'backend'
    | 'ended_at'
    | 'approval'
    | 'installation_id'
    | 'claimed_until'
    | 'deadline'
  >
>;

/** A run as it was locked, and what becomes of it. */
export interface RunChanging {
  readonly before: RunRow;
  readonly columns: RunColumns;
}

/** Writes a change, announces it and returns the row as it now stands. A run that ends forgets its sealed invocation. */
export async function storeRun(ctx: WriteContext, before: RunRow, columns: RunColumns): Promise<RunRow> {
  const [after] = await storeRuns(ctx, [{ before, columns }]);
  return after as RunRow;
}

/** The same for several runs, none of them twice, in one statement. */
export async function storeRuns(ctx: WriteContext, changes: readonly RunChanging[]): Promise<readonly RunRow[]> {
  const runs = await writeRuns(ctx, changes);
  for (const [at, { before }] of changes.entries()) {
    const after = runs[at] as RunRow;
    if (before.status === 'WAITING_FOR_APPROVAL' && after.ended_at !== null) await closeQuestion(ctx, after);
    ctx.emit({
      kind: after.ended_at !== null && before.ended_at === null ? 'run.ended' : 'run.updated',
      resource: 'run',
      action: 'UPDATE',
      subject: `run:${before.id}`,
      context: runContext(after),
      before: runDocument(before),
      after: runDocument(after),
    });
  }
  return runs;
}

function changedRun(ctx: WriteContext, before: RunRow, columns: RunColumns): RunRow {
  return {
    ...before,
    ...columns,
    version: before.version + 1,
    ...(isBookkeeping(columns) ? {} : { updated_at: ctx.now, updated_by: ctx.actor.id }),
  };
}

/**
 * Writes without a word. By itself only for what says who works at a run: that a call is about to be made is a lease,
 * of use to whoever takes over after a crash, and no change that anybody is told of.
 */
export async function writeRuns(ctx: WriteContext, changes: readonly RunChanging[]): Promise<readonly RunRow[]> {
  const runs = changes.map(({ before, columns }) => changedRun(ctx, before, columns));
  if (runs.length === 0) return runs;
  const rows = runs.map((run) => Object.fromEntries(writtenColumns.map((column) => [column, run[column]])));
  // Said twice, that they are among these runs: from the list alone the planner would read the whole table.
  await sql`${prepared}
    update run set status = row.status, status_label = row.status_label, link = row.link, message = row.message,
      summary = row.summary, external_run_id = row.external_run_id, response = row.response,
      dispatch_state = row.dispatch_state, dispatch_started_at = row.dispatch_started_at, backend = row.backend,
      approval = row.approval, ended_at = row.ended_at, installation_id = row.installation_id,
      claimed_until = row.claimed_until, deadline = row.deadline, updated_at = row.updated_at,
      updated_by = row.updated_by, version = row.version,
      sealed_invocation = case when row.ended_at is null then run.sealed_invocation end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(
      id text, status text, status_label text, link jsonb, message jsonb, summary text, external_run_id text,
      response jsonb, dispatch_state text, dispatch_started_at timestamptz, backend jsonb, approval jsonb,
      ended_at timestamptz, installation_id text, claimed_until timestamptz, deadline timestamptz,
      updated_at timestamptz, updated_by text, version int)
    where run.org_id = ${ctx.actor.orgId} and run.id = any(${runs.map(({ id }) => id)}::text[])
      and run.id = row.id`.execute(ctx.db);
  return runs;
}

const writtenColumns = [
  'id',
  'status',
  'status_label',
  'link',
  'message',
  'summary',
  'external_run_id',
  'response',
  'dispatch_state',
  'dispatch_started_at',
  'backend',
  'approval',
  'ended_at',
  'installation_id',
  'claimed_until',
  'deadline',
  'updated_at',
  'updated_by',
  'version',
] as const satisfies readonly (keyof RunRow)[];

/** Nobody is asked about a run that has ended. */
async function closeQuestion(ctx: WriteContext, run: RunRow): Promise<void> {
  await cancelApproval(ctx, { subject: { kind: 'run', id: run.id }, reason: 'The run was ended.' });
}

const bookkeeping: ReadonlySet<string> = new Set([
  'dispatch_state',
  'dispatch_started_at',
  'backend',
  'installation_id',
  'claimed_until',
  'deadline',
]);

/** How far the call to the backend got is no update of the run in anybody's eyes. */
function isBookkeeping(columns: RunColumns): boolean {
  return Object.keys(columns).every((key) => bookkeeping.has(key));
}

export function runContext(run: RunRow): { run: string; action: string; blueprint?: string; entity?: string } {
  return {
    run: run.id,
    action: run.action,
    ...(run.blueprint === null ? {} : { blueprint: run.blueprint }),
    ...(run.entity === null ? {} : { entity: run.entity }),
  };
}

/** A run in the event log: what readers and the audit log need, without inputs' secrets or sealed parts. */
export function runDocument(run: RunRow): Record<string, unknown> {
  return {
    id: run.id,
    status: run.status,
    statusLabel: run.status_label,
    action: { identifier: run.action, title: run.action_snapshot.title },
    blueprint: run.blueprint,
    entity: run.entity,
    properties: run.properties,
    source: run.source,
    approval: run.approval,
    link: run.link,
    summary: run.summary,
    message: run.message,
    externalRunId: run.external_run_id,
    dispatchState: run.dispatch_state,
    // Somebody is to ask how the work goes.
    ...('followed' in run.backend ? { followed: true } : {}),
    claimedUntil: run.claimed_until,
    createdBy: run.created_by,
    createdAt: run.created_at,
    endedAt: run.ended_at,
  };
}

/** Adds a line to a run's log and announces it. */
export async function insertRunLog(ctx: WriteContext, run: RunRow, message: string): Promise<RunLogRow> {
  const id = newId('log');
  const inserted = await sql<RunLogRow>`
    insert into run_log (org_id, run_id, id, message, created_at, created_by)
    values (${run.org_id}, ${run.id}, ${id}, ${message.replaceAll('\0', '')}, ${ctx.now}, ${ctx.actor.id})
    returning ordinal, id, run_id, message, created_at, created_by`.execute(ctx.db);
  const row = inserted.rows[0];
  if (row === undefined) throw new Error('The log line just written cannot be read');
  ctx.emit({
    kind: 'run.log-added',
    resource: 'run-log',
    action: 'CREATE',
    subject: `run:${run.id}`,
    context: runContext(run),
    before: null,
    after: { id, ordinal: row.ordinal },
  });
  return row;
}

/** What the catalog asks before it ties an entity's change to a run. Locks the run against ending meanwhile. */
export async function assertRunOpen(tx: Tx, orgId: string, runId: string): Promise<void> {
  const found = await sql<{ ended_at: Date | null; status: string }>`
    select ended_at, status from run where org_id = ${orgId} and id = ${runId} for share`.execute(tx);
  const row = found.rows[0];
  if (row === undefined) throw notFound('run', runId);
  if (row.ended_at !== null || row.status !== 'IN_PROGRESS') {
    throw problem('bad-request', 'run_exhausted', `Run ${runId} is not in progress (${row.status}).`, {
      runId,
      status: row.status,
    });
  }
}
