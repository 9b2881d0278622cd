import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { JsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import { askToCancel, type Ending, endMigration } from './migration-store.ts';

export const finishMigration: Command<Ending, void> = maybeSilent(async function finishMigrationCommand(
  ctx: WriteContext,
  ending: Ending,
) {
  await endMigration(ctx, ending);
});

/** Stops a running migration after its step. Who may change blueprints may stop what changes their entities. */
export const cancelMigration: Command<{ readonly id: string; readonly reason: string | null }, JsonObject> =
  async function cancelMigrationCommand(ctx, { id, reason }) {
    authorize(ctx.actor, 'blueprint.write', {});
    const asked = await askToCancel(ctx, id, reason);
    if (asked !== null) return asked;
    throw problem('conflict', 'migration_ended', `Migration "${id}" is not running, so it cannot be cancelled.`, {
      resource: 'migration',
      identifier: id,
    });
  };
