import { sql } from 'kysely';
import type { BlueprintHook } from '#catalog/delete-blueprint.ts';
import { type Mention, mentionsOf, renameInObject } from '#catalog/rename/rename-in-documents.ts';
import { jsonEqual } from '#platform/json.ts';
import type { PipelineRow } from './pipeline.ts';
import { updatePipeline } from './pipeline-store.ts';

/** Triggers and stages go on watching a blueprint under its new name, as a new revision of their pipeline. */
export const pipelineBlueprintHook: BlueprintHook = {
  beforeDelete: async () => undefined,
  async onRename(ctx, rename) {
    const found = await sql<PipelineRow>`
      select * from pipeline where org_id = ${ctx.actor.orgId} and position(${rename.from} in document::text) > 0
      order by id for update`.execute(ctx.db);
    const mentions: Mention[] = [];
    for (const before of found.rows) {
      const document = renameInObject(before.document, rename);
      mentions.push(...mentionsOf('pipeline', before.name, document, rename));
      if (!jsonEqual(document, before.document)) await updatePipeline(ctx, before, { document });
    }
    return mentions;
  },
};
