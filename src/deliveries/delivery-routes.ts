import { type RawBuilder, sql } from 'kysely';
import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import { loadVisibility } from '#catalog/visibility-queries.ts';
import type { Db } from '#platform/db/handles.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { type DeliveryRow, toWireDelivery } from './delivery-view.ts';
import { giveUpDelivery } from './give-up-delivery.ts';
import { resendDelivery } from './resend-delivery.ts';

const listQuery = Type.Object({
  state: Type.Optional(Type.String()),
  blueprint: Type.Optional(Type.String()),
  stream: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  from: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
});
const deliveryParams = Type.Object({ delivery: Type.String() });
const defaultLimit = 50;

export function deliveryRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/deliveries',
      summary: 'List deliveries to webhooks of blueprints, or those of one event stream, newest change first',
      tag: 'Deliveries',
      access: 'known',
      request: { query: listQuery },
      handle: async ({ actor, query }) => {
        authorize(actor, query.stream === undefined ? 'delivery.read' : 'organisation.manage');
        const limit = query.limit ?? defaultLimit;
        const { names } = await loadVisibility(db, actor);
        const rules: RawBuilder<unknown>[] = [
          sql`org_id = ${actor.orgId}`,
          names(sql`delivery.blueprint`, sql`delivery.entity`),
          query.stream === undefined ? sql`stream is null` : sql`stream = ${query.stream}`,
        ];
        if (query.state !== undefined) rules.push(stateRule(query.state));
        if (query.blueprint !== undefined) rules.push(sql`blueprint = ${query.blueprint}`);
        if (query.from !== undefined) rules.push(sql`event_number < ${query.from}`);
        const found = await sql<DeliveryRow>`select delivery.*, (
            select shown_url from event_stream
            where event_stream.org_id = delivery.org_id and event_stream.id = delivery.stream) as shown_url
          from delivery where ${sql.join(rules, sql` and `)}
          order by event_number desc, id limit ${limit}`.execute(db);
        const last = found.rows.length === limit ? found.rows.at(-1)?.event_number : undefined;
        return ok({
          deliveries: found.rows.map(toWireDelivery),
          ...(last === undefined ? {} : { next: String(last) }),
        });
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/deliveries/:delivery/resend',
      summary: 'Send a delivery again',
      tag: 'Deliveries',
      access: 'known',
      request: { params: deliveryParams },
      statuses: [403, 404, 409],
      handle: async ({ params, execute }) =>
        ok({ delivery: toWireDelivery(await execute(resendDelivery, { id: params.delivery })) }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/deliveries/:delivery/give-up',
      summary: 'Give a delivery up, so that those behind it go on',
      tag: 'Deliveries',
      access: 'known',
      request: { params: deliveryParams },
      statuses: [403, 404, 409],
      handle: async ({ params, execute }) =>
        ok({ delivery: toWireDelivery(await execute(giveUpDelivery, { id: params.delivery })) }),
    }),
  ];
}

function stateRule(state: string): RawBuilder<unknown> {
  if (state === 'failed') return sql`state = 'pending' and last_error is not null`;
  if (state === 'pending') return sql`state = 'pending' and last_error is null`;
  return sql`state = ${state}`;
}
