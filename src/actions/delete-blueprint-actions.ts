import { sql } from 'kysely';
import { type BlueprintHook, blueprintHasDependents } from '#catalog/delete-blueprint.ts';
import type { ActionRow } from './action.ts';
import { followBlueprint } from './follow-blueprint.ts';
import { removeAction } from './action-store.ts';

/** Actions of a blueprint go with it when the caller says so; otherwise they keep it from being deleted. */
export const actionBlueprintHook: BlueprintHook = {
  async beforeDelete(ctx, blueprint, { deleteActions }) {
    const found = await sql<ActionRow>`
      select * from action where org_id = ${ctx.actor.orgId} and blueprint = ${blueprint}
      order by identifier for update`.execute(ctx.db);
    if (found.rows.length > 0 && !deleteActions) throw blueprintHasDependents(blueprint, 'actions');
    for (const row of found.rows) await removeAction(ctx, row);
  },
  onRename: followBlueprint,
};
