import { sql } from 'kysely';
import { createBatcher } from '#platform/batcher.ts';
import type { Db } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import { type EventRow, toLoggedEvent } from '#platform/events/read-events.ts';
import type { DeliveryRow } from './delivery-view.ts';

/** Longer than one attempt takes; after it, whoever claimed a delivery counts as dead. */
export const claimMs = 20_000;

/** How much sooner than ours the queue's clock, which is the database's, may call a retry due. */
const skewMs = 500;

export interface AttemptResult {
  readonly state: 'delivered' | 'pending' | 'dead';
  readonly status: number | null;
  readonly error: string | null;
  readonly nextAttemptAt: Date | null;
}

/** What is told, and how many earlier deliveries of the key were given up without the receiver's knowing. */
export interface ToldChange {
  readonly event: LoggedEvent;
  readonly missed: number;
}

export interface Attempt {
  readonly row: DeliveryRow;
  /** How many given up ones it told of. */
  readonly missed: number;
  readonly result: AttemptResult;
  readonly now: Date;
}

export interface Claimed {
  readonly row: DeliveryRow;
  /** Null when the log no longer holds it. */
  readonly told: ToldChange | null;
}

/** Deliveries on their way. Many are sent at once: what several ask for at the same time is one statement. */
export interface DeliveryStore {
  /**
   * Takes a delivery for one attempt. Null when it is not its turn: done already, claimed by somebody else, not due
   * yet, or an earlier one of its key is still on its way. Whoever finishes that one goes on with the next.
   */
  claim(wanted: { readonly orgId: string; readonly id: string }, now: Date): Promise<Claimed | null>;
  /** Claims the next one of the same key, after this one was recorded as out of the way. */
  claimNext(row: DeliveryRow, now: Date): Promise<Claimed | null>;
  /** False when the claim no longer held: an attempt that outlasted it must not overwrite what its successor found. */
  record(attempt: Attempt): Promise<boolean>;
}

/** Named, since the statement is prepared and a migration may add some. */
const deliveryColumns = sql.raw(
  `org_id id event_number event_id blueprint entity url order_key state attempts claimed_until next_attempt_at
   last_status last_error created_at delivered_at stream kind`
    .split(/\s+/)
    .map((column) => `delivery.${column}`)
    .join(', '),
);

interface Wanted {
  readonly orgId: string;
  readonly id?: string;
  readonly key?: string;
  readonly now: Date;
}

export function createDeliveryStore(db: Db): DeliveryStore {
  const claim = createBatcher<Wanted, Claimed | null>(async (wanted) => claimAll(db, wanted));
  const record = createBatcher<Attempt, boolean>(async (attempts) => recordAll(db, attempts));
  return {
    claim: async (wanted, now) => claim({ ...wanted, now }),
    claimNext: async (row, now) => claim({ orgId: row.org_id, key: row.order_key, now }),
    record,
  };
}

type ClaimedRow = DeliveryRow & Told;

/** What the event's row adds to the delivery's, which knows its number and id. */
interface Told extends Omit<EventRow, 'org_id' | 'number' | 'id' | 'kind' | 'at'> {
  /** Null where the event is gone. */
  readonly at: Date | null;
  readonly told_kind: string;
  readonly missed: number;
}

/**
 * Claims, and reads what is to be told, in one statement. The event is looked for as the first of a range, for which
 * only the index of numbers will do: a log that has just begun would be read whole.
 */
async function claimAll(db: Db, wanted: readonly Wanted[]): Promise<readonly (Claimed | null)[]> {
  const now = wanted[0]?.now ?? new Date(0);
  const claimed = await sql<ClaimedRow>`${prepared}
    with claimed as (
      update delivery set claimed_until = ${new Date(now.getTime() + claimMs)}, attempts = attempts + 1
      from (
        select distinct wanted."orgId" as org_id, coalesce(wanted.id, follower.id) as id
        from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted("orgId" text, id text, key text)
        left join lateral (
          select delivery.id from delivery
          where wanted.id is null and delivery.org_id = wanted."orgId" and delivery.order_key = wanted.key
            and delivery.state = 'pending'
          order by delivery.event_number limit 1) follower on true) chosen
      where delivery.org_id = chosen.org_id and delivery.id = chosen.id and delivery.state = 'pending'
        and (delivery.claimed_until is null or delivery.claimed_until < ${now})
        and coalesce(delivery.next_attempt_at, ${now}) <= ${new Date(now.getTime() + skewMs)}
        and not exists (
          select 1 from delivery earlier where earlier.org_id = delivery.org_id and earlier.state = 'pending'
            and earlier.order_key = delivery.order_key and earlier.event_number < delivery.event_number)
      returning ${deliveryColumns})
    select claimed.*, told.at, told.kind as told_kind, told.resource, told.action, told.subject, told.context,
      told.after, told.changed, told.actor, told.origin, told.request_id, told.status, told.message, (
        select count(*)::int from delivery gap
        where gap.org_id = claimed.org_id and gap.order_key = claimed.order_key and gap.state = 'dead'
          and not gap.gap_told and gap.event_number < claimed.event_number) as missed
    from claimed left join lateral (
      select at, kind, resource, action, subject, context, after, changed, actor, origin, request_id, status, message
      from event where event.org_id = claimed.org_id and event.number >= claimed.event_number
        and event.number <= claimed.event_number
      order by event.number limit 1) told on true`.execute(db);
  const left = new Set(claimed.rows);
  return wanted.map((one) => {
    const found = [...left].find(
      (row) => row.org_id === one.orgId && (one.id === undefined ? row.order_key === one.key : row.id === one.id),
    );
    if (found === undefined) return null;
    // Asked for twice, it is handed out once.
    left.delete(found);
    return { row: found, told: toldBy(found) };
  });
}

