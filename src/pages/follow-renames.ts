import { renamedKeyOf } from '#catalog/rules/rename-in-rules.ts';
import type { Follower } from '#platform/commands/follower.ts';
import { jsonEqual } from '#platform/json.ts';
import { pageEvent } from './page-events.ts';
import { pagesNaming } from './page-queries.ts';
import { updatePage } from './page-store.ts';
import { renameInPage } from './rename-in-widgets.ts';

/** Widgets go on showing a property or relation under its new key. */
export const pageRenames: Follower = {
  kinds: new Set(['blueprint.updated']),
  async follow(ctx, events) {
    for (const key of events.flatMap((event) => renamedKeyOf(event) ?? [])) {
      for (const before of await pagesNaming(ctx.db, ctx.actor.orgId, key.from)) {
        const document = renameInPage(before, key);
        if (jsonEqual(document, before.document)) continue;
        const { identifier, type, blueprint, version } = before;
        await updatePage(ctx, before, { type, blueprint, document });
        const after = { ...before, document, version: version + 1, updatedAt: ctx.now, updatedBy: ctx.actor.id };
        ctx.emit(pageEvent(identifier, { before, after }));
      }
    }
  },
};
