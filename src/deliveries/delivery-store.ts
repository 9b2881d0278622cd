import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { DeliveryRow } from './delivery-view.ts';

/** Longer than one attempt takes; after it, whoever claimed a delivery counts as dead. */
export const claimMs = 45_000;

/**
 * Takes a delivery for one attempt. Null when it is not its turn: done already, claimed by somebody else, not due yet,
 * or an earlier one of its key is still on its way. Whoever finishes that one enqueues the next.
 */
export async function claimDelivery(db: Db, orgId: string, id: string, now: Date): Promise<DeliveryRow | null> {
  const claimed = await sql<DeliveryRow>`
    update delivery set claimed_until = ${new Date(now.getTime() + claimMs)}, attempts = attempts + 1
    where org_id = ${orgId} and id = ${id} and state = 'pending'
      and (claimed_until is null or claimed_until < ${now}) and coalesce(next_attempt_at, ${now}) <= ${now}
      and not exists (
        select 1 from delivery earlier where earlier.org_id = delivery.org_id and earlier.state = 'pending'
          and earlier.order_key = delivery.order_key and earlier.event_number < delivery.event_number)
    returning *`.execute(db);
  return claimed.rows[0] ?? null;
}

export interface AttemptResult {
  readonly state: 'delivered' | 'pending' | 'dead';
  readonly status: number | null;
  readonly error: string | null;
  readonly nextAttemptAt: Date | null;
}

export async function storeAttempt(tx: Tx, row: DeliveryRow, result: AttemptResult, now: Date): Promise<void> {
  await sql`
    update delivery set state = ${result.state}, claimed_until = null, last_status = ${result.status},
      last_error = ${result.error}, next_attempt_at = ${result.nextAttemptAt},
      delivered_at = ${result.state === 'delivered' ? now : null}
    where org_id = ${row.org_id} and id = ${row.id}`.execute(tx);
}

/** The next one of the same key, now that this one is out of the way. */
export async function nextOfKey(tx: Tx, row: DeliveryRow): Promise<string | null> {
  const found = await sql<{ id: string }>`
    select id from delivery where org_id = ${row.org_id} and order_key = ${row.order_key} and state = 'pending'
      and event_number > ${row.event_number}
    order by event_number limit 1`.execute(tx);
  return found.rows[0]?.id ?? null;
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

/** Due deliveries whose job got lost (a crash between an attempt and its record, a queue that was emptied). */
export async function overdueDeliveries(db: Db, now: Date): Promise<readonly { orgId: string; deliveryId: string }[]> {
  const before = new Date(now.getTime() - claimMs);
  const found = await sql<{ orgId: string; deliveryId: string }>`
    select distinct on (org_id, order_key) org_id as "orgId", id as "deliveryId" from delivery
    where state = 'pending' and next_attempt_at < ${before} and (claimed_until is null or claimed_until < ${now})
    order by org_id, order_key, event_number limit 1000`.execute(db);
  return found.rows;
}
