import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { DeliveryRow } from './delivery-view.ts';

/** Longer than one attempt takes; after it, whoever claimed a delivery counts as dead. */
export const claimMs = 20_000;

/** How much sooner than ours the queue's clock, which is the database's, may call a retry due. */
const skewMs = 500;

/**
 * Takes a delivery for one attempt. Null when it is not its turn: done already, claimed by somebody else, not due yet,
 * or an earlier one of its key is still on its way. Whoever finishes that one goes on with the next.
 */
export async function claimDelivery(db: Db, orgId: string, id: string, now: Date): Promise<DeliveryRow | null> {
  return claim(db, orgId, sql`${id}`, now);
}

/** The next one of the same key, now that this one is recorded as out of the way. */
export async function claimNext(db: Db, row: DeliveryRow, now: Date): Promise<DeliveryRow | null> {
  return claim(
    db,
    row.org_id,
    sql`(select id from delivery follower where follower.org_id = ${row.org_id} and follower.order_key = ${row.order_key}
        and follower.state = 'pending' order by follower.event_number limit 1)`,
    now,
  );
}

async function claim(db: Db, orgId: string, id: RawBuilder<unknown>, now: Date): Promise<DeliveryRow | null> {
  const claimed = await sql<DeliveryRow>`
    update delivery set claimed_until = ${new Date(now.getTime() + claimMs)}, attempts = attempts + 1
    where org_id = ${orgId} and id = ${id} and state = 'pending'
      and (claimed_until is null or claimed_until < ${now}) and coalesce(next_attempt_at, ${now}) <= ${new Date(now.getTime() + skewMs)}
      and not exists (
        select 1 from delivery earlier where earlier.org_id = delivery.org_id and earlier.state = 'pending'
          and earlier.order_key = delivery.order_key and earlier.event_number < delivery.event_number)
    returning *`.execute(db);
  return claimed.rows[0] ?? null;
}

/** Gives a claimed delivery back without an attempt. */
export async function releaseClaim(db: Db, row: DeliveryRow): Promise<void> {
  await sql`update delivery set claimed_until = null, attempts = attempts - 1
    where org_id = ${row.org_id} and id = ${row.id} and attempts = ${row.attempts}`.execute(db);
}

export interface AttemptResult {
  readonly state: 'delivered' | 'pending' | 'dead';
  readonly status: number | null;
  readonly error: string | null;
  readonly nextAttemptAt: Date | null;
}

/** Only while the claim still holds: an attempt that outlasted it must not overwrite what its successor found out. */
export async function storeAttempt(db: Db | Tx, row: DeliveryRow, result: AttemptResult, now: Date): Promise<boolean> {
  const stored = await sql`
    update delivery set state = ${result.state}, claimed_until = null, last_status = ${result.status},
      last_error = ${result.error}, next_attempt_at = ${result.nextAttemptAt},
      delivered_at = ${result.state === 'delivered' ? now : null}
    where org_id = ${row.org_id} and id = ${row.id} and state = 'pending' and attempts = ${row.attempts}
    returning 1`.execute(db);
  return stored.rows.length > 0;
}

/** How many deliveries of this key were given up since the last one that arrived: the gap the receiver must know of. */
export async function missedBefore(db: Db, row: DeliveryRow): Promise<number> {
  const found = await sql<{ missed: number }>`
    select count(*)::int as missed from delivery
    where org_id = ${row.org_id} and order_key = ${row.order_key} and state = 'dead' and event_number < ${row.event_number}
      and event_number > coalesce((select max(event_number) from delivery arrived
        where arrived.org_id = ${row.org_id} and arrived.order_key = ${row.order_key} and arrived.state = 'delivered'
          and arrived.event_number < ${row.event_number}), 0)`.execute(db);
  return found.rows[0]?.missed ?? 0;
}

/**
 * First deliveries of their key that are long due and that nobody works on: a crash between claim and record, or
 * between the record of one and the claim of the next. Counted as looked at, so that each is named once a while.
 */
export async function takeOverdue(
  db: Db,
  now: Date,
): Promise<readonly { orgId: string; deliveryId: string; url: string }[]> {
  const before = new Date(now.getTime() - claimMs / 2);
  const found = await sql<{ orgId: string; deliveryId: string; url: string }>`
    update delivery set next_attempt_at = ${now} from (
      select org_id, id from delivery candidate
      where state = 'pending' and next_attempt_at < ${before} and (claimed_until is null or claimed_until < ${now})
        and not exists (
          select 1 from delivery earlier where earlier.org_id = candidate.org_id and earlier.state = 'pending'
            and earlier.order_key = candidate.order_key and earlier.event_number < candidate.event_number)
      order by next_attempt_at limit 1000 for update skip locked) overdue
    where delivery.org_id = overdue.org_id and delivery.id = overdue.id
    returning delivery.org_id as "orgId", delivery.id as "deliveryId", delivery.url`.execute(db);
  return found.rows;
}
