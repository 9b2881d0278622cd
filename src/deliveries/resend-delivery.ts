import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { changeDelivery } from './change-delivery.ts';
import type { DeliveryRow } from './delivery-view.ts';

/** Puts a dead or delivered delivery back on its way; the reader of its event enqueues the job. */
export async function resendDelivery(ctx: WriteContext, input: { readonly id: string }): Promise<DeliveryRow> {
  return changeDelivery(ctx, {
    id: input.id,
    kind: 'delivery.resent',
    set: sql`state = 'pending', attempts = 0, next_attempt_at = ${ctx.now}, gap_told = false`,
  });
}
