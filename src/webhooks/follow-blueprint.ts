import { sql } from 'kysely';
import type { BlueprintHook } from '#catalog/delete-blueprint.ts';
import { type Mention, mentionsOf, renameInObject } from '#catalog/rename/rename-in-documents.ts';
import { jsonEqual } from '#platform/json.ts';
import { webhookEvent } from './webhook-events.ts';
import { getWebhook, lockWebhook } from './webhook-queries.ts';

/** Mappings go on writing entities of a blueprint under its new name; their expressions are whoever wrote them's. */
export const webhookBlueprintHook: BlueprintHook = {
  beforeDelete: async () => undefined,
  async onRename(ctx, rename) {
    const { orgId, id } = ctx.actor;
    const found = await sql<{ identifier: string }>`
      select identifier from incoming_webhook
      where org_id = ${orgId} and position(${rename.from} in document::text) > 0 order by identifier`.execute(ctx.db);
    const mentions: Mention[] = [];
    for (const { identifier } of found.rows) {
      const before = await lockWebhook(ctx.db, orgId, identifier);
      const document = { ...before.document, mappings: renameInObject(before.document.mappings, rename) };
      mentions.push(...mentionsOf('webhook', identifier, document, rename));
      if (jsonEqual(document, before.document)) continue;
      await sql`
        update incoming_webhook set document = ${JSON.stringify(document)}::json, version = version + 1,
          updated_at = ${ctx.now}, updated_by = ${id}
        where org_id = ${orgId} and identifier = ${identifier}`.execute(ctx.db);
      ctx.emit(webhookEvent(before, await getWebhook(ctx.db, orgId, identifier)));
    }
    return mentions;
  },
};
