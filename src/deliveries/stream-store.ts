import { sql } from 'kysely';
import type { SecretBox, SecretPlace } from '#platform/crypto/secret-box.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import type { WireStream } from './contract.ts';

export interface EventStream {
  readonly orgId: string;
  readonly id: string;
  readonly title: string;
  readonly sealedUrl: string;
  readonly shownUrl: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

const columns = sql`stream.org_id as "orgId", stream.id, stream.title, stream.sealed_url as "sealedUrl",
  stream.shown_url as "shownUrl", stream.version, stream.created_at as "createdAt", stream.created_by as "createdBy",
  stream.updated_at as "updatedAt", stream.updated_by as "updatedBy"`;

export function streamPlace(orgId: string, id: string): SecretPlace {
  return { orgId, name: `event-stream/${id}` };
}

/** Everything told to a stream waits in one row. */
export function streamKey(id: string): string {
  return `stream:${id}`;
}

export async function lockStream(tx: Tx, orgId: string, id: string): Promise<EventStream> {
  const found = await sql<EventStream>`
    select ${columns} from event_stream stream where org_id = ${orgId} and id = ${id} for update`.execute(tx);
  const [stream] = found.rows;
  if (stream === undefined) throw notFound('eventStream', id);
  return stream;
}

/** Where it is now, also for what waited while the address was another; null when there is no such stream any more. */
export async function streamAddress(db: Db, box: SecretBox, orgId: string, id: string): Promise<string | null> {
  const found = await sql<{ sealed: string }>`
    select sealed_url as sealed from event_stream where org_id = ${orgId} and id = ${id}`.execute(db);
  const [row] = found.rows;
  return row === undefined ? null : box.open(row.sealed, streamPlace(orgId, id));
}

type Failing = WireStream['failing'];
interface StreamWithState extends EventStream {
  readonly waiting: number;
  readonly givenUp: number;
  readonly lastDelivered: WireStream['lastDelivered'];
  readonly failing: Failing;
}

/** More are not counted. */
const mostCounted = 10_000;

/** With how far each is; one of them when it is named. */
export async function streamsOf(db: Db | Tx, orgId: string, id?: string): Promise<readonly WireStream[]> {
  const found = await sql<StreamWithState>`
    select ${columns},
      (select count(*)::int from (select from delivery where org_id = ${orgId} and order_key = 'stream:' || stream.id
        and state = 'pending' limit ${mostCounted}) counted) as waiting,
      (select count(*)::int from (select from delivery where org_id = ${orgId} and order_key = 'stream:' || stream.id
        and state = 'dead' limit ${mostCounted}) counted) as "givenUp",
      (select jsonb_build_object('eventNumber', event_number, 'at', delivered_at) from delivery
        where org_id = ${orgId} and stream = stream.id and state = 'delivered' order by event_number desc limit 1)
        as "lastDelivered",
      case when head.last_error is not null then jsonb_build_object('delivery', head.id,
        'eventNumber', head.event_number, 'attempts', head.attempts, 'status', head.last_status,
        'error', head.last_error, 'nextAttemptAt', head.next_attempt_at) end as failing
    from event_stream stream
    left join lateral (
      select * from delivery where org_id = ${orgId} and order_key = 'stream:' || stream.id and state = 'pending'
      order by event_number limit 1) head on true
    where stream.org_id = ${orgId} and (${id ?? null}::text is null or stream.id = ${id ?? null})
    order by stream.created_at, stream.id`.execute(db);
  return found.rows.map(toWireStream);
}

export async function streamOf(db: Db | Tx, orgId: string, id: string): Promise<WireStream> {
  const [stream] = await streamsOf(db, orgId, id);
  if (stream === undefined) throw notFound('eventStream', id);
  return stream;
}

function toWireStream(row: StreamWithState): WireStream {
  const { id, title, shownUrl, version, createdAt, createdBy, updatedAt, updatedBy } = row;
  const { waiting, givenUp, lastDelivered, failing } = row;
  return {
    id,
    title,
    endpoint: shownUrl,
    version,
    createdAt: createdAt.toISOString(),
    createdBy,
    updatedAt: updatedAt.toISOString(),
    updatedBy,
    waiting,
    givenUp,
    lastDelivered: lastDelivered === null ? null : { ...lastDelivered, at: isoOf(lastDelivered.at) },
    failing:
      failing === null
        ? null
        : { ...failing, nextAttemptAt: failing.nextAttemptAt === null ? null : isoOf(failing.nextAttemptAt) },
  };
}

/** PostgreSQL writes instants in JSON in its own form. */
const isoOf = (text: string): string => new Date(text).toISOString();
