import type { WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual } from '#platform/json.ts';
import { applyChanges, type EntityParts } from './apply-changes.ts';
import type { EntityRow } from './entity-queries.ts';
import { type Dependent, lockEntities } from './entity-store.ts';
import { mapTargets, type Target } from './relation-rules.ts';

/** Changes where entities point, e.g. because a target is renamed or goes; null drops the target. */
export async function updateSources(
  ctx: WriteContext,
  parts: EntityParts,
  update: {
    readonly sources: readonly Dependent[];
    readonly replace: (target: Target) => string | null;
    readonly runId: string | null;
  },
): Promise<void> {
  const { orgId } = ctx.actor;
  const { sources, replace, runId } = update;
  const provenance = { datasource: null, runId };
  const byBlueprint = Map.groupBy(sources, (source) => source.blueprint);
  const held = await parts.blueprints.hold(ctx.db, orgId, [...byBlueprint.keys()]);
  for (const [identifier, { document }] of held) {
    const identifiers = new Set((byBlueprint.get(identifier) ?? []).map((source) => source.identifier));
    const rows = await lockEntities(ctx, identifier, [...identifiers], 'change');
    const changes = rows.flatMap((before) => {
      const relations = mapTargets(document, before.relations, replace);
      return jsonEqual(relations, before.relations) ? [] : [{ before, after: changedRow(ctx, before, relations) }];
    });
    await applyChanges(ctx, parts, { blueprint: document, changes, provenance });
  }
}

function changedRow(ctx: WriteContext, before: EntityRow, relations: EntityRow['relations']): EntityRow {
  return { ...before, relations, version: before.version + 1, updatedAt: ctx.now, updatedBy: ctx.actor.id };
}
