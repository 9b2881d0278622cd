import { authorize } from '#access/permissions.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { problem, type Problem } from '#platform/problem.ts';
import { blueprintEvent } from './blueprint-events.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { blueprintsRelatedTo, deleteBlueprintRow, hasEntities } from './blueprint-store.ts';
import { refuseProtected } from './people/structure-rules.ts';
import { checkVersion } from './check-version.ts';
import type { Mention, RenamedBlueprint } from './rename/rename-in-documents.ts';

/** What other modules keep about a blueprint. */
export interface BlueprintHook {
  /** Deletes what belongs to the blueprint, or refuses with `blueprintHasDependents`. The row is locked. */
  readonly beforeDelete: (
    ctx: WriteContext,
    blueprint: string,
    options: { readonly deleteActions: boolean },
  ) => Promise<void>;
  /**
   * Lets what is kept about the blueprint follow its new name, and answers what still speaks of the old one. The rows
   * of blueprint and entities have the new name already.
   */
  readonly onRename?: (ctx: WriteContext, rename: RenamedBlueprint) => Promise<readonly Mention[]>;
}

export interface DeleteBlueprintInput {
  readonly identifier: string;
  readonly deleteActions: boolean;
  readonly expectedVersion: number | null;
}

export function deleteBlueprint(
  blueprints: Blueprints,
  hooks: readonly BlueprintHook[],
): Command<DeleteBlueprintInput, void> {
  return async function deleteBlueprintCommand(ctx, input) {
    const { identifier } = input;
    authorize(ctx.actor, 'blueprint.write', { blueprint: identifier });
    const { document, version } = await blueprints.lock(ctx.db, ctx.actor.orgId, identifier);
    refuseProtected(identifier, 'it cannot be deleted');
    checkVersion('blueprint', version, input.expectedVersion);
    if (await hasEntities(ctx, identifier)) throw blueprintHasDependents(identifier, 'entities');
    const sources = await blueprintsRelatedTo(ctx, identifier);
    if (sources.length > 0) throw blueprintHasDependents(identifier, 'relations', sources);
    for (const hook of hooks) await hook.beforeDelete(ctx, identifier, { deleteActions: input.deleteActions });
    await deleteBlueprintRow(ctx, identifier);
    ctx.emit(blueprintEvent('deleted', identifier, { before: document, after: null }));
  };
}

/** Clients look for the code's text in the body. */
export function blueprintHasDependents(
  blueprint: string,
  what: 'entities' | 'relations' | 'actions',
  dependents: readonly string[] = [],
): Problem {
  const reasons = {
    entities: 'it has entities; delete them first',
    relations: `relations of other blueprints point at it (${dependents.join(', ')}); remove them first`,
    actions: 'it has actions; delete them first or send delete_actions=true',
  };
  return problem('conflict', 'has_dependents', `Blueprint "${blueprint}" cannot be deleted: ${reasons[what]}.`, {
    resource: 'blueprint',
    blueprint,
    dependents: what,
    ...(dependents.length > 0 ? { identifiers: dependents } : {}),
  });
}
