import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { notFound, problem } from '#platform/problem.ts';
import { type DeliveryRow, toWireDelivery } from './delivery-view.ts';

/** Lets those behind it go on; the sweep of overdue ones finds the next. */
export async function giveUpDelivery(ctx: WriteContext, input: { readonly id: string }): Promise<DeliveryRow> {
  authorize(ctx.actor, 'delivery.resend');
  const found = await sql<DeliveryRow>`
    select * from delivery where org_id = ${ctx.actor.orgId} and id = ${input.id} for update`.execute(ctx.db);
  const before = found.rows[0];
  if (before === undefined) throw notFound('delivery', input.id);
  if (before.claimed_until !== null && before.claimed_until > ctx.now) {
    throw problem('conflict', 'delivery_under_way', 'This delivery is being sent right now.', { delivery: input.id });
  }
  if (before.state !== 'pending') {
    throw problem('conflict', 'delivery_over', 'This delivery arrived or was given up already.', {
      delivery: input.id,
    });
  }
  const updated = await sql<DeliveryRow>`
    update delivery set state = 'dead', next_attempt_at = null, claimed_until = null
    where org_id = ${ctx.actor.orgId} and id = ${input.id} returning *`.execute(ctx.db);
  const after = updated.rows[0] ?? before;
  ctx.emit({
    kind: 'delivery.given-up',
    resource: 'delivery',
    action: 'UPDATE',
    subject: `delivery:${input.id}`,
    context: { delivery: input.id, ...(before.blueprint === null ? {} : { blueprint: before.blueprint }) },
    before: toWireDelivery(before),
    after: toWireDelivery(after),
  });
  return after;
}
