import type { Follower } from '#platform/commands/follower.ts';
import { isJsonObject, jsonEqual, type JsonObject } from '#platform/json.ts';
import { type RenamedKey, renamedKeyOf, renamedName, renameInRules } from '../rules/rename-in-rules.ts';
import { viewEvent } from './view-events.ts';
import { updateViewRow, viewsOfBlueprint } from './view-store.ts';

/** Views of a table go on showing a column, property or relation under its new key. */
export const viewRenames: Follower = {
  kinds: new Set(['blueprint.updated']),
  async follow(ctx, events) {
    for (const key of events.flatMap((event) => renamedKeyOf(event) ?? [])) {
      for (const view of await viewsOfBlueprint(ctx, key.blueprint)) {
        const state = renameInView(view.state, key);
        if (jsonEqual(state, view.state)) continue;
        const after = { ...view, state, version: view.version + 1, updatedAt: ctx.now, updatedBy: ctx.actor.id };
        await updateViewRow(ctx, after);
        ctx.emit(viewEvent(view, after));
      }
    }
  },
};

export function renameInView(state: JsonObject, key: RenamedKey): JsonObject {
  const { columns, sort, group, filter } = state;
  return {
    ...state,
    ...(Array.isArray(columns) ? { columns: columns.map((column: unknown) => renamedColumn(column, key)) } : {}),
    ...(typeof sort === 'string' ? { sort: sort === `-${key.from}` ? `-${key.to}` : renamedName(sort, key) } : {}),
    ...(group === undefined ? {} : { group: renamedName(group, key) }),
    ...(filter === undefined ? {} : { filter: renameInRules(filter, key) }),
  };
}

function renamedColumn(column: unknown, key: RenamedKey): unknown {
  return isJsonObject(column) ? { ...column, key: renamedName(column['key'], key) } : column;
}
