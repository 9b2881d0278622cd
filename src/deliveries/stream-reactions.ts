import { sql } from 'kysely';
import type { Reader } from '#platform/events/reader.ts';
import { newId } from '#platform/ids.ts';
import { type DeliverJob, deliverQueue, endpointGroup } from './reactions.ts';
import { streamKey } from './stream-store.ts';

interface Told {
  readonly id: string;
  readonly stream: string;
}

/**
 * Whatever happens becomes a delivery to each stream of the organisation. One job for each stream and batch is enough:
 * whoever sends the first goes on with the next, and a first that waits behind others is taken by who sends those.
 */
export const streamReader: Reader = {
  name: 'deliveries.streams',
  handle: async (ctx, events) => {
    const found = await sql<{ id: string; from: number }>`
      select id, from_number as "from" from event_stream where org_id = ${ctx.orgId} order by id`.execute(ctx.db);
    const rows = found.rows.flatMap((stream) =>
      events
        .filter((event) => event.number > stream.from)
        .map(({ number, id: eventId, kind, context }) => ({
          id: newId('dlv'),
          stream: stream.id,
          key: streamKey(stream.id),
          number,
          eventId,
          kind,
          blueprint: context.blueprint ?? null,
          entity: context.entity ?? null,
        })),
    );
    if (rows.length === 0) return;
    const inserted = await sql<Told>`
      insert into delivery (org_id, id, event_number, event_id, blueprint, entity, url, order_key, state, created_at,
                            stream, kind)
      select ${ctx.orgId}, row.id, row.number, row."eventId", row.blueprint, row.entity, row.key, row.key, 'pending',
             ${ctx.now}, row.stream, row.kind
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(id text, stream text, key text, number bigint,
        "eventId" text, kind text, blueprint text, entity text)
      on conflict (org_id, event_number, url) do nothing returning id, stream`.execute(ctx.db);
    const made = new Set(inserted.rows.map(({ id }) => id));
    const first = new Map(
      rows
        .filter(({ id }) => made.has(id))
        .toReversed()
        .map((row) => [row.stream, row]),
    );
    await ctx.enqueue<DeliverJob>(
      deliverQueue,
      [...first.values()].map((row) => ({
        data: { orgId: ctx.orgId, deliveryId: row.id },
        group: endpointGroup(row.key),
      })),
    );
  },
};
