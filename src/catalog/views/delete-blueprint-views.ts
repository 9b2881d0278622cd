import type { BlueprintHook } from '../delete-blueprint.ts';
import { viewEvent } from './view-events.ts';
import { deleteViewRow, viewsOfBlueprint } from './view-store.ts';

/** Views of a table go with its blueprint. */
export const viewBlueprintHook: BlueprintHook = {
  async beforeDelete(ctx, blueprint) {
    for (const view of await viewsOfBlueprint(ctx, blueprint)) {
      await deleteViewRow(ctx, view.id);
      ctx.emit(viewEvent(view, null));
    }
  },
};
