import { type RawBuilder, sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { notFound, problem } from '#platform/problem.ts';
import { type DeliveryRow, toWireDelivery } from './delivery-view.ts';

interface DeliveryChange {
  readonly id: string;
  readonly kind: 'delivery.resent' | 'delivery.given-up';
  /** Columns and what they become. */
  readonly set: RawBuilder<unknown>;
  /** Refuses what may not be changed so. */
  readonly check?: (delivery: DeliveryRow) => void;
}

/** Changes a delivery by hand and announces it, unless it is being sent right now. */
export async function changeDelivery(ctx: WriteContext, change: DeliveryChange): Promise<DeliveryRow> {
  const { id, kind } = change;
  authorize(ctx.actor, 'delivery.resend');
  const found = await sql<DeliveryRow>`
    select * from delivery where org_id = ${ctx.actor.orgId} and id = ${id} for update`.execute(ctx.db);
  const before = found.rows[0];
  if (before === undefined) throw notFound('delivery', id);
  if (before.claimed_until !== null && before.claimed_until > ctx.now) {
    throw problem('conflict', 'delivery_under_way', 'This delivery is being sent right now.', { delivery: id });
  }
  change.check?.(before);
  const updated = await sql<DeliveryRow>`
    update delivery set ${change.set}, claimed_until = null
    where org_id = ${ctx.actor.orgId} and id = ${id} returning *`.execute(ctx.db);
  const after = updated.rows[0] ?? before;
  ctx.emit({
    kind,
    resource: 'delivery',
    action: 'UPDATE',
    subject: `delivery:${id}`,
    context: { delivery: id, ...(before.blueprint === null ? {} : { blueprint: before.blueprint }) },
    before: toWireDelivery(before),
    after: toWireDelivery(after),
  });
  return after;
}
