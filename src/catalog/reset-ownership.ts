import type { WriteContext } from '#platform/commands/write-context.ts';
import {
  type BlueprintDefinition,
  type BlueprintDocument,
  definitionOf,
  inheritedTeamPath,
} from './blueprint-document.ts';
import { blueprintEvent } from './blueprint-events.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { updateBlueprint } from './blueprint-store.ts';

/** Relations that a blueprint loses. */
export interface LostRelations {
  readonly blueprint: string;
  readonly relations: readonly string[];
}

/** A definition that inherited its team over a lost relation owns by itself; its entities keep the teams they have. */
export function withOwnTeams<Definition extends BlueprintDefinition>(
  definition: Definition,
  start: { readonly identifier: string; readonly documents: ReadonlyMap<string, BlueprintDefinition> },
  lost: LostRelations,
): Definition {
  const path = inheritedTeamPath(definition);
  if (path === null || !leadsOver(path.split('.'), start, lost)) return definition;
  const { teamInheritance: _, ...rest } = definition;
  const { title } = definition.ownership ?? {};
  return { ...rest, ownership: { type: 'Direct', ...(title === undefined ? {} : { title }) } } as Definition;
}

function leadsOver(
  path: readonly string[],
  {
    identifier,
    documents,
  }: { readonly identifier: string; readonly documents: ReadonlyMap<string, BlueprintDefinition> },
  lost: LostRelations,
): boolean {
  let at = identifier;
  for (const relation of path) {
    if (at === lost.blueprint && lost.relations.includes(relation)) return true;
    const next = definitionOf(documents.get(at)?.relations ?? {}, relation);
    if (next === undefined) return false;
    at = next.target;
  }
  return false;
}

/** Other blueprints that inherited their team over relations which this one has lost. */
export async function resetHeirs(
  ctx: WriteContext,
  blueprints: Blueprints,
  documents: ReadonlyMap<string, BlueprintDocument>,
  lost: LostRelations,
): Promise<void> {
  for (const { identifier } of documents.values()) {
    const path = inheritedTeamPath(documents.get(identifier) ?? noPath);
    if (identifier === lost.blueprint || path === null) continue;
    if (!leadsOver(path.split('.'), { identifier, documents }, lost)) continue;
    const { document: before } = await blueprints.lock(ctx.db, ctx.actor.orgId, identifier);
    const { identifier: _, createdAt: __, createdBy: ___, updatedAt: ____, updatedBy: _____, ...definition } = before;
    await updateBlueprint(ctx, identifier, withOwnTeams(definition, { identifier, documents }, lost));
    const { document: after } = await blueprints.lock(ctx.db, ctx.actor.orgId, identifier);
    ctx.emit(blueprintEvent('updated', identifier, { before, after }));
  }
}

const noPath: Pick<BlueprintDefinition, 'ownership' | 'teamInheritance'> = {};
