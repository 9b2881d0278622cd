import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db } from '#platform/db/handles.ts';
import { newId } from '#platform/ids.ts';
import { notFound, problem } from '#platform/problem.ts';

export interface RelayChannel {
  readonly org_id: string;
  readonly id: string;
  readonly key: string;
}

/** A request as received: not a change of anything, so it is no event. */
export interface RelayRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** Kept until it is answered, but no more than this many a channel: a forgotten channel must not fill the disk. */
const mostWaiting = 1_000;
const mostWaitingBytes = 64 * 2 ** 20;
const keptMs = 86_400_000;

export async function createRelayChannel(ctx: WriteContext): Promise<RelayChannel> {
  authorize(ctx.actor, 'relay.use');
  const channel = { org_id: ctx.actor.orgId, id: newId('relay'), key: randomBytes(24).toString('base64url') };
  await sql`insert into relay_channel (org_id, id, key, created_at, created_by)
    values (${channel.org_id}, ${channel.id}, ${channel.key}, ${ctx.now}, ${ctx.actor.id})`.execute(ctx.db);
  ctx.emit({
    kind: 'relay-channel.created',
    resource: 'relay-channel',
    action: 'CREATE',
    subject: `relay-channel:${channel.id}`,
    context: { relayChannel: channel.id },
    before: null,
    after: { id: channel.id },
  });
  return channel;
}

export async function relayChannel(db: Db, orgId: string, id: string): Promise<RelayChannel> {
  const found = await sql<RelayChannel>`
    select org_id, id, key from relay_channel where org_id = ${orgId} and id = ${id}`.execute(db);
  const channel = found.rows[0];
  if (channel === undefined) throw notFound('relay channel', id);
  return channel;
}

export async function relayChannelByKey(db: Db, key: string): Promise<RelayChannel> {
  const found = await sql<RelayChannel>`select org_id, id, key from relay_channel where key = ${key}`.execute(db);
  const channel = found.rows[0];
  if (channel === undefined) throw problem('not-found', 'not_found', 'There is no relay channel at this address.');
  return channel;
}

export async function storeRelayRequest(
  db: Db,
  channel: RelayChannel,
  request: Omit<RelayRequest, 'id'>,
  now: Date,
): Promise<string> {
  const waiting = await sql<{ requests: number; bytes: number }>`
    select count(*)::int as requests, coalesce(sum(octet_length(body)), 0)::float8 as bytes from relay_request
    where org_id = ${channel.org_id} and channel_id = ${channel.id} and answered_status is null`.execute(db);
  const { requests = 0, bytes = 0 } = waiting.rows[0] ?? {};
  if (requests >= mostWaiting || bytes + request.body.length > mostWaitingBytes) {
    throw problem(
      'limited',
      'relay_channel_full',
      'Nobody listens to this channel, and it holds as many requests as it may.',
      {
        retryAfterSeconds: 60,
      },
    );
  }
  const id = newId('relayed');
  // The channel is locked while the request gets its sequence: whoever follows by sequence must not meet 6 before 5.
  await sql`
    insert into relay_request (org_id, channel_id, id, method, path, query, headers, body, received_at)
    select org_id, id, ${id}, ${request.method}, ${request.path}, ${request.query},
           ${JSON.stringify(request.headers)}::jsonb, ${request.body}::bytea, ${now}::timestamptz
    from (select org_id, id from relay_channel where org_id = ${channel.org_id} and id = ${channel.id} for update)
      channel`.execute(db);
  return id;
}

export interface StoredRelayRequest extends RelayRequest {
  readonly sequence: number;
}

/** What nobody has answered yet, in the order it came. */
export async function unansweredRequests(
  db: Db,
  channel: RelayChannel,
  after: number,
): Promise<readonly StoredRelayRequest[]> {
  const found = await sql<StoredRelayRequest>`
    select sequence, id, method, path, query, headers, body from relay_request
    where org_id = ${channel.org_id} and channel_id = ${channel.id} and sequence > ${after} and answered_status is null
    order by sequence limit 50`.execute(db);
  return found.rows;
}

export async function answerRelayRequest(db: Db, channel: RelayChannel, id: string, status: number): Promise<void> {
  const updated = await sql`
    update relay_request set answered_status = ${status}, body = '' where org_id = ${channel.org_id}
      and channel_id = ${channel.id} and id = ${id} returning 1`.execute(db);
  if (updated.rows.length === 0) throw notFound('relay request', id);
}

export async function deleteOldRelayRequests(db: Db, now: Date): Promise<void> {
  await sql`delete from relay_request where received_at < ${new Date(now.getTime() - keptMs)}`.execute(db);
}
