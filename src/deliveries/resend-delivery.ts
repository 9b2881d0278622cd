import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { notFound, problem } from '#platform/problem.ts';
import { type DeliveryRow, toWireDelivery } from './delivery-view.ts';

/** Puts a dead or delivered delivery back on its way; the reader of its event enqueues the job. */
export async function resendDelivery(ctx: WriteContext, input: { readonly id: string }): Promise<DeliveryRow> {
  authorize(ctx.actor, 'delivery.resend');
  const found = await sql<DeliveryRow>`
    select * from delivery where org_id = ${ctx.actor.orgId} and id = ${input.id} for update`.execute(ctx.db);
  const before = found.rows[0];
  if (before === undefined) throw notFound('delivery', input.id);
  if (before.claimed_until !== null && before.claimed_until > ctx.now) {
    throw problem('conflict', 'delivery_under_way', 'This delivery is being sent right now.', { delivery: input.id });
  }
  const updated = await sql<DeliveryRow>`
    update delivery set state = 'pending', attempts = 0, next_attempt_at = ${ctx.now}, claimed_until = null, gap_told = false
    where org_id = ${ctx.actor.orgId} and id = ${input.id} returning *`.execute(ctx.db);
  const after = updated.rows[0] ?? before;
  ctx.emit({
    kind: 'delivery.resent',
    resource: 'delivery',
    action: 'UPDATE',
    subject: `delivery:${input.id}`,
    context: { delivery: input.id, ...(before.blueprint === null ? {} : { blueprint: before.blueprint }) },
    before: toWireDelivery(before),
    after: toWireDelivery(after),
  });
  return after;
}
