import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db } from '#platform/db/handles.ts';
import type { StageRow } from './execution.ts';

/** A call that was made, or is being made, for an attempt of a stage that waits for it no more. */
export interface WithdrawnCall {
  readonly sealed: string;
  /** When the call began whose answer is not known yet. */
  readonly calling_since: Date | null;
  readonly withdrawn_at: Date;
}

/** Keeps what was sent, so that a job can tell the other side. A call that never began will not be made, either. */
export async function keepWithdrawnCall(ctx: WriteContext, stage: StageRow): Promise<void> {
  if (stage.wait?.for !== 'call' || stage.sealed === null) return;
  const { callingSince, webhook } = stage.context;
  const answered = (webhook as { readonly statusCode?: unknown } | undefined)?.statusCode !== undefined;
  if (!answered && callingSince === undefined) return;
  await sql`
    insert into withdrawn_call (org_id, execution, stage, attempt, sealed, calling_since, withdrawn_at)
    values (${stage.org_id}, ${stage.execution}, ${stage.id}, ${stage.attempt}, ${stage.sealed},
            ${typeof callingSince === 'string' ? callingSince : null}::timestamptz, ${ctx.now})
    on conflict do nothing`.execute(ctx.db);
}

type AttemptKey = { readonly orgId: string; readonly stageId: string; readonly attempt: number };

export async function findWithdrawnCall(
  db: Db,
  { orgId, stageId, attempt }: AttemptKey,
): Promise<WithdrawnCall | null> {
  const found = await sql<WithdrawnCall>`
    select sealed, calling_since, withdrawn_at from withdrawn_call
    where org_id = ${orgId} and stage = ${stageId} and attempt = ${attempt}`.execute(db);
  return found.rows[0] ?? null;
}

export async function forgetWithdrawnCall(db: Db, { orgId, stageId, attempt }: AttemptKey): Promise<void> {
  await sql`delete from withdrawn_call
    where org_id = ${orgId} and stage = ${stageId} and attempt = ${attempt}`.execute(db);
}
