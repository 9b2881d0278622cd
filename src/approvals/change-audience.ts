import { type RawBuilder, sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Audience, SubjectKindName } from './approval.ts';

/**
 * Who may see and decide approvals about these subjects from now on, open and closed ones; `subjects` selects their ids.
 * It is no change of what is asked: whoever restricts says so in an event of their own.
 */
export async function restrictApprovals(
  ctx: WriteContext,
  kind: SubjectKindName,
  subjects: RawBuilder<unknown>,
  audience: Audience | null,
): Promise<void> {
  const readers = audience === null ? null : [...audience.readers];
  const deciders = audience === null ? null : [...audience.deciders];
  await sql`
    update approval set readers = ${readers}::text[], deciders = ${deciders}::text[]
    where org_id = ${ctx.actor.orgId} and subject_kind = ${kind} and subject_id in (${subjects})`.execute(ctx.db);
}
