import { sql } from 'kysely';
import type { ApprovalRequest } from '#approvals/approval.ts';
import { requestApproval } from '#approvals/request-approval.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { newId } from '#platform/ids.ts';
import type { ActionSnapshot, RunRow } from './run.ts';
import { runContext, runDocument } from './run-store.ts';

export interface NewRun {
  /** Chosen by the caller, since templates name it before the run exists. */
  readonly id: string;
  readonly action: ActionSnapshot;
  readonly blueprint: string | null;
  readonly entity: string | null;
  readonly source: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly rawProperties: Readonly<Record<string, unknown>>;
  /** As people see it, secrets masked. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** As it is sent, sealed. */
  readonly sealedInvocation: string;
  readonly impersonatedBy: string | null;
  /** Comes first: the backend is not called before it. */
  readonly approval: NewRunApproval | null;
}

/** What is asked about a run before it goes on; that it is about this run is added here. */
export type NewRunApproval = Omit<ApprovalRequest, 'subject' | 'link' | 'requestedBy' | 'impersonatedBy' | 'private'>;

/** Ties a sealed invocation to its run. */
export function invocationName(runId: string): string {
  return `run/${runId}/invocation`;
}

export function newRunId(): string {
  return newId('r');
}

/** Begins a run; the reader of its event has the backend called. */
export async function createRun(ctx: WriteContext, input: NewRun): Promise<RunRow> {
  const [run] = await createRuns(ctx, [{ run: input, createdBy: ctx.actor.id, requestId: ctx.requestId }]);
  return run as RunRow;
}

export interface RunToCreate {
  readonly run: NewRun;
  /** Who executes; with `run_as` somebody else than who asks. */
  readonly createdBy: string;
  readonly requestId: string | null;
}

/** The same for several, in one statement. */
export async function createRuns(ctx: WriteContext, inputs: readonly RunToCreate[]): Promise<readonly RunRow[]> {
  const written = new Map((await insertRuns(ctx, inputs)).map((run) => [run.id, run]));
  const runs: RunRow[] = [];
  for (const { run: input, requestId } of inputs) {
    const run = written.get(input.id);
    if (run === undefined) throw new Error('The run just written cannot be read');
    ctx.emit({
      kind: 'run.created',
      resource: 'run',
      action: 'CREATE',
      subject: `run:${run.id}`,
      context: runContext(run),
      before: null,
      after: runDocument(run),
      requestId,
    });
    if (input.approval !== null) await askFor(ctx, run, input.approval);
    runs.push(run);
  }
  return runs;
}

async function insertRuns(ctx: WriteContext, inputs: readonly RunToCreate[]): Promise<readonly RunRow[]> {
  const rows = inputs.map(({ run, createdBy }) => ({
    id: run.id,
    action: run.action.identifier,
    action_snapshot: run.action,
    blueprint: run.blueprint,
    entity: run.entity,
    status: run.approval === null ? 'IN_PROGRESS' : 'WAITING_FOR_APPROVAL',
    source: run.source,
    properties: run.properties,
    raw_properties: run.rawProperties,
    payload: run.payload,
    sealed_invocation: run.sealedInvocation,
    created_by: createdBy,
    impersonated_by: run.impersonatedBy,
  }));
  const inserted = await sql<RunRow>`
    insert into run (org_id, id, action, action_snapshot, blueprint, entity, status, source, properties,
                     raw_properties, payload, sealed_invocation, dispatch_state, created_at, created_by, updated_at,
                     updated_by, impersonated_by)
    select ${ctx.actor.orgId}, row.id, row.action, row.action_snapshot, row.blueprint, row.entity, row.status,
           row.source, row.properties, row.raw_properties, row.payload, row.sealed_invocation, 'waiting', ${ctx.now},
           row.created_by, ${ctx.now}, row.created_by, row.impersonated_by
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(
      id text, action text, action_snapshot jsonb, blueprint text, entity text, status text, source text,
      properties jsonb, raw_properties jsonb, payload jsonb, sealed_invocation text, created_by text,
      impersonated_by text)
    returning *`.execute(ctx.db);
  return inserted.rows;
}

/** The backend is not called before somebody agreed. */
async function askFor(ctx: WriteContext, run: RunRow, approval: NewRunApproval): Promise<void> {
  await requestApproval(ctx, {
    ...approval,
    subject: { kind: 'run', id: run.id, attempt: 1 },
    link: `/organization/run?runId=${run.id}`,
    requestedBy: run.created_by,
    impersonatedBy: run.impersonated_by,
    private: !run.action_snapshot.allowAnyoneToViewRuns,
  });
}
