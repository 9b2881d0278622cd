import { authorize } from '#access/permissions.ts';
import type { Command } from '#platform/commands/write-context.ts';
import { problem } from '#platform/problem.ts';
import { bulkEvent } from './bulk-change-events.ts';
import { getBulk } from './bulk-change-queries.ts';
import type { BulkChange } from './bulk-change-rules.ts';
import { lockRunningBulk, storeStatus } from './bulk-change-store.ts';

/** No further batch is done; what was done stays. */
export const cancelBulk: Command<{ readonly id: string }, BulkChange> = async function cancelBulkCommand(ctx, { id }) {
  authorize(ctx.actor, 'catalog.read');
  await getBulk(ctx.db, ctx.actor, id);
  const one = await lockRunningBulk(ctx, id);
  if (one === null || one.status !== 'running') {
    throw problem('conflict', 'bulk_change_ended', `Bulk change "${id}" is not running, so it cannot be cancelled.`, {
      bulkChange: id,
    });
  }
  await storeStatus(ctx, id, 'cancelling');
  const after = { ...one, status: 'cancelling' } as const;
  ctx.emit(bulkEvent(one, after));
  return after;
};
