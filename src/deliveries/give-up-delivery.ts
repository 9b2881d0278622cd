import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { problem } from '#platform/problem.ts';
import { changeDelivery } from './change-delivery.ts';
import type { DeliveryRow } from './delivery-view.ts';

/** Lets those behind it go on; the sweep of overdue ones finds the next. */
export async function giveUpDelivery(ctx: WriteContext, input: { readonly id: string }): Promise<DeliveryRow> {
  return changeDelivery(ctx, {
    id: input.id,
    kind: 'delivery.given-up',
    set: sql`state = 'dead', next_attempt_at = null`,
    check({ id, state }) {
      if (state === 'pending') return;
      throw problem('conflict', 'delivery_over', 'This delivery arrived or was given up already.', { delivery: id });
    },
  });
}
