import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '#platform/db/handles.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import type { Reader } from '#platform/events/reader.ts';
import { newId } from '#platform/ids.ts';
import { isJsonObject } from '#platform/json.ts';

export const deliverQueue = 'changelog-deliver';

export interface DeliverJob {
  readonly orgId: string;
  readonly deliveryId: string;
}

/** Every change of a blueprint with a webhook destination, and of its entities, becomes a delivery. */
export const changelogReader: Reader = {
  name: 'deliveries.changelog',
  handle: async (ctx, events) => {
    await ctx.enqueue<DeliverJob>(
      deliverQueue,
      events
        .filter((event) => event.kind === 'delivery.resent')
        .map((event) => ({ data: { orgId: ctx.orgId, deliveryId: String(event.context['delivery']) } })),
    );
    const changes = events.filter((event) => event.resource === 'entity' || event.resource === 'blueprint');
    if (changes.length === 0) return;
    const destinations = await destinationsOf(ctx.db, ctx.orgId, changes);
    const rows = changes.flatMap((event) => {
      const url = ownDestination(event) ?? destinations.get(String(event.context.blueprint));
      return url === undefined ? [] : [deliveryOf(event, url)];
    });
    if (rows.length === 0) return;
    const inserted = await sql<{ id: string }>`
      insert into delivery (org_id, id, event_number, event_id, blueprint, entity, url, order_key, state,
                            next_attempt_at, created_at)
      select ${ctx.orgId}, row.id, row.number, row."eventId", row.blueprint, row.entity, row.url, row.key, 'pending',
             ${ctx.now}, ${ctx.now}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as row(id text, number bigint, "eventId" text, blueprint text, entity text, url text, key text)
      on conflict (org_id, event_number, url) do nothing returning id`.execute(ctx.db);
    await ctx.enqueue<DeliverJob>(
      deliverQueue,
      inserted.rows.map((row) => ({ data: { orgId: ctx.orgId, deliveryId: row.id } })),
    );
  },
};

function deliveryOf(event: LoggedEvent, url: string): Record<string, unknown> {
  return {
    id: newId('dlv'),
    number: event.number,
    eventId: event.id,
    blueprint: String(event.context.blueprint),
    entity: event.context.entity ?? null,
    url,
    key: `${createHash('sha256').update(url).digest('base64url')}|${event.subject}`,
  };
}

/** A blueprint's own event carries its destination, also when it was just deleted or has just gained one. */
function ownDestination(event: LoggedEvent): string | undefined {
  return event.resource === 'blueprint'
    ? webhookUrl((event.after ?? event.before)?.['changelogDestination'])
    : undefined;
}

async function destinationsOf(
  db: Tx,
  orgId: string,
  events: readonly LoggedEvent[],
): Promise<ReadonlyMap<string, string>> {
  const blueprints = [
    ...new Set(events.filter((event) => event.resource === 'entity').map((event) => String(event.context.blueprint))),
  ];
  if (blueprints.length === 0) return new Map();
  const found = await sql<{ identifier: string; destination: unknown }>`
    select identifier, document -> 'changelogDestination' as destination from blueprint
    where org_id = ${orgId} and identifier = any(${blueprints}::text[])`.execute(db);
  return new Map(
    found.rows.flatMap((row) => {
      const url = webhookUrl(row.destination);
      return url === undefined ? [] : [[row.identifier, url] as const];
    }),
  );
}

function webhookUrl(destination: unknown): string | undefined {
  if (!isJsonObject(destination) || destination['type'] !== 'WEBHOOK' || destination['agent'] === true)
    return undefined;
  const { url } = destination;
  return typeof url === 'string' && url !== '' ? url : undefined;
}
