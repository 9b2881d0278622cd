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
  const inserted = await sql<RunRow>`
    insert into run (org_id, id, action, action_snapshot, blueprint, entity, status, source, properties,
                     raw_properties, payload, sealed_invocation, dispatch_state, created_at, created_by, updated_at,
                     updated_by, impersonated_by)
    values (${ctx.actor.orgId}, ${input.id}, ${input.action.identifier}, ${JSON.stringify(input.action)}::jsonb,
            ${input.blueprint}, ${input.entity}, ${input.approval === null ? 'IN_PROGRESS' : 'WAITING_FOR_APPROVAL'}, ${input.source},
            ${JSON.stringify(input.properties)}::jsonb, ${JSON.stringify(input.rawProperties)}::jsonb,
            ${JSON.stringify(input.payload)}::jsonb, ${input.sealedInvocation}, 'waiting', ${ctx.now}, ${ctx.actor.id},
            ${ctx.now}, ${ctx.actor.id}, ${input.impersonatedBy})
    returning *`.execute(ctx.db);
  const run = inserted.rows[0];
  if (run === undefined) throw new Error('The run just written cannot be read');
  ctx.emit({
    kind: 'run.created',
    resource: 'run',
    action: 'CREATE',
    subject: `run:${run.id}`,
    context: runContext(run),
    before: null,
    after: runDocument(run),
  });
  if (input.approval !== null) {
    await requestApproval(ctx, {
      ...input.approval,
      subject: { kind: 'run', id: run.id, attempt: 1 },
      link: `/organization/run?runId=${run.id}`,
      requestedBy: run.created_by,
      impersonatedBy: run.impersonated_by,
      private: !run.action_snapshot.allowAnyoneToViewRuns,
    });
  }
  return run;
}
