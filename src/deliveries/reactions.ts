import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import type { QueuedJob, Reader } from '#platform/events/reader.ts';
import { newId } from '#platform/ids.ts';
import { isJsonObject } from '#platform/json.ts';

export const deliverQueue = 'changelog-deliver';

export interface DeliverJob {
  readonly orgId: string;
  readonly deliveryId: string;
  /** More of the same endpoint: a job costs as much as sending a webhook. */
  readonly others?: readonly string[];
  /** Of all of them, where there are several. */
  readonly endpoint?: string;
}

/** Small enough that a slow endpoint ends a job in time. */
const deliveriesOfJob = 20;

/** Every change of a blueprint with a webhook destination, and of its entities, becomes a delivery. */
export const changelogReader: Reader = {
  name: 'deliveries.changelog',
  concerns: (event) =>
    event.resource === 'entity' || event.resource === 'blueprint' || event.kind === 'delivery.resent',
  handle: async (ctx, events) => {
    const resent = events.filter((event) => event.kind === 'delivery.resent');
    await ctx.enqueue<DeliverJob>(
      deliverQueue,
      resent.map((event) => ({ data: { orgId: ctx.orgId, deliveryId: String(event.context['delivery']) } })),
    );
    const changes = events.filter((event) => event.kind !== 'delivery.resent');
    const rows = changes.length === 0 ? [] : await deliveriesFor(ctx.db, ctx.orgId, changes);
    if (rows.length === 0) return;
    const inserted = await sql<{ id: string; url: string }>`
      insert into delivery (org_id, id, event_number, event_id, blueprint, entity, url, order_key, state,
                            next_attempt_at, created_at)
      select ${ctx.orgId}, row.id, row.number, row."eventId", row.blueprint, row.entity, row.url, row.key, 'pending',
             ${ctx.now}, ${ctx.now}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as row(id text, number bigint, "eventId" text, blueprint text, entity text, url text, key text)
      on conflict (org_id, event_number, url) do nothing returning id, url`.execute(ctx.db);
    await ctx.enqueue<DeliverJob>(deliverQueue, jobsFor(ctx.orgId, inserted.rows));
  },
};

function jobsFor(orgId: string, inserted: readonly { readonly id: string; readonly url: string }[]) {
  const jobs: QueuedJob<DeliverJob>[] = [];
  for (const [url, rows] of Map.groupBy(inserted, (row) => row.url)) {
    const endpoint = endpointGroup(url);
    const ids = rows.map(({ id }) => id);
    while (ids.length > 0) {
      const [deliveryId = '', ...others] = ids.splice(0, deliveriesOfJob);
      jobs.push({ data: { orgId, deliveryId, others, endpoint }, group: endpoint });
    }
  }
  return jobs;
}

/** Deliveries to one endpoint share a bounded number of connections; addresses may hold secrets, so it is hashed. */
export function endpointGroup(url: string): string {
  return createHash('sha256').update(url).digest('base64url');
}

async function deliveriesFor(
  db: Tx,
  orgId: string,
  changes: readonly LoggedEvent[],
): Promise<readonly Record<string, unknown>[]> {
  const destinations = await destinationsBefore(db, orgId, changes);
  return changes.flatMap((event) => {
    const blueprint = String(event.context.blueprint);
    if (event.resource === 'blueprint') {
      // Its own change is told to the destination it carries; a deletion, to the one it had.
      const url = webhookUrl((event.after ?? event.before)?.['changelogDestination']);
      destinations.set(blueprint, event.after === null ? undefined : url);
      return url === undefined ? [] : [deliveryOf(event, url)];
    }
    const url = destinations.get(blueprint);
    return url === undefined ? [] : [deliveryOf(event, url)];
  });
}

function deliveryOf(event: LoggedEvent, url: string): Record<string, unknown> {
  return {
    id: newId('dlv'),
    number: event.number,
    eventId: event.id,
    blueprint: String(event.context.blueprint),
    entity: event.context.entity ?? null,
    url,
    key: `${endpointGroup(url)}|${event.subject}`,
  };
}

/**
 * Where the changes of each blueprint's entities went just before the first of these events: as the log tells, since
 * the blueprint may have been changed or deleted while this reader was behind. What the log no longer holds is as now.
 */
async function destinationsBefore(
  db: Tx,
  orgId: string,
  events: readonly LoggedEvent[],
): Promise<Map<string, string | undefined>> {
  const blueprints = new Set(
    events.filter((event) => event.resource === 'entity').map((event) => String(event.context.blueprint)),
  );
  if (blueprints.size === 0) return new Map();
  const found = await sql<{ identifier: string; destination: unknown }>`${prepared}
    select wanted.identifier,
      case when known.number is null then blueprint.document::jsonb -> 'changelogDestination'
        else known.after -> 'changelogDestination' end as destination
    from unnest(${[...blueprints]}::text[]) as wanted(identifier)
    left join lateral (
      select number, after from event
      where org_id = ${orgId} and subject = 'blueprint:' || wanted.identifier and status = 'SUCCESS'
        and number < ${events[0]?.number ?? 0}
      order by number desc limit 1) known on true
    left join blueprint on blueprint.org_id = ${orgId} and blueprint.identifier = wanted.identifier`.execute(db);
  return new Map(found.rows.map((row) => [row.identifier, webhookUrl(row.destination)]));
}

function webhookUrl(destination: unknown): string | undefined {
  if (!isJsonObject(destination) || destination['type'] !== 'WEBHOOK' || destination['agent'] === true)
    return undefined;
  const { url } = destination;
  return typeof url === 'string' && url !== '' ? url : undefined;
}
