import { jsonEqual } from '#platform/json.ts';
import { renameInObject } from '../rename/rename-in-documents.ts';
import type { BlueprintHook } from '../delete-blueprint.ts';
import { viewEvent } from './view-events.ts';
import { deleteViewRow, updateViewRow, viewsOfBlueprint } from './view-store.ts';

/** Views of a table go with its blueprint. */
export const viewBlueprintHook: BlueprintHook = {
  async beforeDelete(ctx, blueprint) {
    for (const view of await viewsOfBlueprint(ctx, blueprint)) {
      await deleteViewRow(ctx, view.id);
      ctx.emit(viewEvent(view, null));
    }
  },
  async onRename(ctx, rename) {
    for (const view of await viewsOfBlueprint(ctx, rename.to)) {
      const state = renameInObject(view.state, rename);
      if (jsonEqual(state, view.state)) continue;
      const after = { ...view, state, version: view.version + 1, updatedAt: ctx.now, updatedBy: ctx.actor.id };
      await updateViewRow(ctx, after);
      ctx.emit(viewEvent(view, after));
    }
    return [];
  },
};
