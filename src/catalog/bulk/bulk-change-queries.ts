import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import { type BulkChange, type BulkFailure, maySeeBulk } from './bulk-change-rules.ts';

export const bulkColumns: RawBuilder<BulkChange> = sql`
  b.id, b.blueprint, b.status, b.change, b.scope, b.caller, b.total, b.done, b.unchanged, b.failed, b.after, b.round,
  b.round_done as "roundDone", b.message, b.created_at as "createdAt", b.created_by as "createdBy",
  b.ended_at as "endedAt"`;

/** Refuses one that is unknown, and one of somebody else, with a 404. */
export async function getBulk(db: Db | Tx, actor: Actor, id: string): Promise<BulkChange> {
  const found = await sql<BulkChange>`
    select ${bulkColumns} from bulk_change b where b.org_id = ${actor.orgId} and b.id = ${id}`.execute(db);
  const [one] = found.rows;
  if (one === undefined || !maySeeBulk(actor, one)) throw notFound('bulk change', id);
  return one;
}

/** The first in the order of identifiers. */
export async function listFailures(
  db: Db,
  actor: Actor,
  id: string,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<readonly BulkFailure[]> {
  const found = await sql<BulkFailure>`
    select identifier, status as "statusCode", error, message, details from bulk_failure
    where org_id = ${actor.orgId} and bulk_change = ${id}
      ${after === null ? sql`` : sql`and identifier > ${after}`}
    order by identifier limit ${limit}`.execute(db);
  return found.rows;
}
