import { sql } from 'kysely';
import {
  type Mention,
  mentionsOf,
  type RenamedBlueprint,
  renameInObject,
} from '#catalog/rename/rename-in-documents.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual, type JsonObject } from '#platform/json.ts';
import { storeFollowing } from './action-store.ts';
import type { ActionRow } from './action.ts';

/** Actions of a renamed blueprint, and those that write or choose its entities, follow; their permissions too. */
export async function followBlueprint(ctx: WriteContext, rename: RenamedBlueprint): Promise<readonly Mention[]> {
  const { orgId } = ctx.actor;
  const actions = await sql<ActionRow>`
    select * from action where org_id = ${orgId} and position(${rename.from} in document::text) > 0
    order by identifier for update`.execute(ctx.db);
  const mentions: Mention[] = [];
  for (const row of actions.rows) {
    const document = renameInObject(row.document, rename);
    mentions.push(...mentionsOf('action', row.identifier, document, rename));
    if (!jsonEqual(document, row.document)) await storeFollowing(ctx, row, document);
  }
  return [...mentions, ...(await followPermissions(ctx, rename))];
}

async function followPermissions(ctx: WriteContext, rename: RenamedBlueprint): Promise<readonly Mention[]> {
  const { orgId } = ctx.actor;
  const found = await sql<{ action: string; document: JsonObject }>`
    select action, document from action_permissions
    where org_id = ${orgId} and position(${rename.from} in document::text) > 0 order by action for update`.execute(
    ctx.db,
  );
  const mentions: Mention[] = [];
  for (const { action, document } of found.rows) {
    const next = renameInObject(document, rename);
    mentions.push(...mentionsOf('permissions of action', action, next, rename));
    if (jsonEqual(next, document)) continue;
    await sql`
      update action_permissions set document = ${JSON.stringify(next)}::jsonb
      where org_id = ${orgId} and action = ${action}`.execute(ctx.db);
  }
  return mentions;
}
