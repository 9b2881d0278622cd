import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import { checkVersion } from '#catalog/check-version.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { maskUrl } from '#platform/egress/mask-url.ts';
import type { Document } from '#platform/events/event.ts';
import { newId } from '#platform/ids.ts';
import { problem } from '#platform/problem.ts';
import type { WireStream } from './contract.ts';
import { type EventStream, lockStream, streamOf, streamPlace } from './stream-store.ts';

const most = 10;

interface StreamBody {
  readonly title: string;
  readonly url: string;
}

/** From here on everything that happens is told to the address. */
export function createStream(box: SecretBox): Command<StreamBody, WireStream> {
  return async function createStreamCommand(ctx, { title, url }) {
    authorize(ctx.actor, 'organisation.manage');
    assertAddress(url);
    const { orgId } = ctx.actor;
    await sql`select 1 from organisation where id = ${orgId} for no key update`.execute(ctx.db);
    const found = await sql<{ count: number; last: number }>`
      select count(*)::int as count, coalesce((select last from event_counter where org_id = ${orgId}), 0) as last
      from event_stream where org_id = ${orgId}`.execute(ctx.db);
    const { count = 0, last = 0 } = found.rows[0] ?? {};
    if (count >= most) {
      throw problem('limited', 'too_many_event_streams', `There are up to ${most} event streams. Remove one first.`);
    }
    const id = newId('stream');
    await sql`
      insert into event_stream (org_id, id, title, sealed_url, shown_url, from_number, created_at, created_by,
        updated_at, updated_by)
      values (${orgId}, ${id}, ${title}, ${box.seal(url, streamPlace(orgId, id))}, ${maskUrl(url)}, ${last},
        ${ctx.now}, ${ctx.actor.id}, ${ctx.now}, ${ctx.actor.id})`.execute(ctx.db);
    return announce(ctx, null, id);
  };
}

interface StreamChange {
  readonly id: string;
  readonly body: Partial<StreamBody>;
  readonly expectedVersion: number | null;
}

/** What waits already goes to the new address, too. */
export function changeStream(box: SecretBox): Command<StreamChange, WireStream> {
  return maybeSilent(async function changeStreamCommand(
    ctx: WriteContext,
    { id, body, expectedVersion }: StreamChange,
  ) {
    const before = await load(ctx, id, expectedVersion);
    const { orgId } = ctx.actor;
    const { title = before.title } = body;
    const former = box.open(before.sealedUrl, streamPlace(orgId, id));
    const { url = former } = body;
    assertAddress(url);
    if (title === before.title && url === former) return streamOf(ctx.db, orgId, id);
    const sealed = url === former ? before.sealedUrl : box.seal(url, streamPlace(orgId, id));
    await sql`
      update event_stream set title = ${title}, sealed_url = ${sealed}, shown_url = ${maskUrl(url)},
        version = version + 1, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}
      where org_id = ${orgId} and id = ${id}`.execute(ctx.db);
    return announce(ctx, before, id);
  });
}

export async function deleteStream(
  ctx: WriteContext,
  { id, expectedVersion }: Omit<StreamChange, 'body'>,
): Promise<void> {
  const before = await load(ctx, id, expectedVersion);
  await sql`delete from event_stream where org_id = ${before.orgId} and id = ${id}`.execute(ctx.db);
  emit(ctx, logged(before), null);
}

async function load(ctx: WriteContext, id: string, expectedVersion: number | null): Promise<EventStream> {
  authorize(ctx.actor, 'organisation.manage');
  const stream = await lockStream(ctx.db, ctx.actor.orgId, id);
  checkVersion('event stream', stream.version, expectedVersion);
  return stream;
}

async function announce(ctx: WriteContext, before: EventStream | null, id: string): Promise<WireStream> {
  const after = await streamOf(ctx.db, ctx.actor.orgId, id);
  emit(ctx, before === null ? null : logged(before), { id, title: after.title, endpoint: after.endpoint });
  return after;
}

const logged = ({ id, title, shownUrl }: EventStream): Document => ({ id, title, endpoint: shownUrl });

const verbs = { CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted' } as const;

function emit(ctx: WriteContext, before: Document | null, after: Document | null): void {
  const action = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';
  const stream = String((after ?? before)?.['id']);
  ctx.emit({
    kind: `event-stream.${verbs[action]}`,
    resource: 'event-stream',
    action,
    subject: `event-stream:${stream}`,
    context: { stream },
    before,
    after,
  });
}

/** Whether it may be reached is asked at each call; here, whether it is an address at all. */
function assertAddress(text: string): void {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return;
  throw problem('invalid', 'invalid_request', 'The address has to begin with https:// or http://.', { field: 'url' });
}