function toldBy({ at, told_kind: kind, missed, ...row }: ClaimedRow): ToldChange | null {
  if (at === null) return null;
  return { event: toLoggedEvent({ ...row, at, kind, number: row.event_number, id: row.event_id }), missed };
}

async function recordAll(db: Db, attempts: readonly Attempt[]): Promise<readonly boolean[]> {
  const rows = attempts.map(({ row, result, now }) => ({
    ...result,
    org_id: row.org_id,
    id: row.id,
    attempts: row.attempts,
    deliveredAt: result.state === 'delivered' ? now : null,
  }));
  const stored = await sql<{ id: string }>`${prepared}
    update delivery set state = done.state, claimed_until = null, last_status = done.status, last_error = done.error,
      next_attempt_at = done."nextAttemptAt", delivered_at = done."deliveredAt"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as done(org_id text, id text, attempts int, state text,
      status int, error text, "nextAttemptAt" timestamptz, "deliveredAt" timestamptz)
    where delivery.org_id = done.org_id and delivery.id = done.id and delivery.state = 'pending'
      and delivery.attempts = done.attempts
    returning delivery.id`.execute(db);
  const ids = new Set(stored.rows.map((row) => row.id));
  const arrived = attempts.filter(
    ({ row, missed, result }) => missed > 0 && result.state === 'delivered' && ids.has(row.id),
  );
  for (const { row } of arrived) {
    await sql`
      update delivery set gap_told = true where org_id = ${row.org_id} and order_key = ${row.order_key}
        and state = 'dead' and not gap_told and event_number < ${row.event_number}`.execute(db);
  }
  return attempts.map(({ row }) => ids.has(row.id));
}

/** Gives a claimed delivery back without an attempt. */
export async function releaseClaim(db: Db, row: DeliveryRow): Promise<void> {
  await sql`update delivery set claimed_until = null, attempts = attempts - 1
    where org_id = ${row.org_id} and id = ${row.id} and attempts = ${row.attempts}`.execute(db);
}

interface Overdue {
  readonly orgId: string;
  readonly deliveryId: string;
  readonly url: string;
}

/**
 * First deliveries of their key that are long due and that nobody works on: a crash between claim and record, or
 * between the record of one and the claim of the next. Counted as looked at, so that each is named once a while.
 */
export async function takeOverdue(db: Db, now: Date): Promise<readonly Overdue[]> {
  const before = new Date(now.getTime() - claimMs / 2);
  const found = await sql<Overdue>`
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

/** First ones of the rows of streams, likewise. The others of such a row are never looked at, however long it is. */
export async function takeOverdueOfStreams(db: Db, now: Date): Promise<readonly Overdue[]> {
  const before = new Date(now.getTime() - claimMs / 2);
  const found = await sql<Overdue>`
    update delivery set next_attempt_at = ${now} from (
      select head.org_id, head.id from event_stream stream cross join lateral (
        select * from delivery candidate
        where candidate.org_id = stream.org_id and candidate.order_key = 'stream:' || stream.id and state = 'pending'
        order by event_number limit 1) head
      where coalesce(head.next_attempt_at, head.created_at) < ${before}
        and (head.claimed_until is null or head.claimed_until < ${now})) overdue
    where delivery.org_id = overdue.org_id and delivery.id = overdue.id and delivery.state = 'pending'
    returning delivery.org_id as "orgId", delivery.id as "deliveryId", delivery.url`.execute(db);
  return found.rows;
}

const keptMs = 30 * 86_400_000;
/** Of everything that happened there is much. */
const streamedKeptMs = 3 * 86_400_000;

/** What arrived or was given up is shown for a month; what a stream took, for three days. */
export async function deleteOldDeliveries(db: Db, now: Date): Promise<void> {
  await sql`delete from delivery
    where created_at < ${new Date(now.getTime() - keptMs)} and state <> 'pending'`.execute(db);
  await sql`delete from delivery
    where created_at < ${new Date(now.getTime() - streamedKeptMs)} and state = 'delivered' and stream is not null`.execute(
    db,
  );
  await sql`delete from delivery
    where state = 'pending' and stream is not null and not exists (
      select from event_stream where event_stream.org_id = delivery.org_id and event_stream.id = delivery.stream)`.execute(
    db,
  );
}
