import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';

/**
 * Says that something which belongs to a blueprint, such as its scorecards, is another now, so that no process uses
 * what it compiled from the state before. The blueprint's row must be locked by `Blueprints.lock`.
 */
export async function refreshRevision(ctx: WriteContext, blueprint: string): Promise<void> {
  await sql`
    update blueprint set revision = nextval('blueprint_revision')
    where org_id = ${ctx.actor.orgId} and identifier = ${blueprint}`.execute(ctx.db);
}
