import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { newId } from '#platform/ids.ts';
import { type JsonObject, jsonEqual } from '#platform/json.ts';
import { missingPermission, problem } from '#platform/problem.ts';
import { type Blueprints, refuseUnknown } from '../blueprint-queries.ts';
import { checkVersion } from '../check-version.ts';
import { loadVisibility } from '../visibility-queries.ts';
import { viewEvent } from './view-events.ts';
import { countOwnViews, deleteViewRow, insertView, lockView, updateViewRow } from './view-store.ts';
import { checkViewState, mayChangeView, type View, type ViewBody, viewLimit, type ViewPatch } from './view-rules.ts';

interface Named {
  readonly blueprint: string;
  readonly id: string;
  readonly expectedVersion: number | null;
}

export function createView(
  blueprints: Blueprints,
): Command<{ readonly blueprint: string; readonly body: ViewBody }, View> {
  return async function createViewCommand(ctx, { blueprint, body }) {
    authorize(ctx.actor, 'catalog.read');
    await holdReadable(ctx, blueprints, blueprint);
    const state = body.state as JsonObject;
    checkViewState(state);
    if ((await countOwnViews(ctx, blueprint)) >= viewLimit) {
      throw problem('conflict', 'too_many_views', `One person may keep ${viewLimit} views of a table.`, { blueprint });
    }
    const made = { createdAt: ctx.now, createdBy: ctx.actor.id, updatedAt: ctx.now, updatedBy: ctx.actor.id };
    const { title, shared = false } = body;
    const view: View = { id: newId('view'), blueprint, title: title.trim(), shared, state, version: 1, ...made };
    await insertView(ctx, view);
    ctx.emit(viewEvent(null, view));
    return view;
  };
}

/** Changes only what is given. */
export function updateView(blueprints: Blueprints): Command<Named & { readonly patch: ViewPatch }, View> {
  return maybeSilent(async function updateViewCommand(ctx: WriteContext, input: Named & { readonly patch: ViewPatch }) {
    const { title, shared, state } = input.patch;
    const before = await lockChangeable(ctx, blueprints, input);
    if (shared === false && before.shared && before.createdBy !== ctx.actor.id) {
      throw problem('forbidden', 'view_of_another', 'Only who made a view may keep it from others.', {
        view: input.id,
      });
    }
    if (state !== undefined) checkViewState(state as JsonObject);
    const next: View = {
      ...before,
      title: title?.trim() ?? before.title,
      shared: shared ?? before.shared,
      state: (state as JsonObject | undefined) ?? before.state,
    };
    if (jsonEqual(next, before)) return before;
    const after = { ...next, version: before.version + 1, updatedAt: ctx.now, updatedBy: ctx.actor.id };
    await updateViewRow(ctx, after);
    ctx.emit(viewEvent(before, after));
    return after;
  });
}

export function deleteView(blueprints: Blueprints): Command<Named, void> {
  return async function deleteViewCommand(ctx, input) {
    const view = await lockChangeable(ctx, blueprints, input);
    await deleteViewRow(ctx, view.id);
    ctx.emit(viewEvent(view, null));
  };
}

async function lockChangeable(ctx: WriteContext, blueprints: Blueprints, input: Named): Promise<View> {
  authorize(ctx.actor, 'catalog.read');
  await holdReadable(ctx, blueprints, input.blueprint);
  const view = await lockView(ctx, input.blueprint, input.id);
  if (!mayChangeView(ctx.actor, view)) throw missingPermission('change views of other people');
  checkVersion('view', view.version, input.expectedVersion);
  return view;
}

/** Of a blueprint that somebody may not look into they keep no views either. */
export async function holdReadable(ctx: WriteContext, blueprints: Blueprints, blueprint: string): Promise<void> {
  const held = await blueprints.hold(ctx.db, ctx.actor.orgId, [blueprint]);
  if (!held.has(blueprint)) refuseUnknown(blueprint);
  const { hidden } = await loadVisibility(ctx.db, ctx.actor);
  if (hidden.has(blueprint)) throw missingPermission('read entities of this blueprint');
}
