import { type RawBuilder, sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { BulkChange, BulkFailure, BulkStatus } from './bulk-change-rules.ts';
import { bulkColumns } from './bulk-change-queries.ts';

export async function insertBulk(ctx: WriteContext, one: BulkChange): Promise<void> {
  await sql`
    insert into bulk_change (org_id, id, blueprint, kind, status, change, scope, caller, total, created_at, created_by,
      advanced_at)
    values (${ctx.actor.orgId}, ${one.id}, ${one.blueprint}, ${one.change.kind}, ${one.status},
      ${JSON.stringify(one.change)}::jsonb, ${JSON.stringify(one.scope)}::jsonb, ${JSON.stringify(one.caller)}::jsonb,
      ${one.total}, ${one.createdAt}, ${one.createdBy}, ${ctx.now})`.execute(ctx.db);
}

/** Null when there is none, or it has ended. */
export async function lockRunningBulk(ctx: WriteContext, id: string): Promise<BulkChange | null> {
  const found = await sql<BulkChange>`
    select ${bulkColumns} from bulk_change b
    where b.org_id = ${ctx.actor.orgId} and b.id = ${id} and b.ended_at is null for update`.execute(ctx.db);
  return found.rows[0] ?? null;
}

export interface BulkStep {
  readonly after: string;
  readonly done: number;
  readonly unchanged: number;
}

export async function storeStep(ctx: WriteContext, id: string, step: BulkStep): Promise<void> {
  await update(
    ctx,
    id,
    sql`after = ${step.after}, done = done + ${step.done}, unchanged = unchanged + ${step.unchanged},
      round_done = round_done + ${step.done}, failed = ${countFailures(ctx, id)}`,
  );
}

/** Looks once more at what was refused because others require it: these may be gone by now. */
export async function storeNextRound(ctx: WriteContext, id: string): Promise<void> {
  await update(ctx, id, sql`after = null, round = round + 1, round_done = 0`);
}

export async function storeStatus(
  ctx: WriteContext,
  id: string,
  status: BulkStatus,
  message: string | null = null,
): Promise<void> {
  const end = status === 'running' || status === 'cancelling' ? sql`` : sql`, ended_at = ${ctx.now}`;
  await update(ctx, id, sql`status = ${status}, message = ${message} ${end}`);
}

async function update(ctx: WriteContext, id: string, changes: RawBuilder<unknown>): Promise<void> {
  await sql`
    update bulk_change set advanced_at = ${ctx.now}, ${changes}
    where org_id = ${ctx.actor.orgId} and id = ${id}`.execute(ctx.db);
}

const countFailures = ({ actor }: WriteContext, id: string): RawBuilder<number> =>
  sql`(select count(*) from bulk_failure f where f.org_id = ${actor.orgId} and f.bulk_change = ${id})`;

/** Replaces what was known of these entities. */
export async function storeFailures(
  ctx: WriteContext,
  id: string,
  { looked, failures }: { readonly looked: readonly string[]; readonly failures: readonly BulkFailure[] },
): Promise<void> {
  const { orgId } = ctx.actor;
  await sql`
    delete from bulk_failure where org_id = ${orgId} and bulk_change = ${id}
      and identifier = any(${[...looked]}::text[])`.execute(ctx.db);
  if (failures.length === 0) return;
  await sql`
    insert into bulk_failure (org_id, bulk_change, identifier, status, error, message, details)
    select ${orgId}, ${id}, f.identifier, f."statusCode", f.error, f.message, f.details
    from jsonb_to_recordset(${JSON.stringify(failures)}::jsonb)
      as f(identifier text, "statusCode" int, error text, message text, details jsonb)`.execute(ctx.db);
}

/** Identifiers of what was refused for that reason. */
export async function nextFailures(
  ctx: WriteContext,
  id: string,
  { error, after, limit }: { readonly error: string; readonly after: string | null; readonly limit: number },
): Promise<readonly string[]> {
  const found = await sql<{ identifier: string }>`
    select identifier from bulk_failure
    where org_id = ${ctx.actor.orgId} and bulk_change = ${id} and error = ${error}
      ${after === null ? sql`` : sql`and identifier > ${after}`}
    order by identifier limit ${limit}`.execute(ctx.db);
  return found.rows.map((row) => row.identifier);
}
