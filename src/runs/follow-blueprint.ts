import { sql } from 'kysely';
import type { BlueprintHook } from '#catalog/delete-blueprint.ts';

/** Runs stay those of their entities when a blueprint gets another name; what they were asked for stays as it was. */
export const runBlueprintHook: BlueprintHook = {
  beforeDelete: async () => undefined,
  async onRename(ctx, { from, to }) {
    await sql`
      update run set blueprint = ${to} where org_id = ${ctx.actor.orgId} and blueprint = ${from}`.execute(ctx.db);
    return [];
  },
};
