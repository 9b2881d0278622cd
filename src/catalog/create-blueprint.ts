import { authorize } from '#access/permissions.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { problem, type Problem } from '#platform/problem.ts';
import type { BlueprintDefinition } from './blueprint-document.ts';
import { blueprintEvent } from './blueprint-events.ts';
import { defineBlueprint } from './blueprint-rules.ts';
import { type Blueprint, type Blueprints, refuseUnknown } from './blueprint-queries.ts';
import { insertBlueprint } from './blueprint-store.ts';
import type { BlueprintBody } from './contract.ts';

export function createBlueprint(blueprints: Blueprints): Command<BlueprintBody, Blueprint> {
  return async function createBlueprintCommand(ctx, input) {
    authorize(ctx.actor, 'blueprint.write', { blueprint: input.identifier });
    const { identifier } = input;
    if (identifier.startsWith('_') && ctx.actor.kind !== 'system') {
      throw problem(
        'invalid',
        'protected_blueprint_violation',
        `Identifiers that start with "_" belong to the system; choose another than "${identifier}".`,
        { blueprint: identifier },
      );
    }
    const definition = defineBlueprint(input);
    await holdTargets(ctx, blueprints, identifier, definition);
    if (!(await insertBlueprint(ctx, identifier, definition))) {
      throw identifierTakenBy(identifier);
    }
    const created = await blueprints.lock(ctx.db, ctx.actor.orgId, identifier);
    ctx.emit(blueprintEvent('created', identifier, { before: null, after: created.document }));
    return created;
  };
}

export function identifierTakenBy(identifier: string): Problem {
  return problem('conflict', 'identifier_taken', `A blueprint with identifier "${identifier}" exists already.`, {
    resource: 'blueprint',
    identifier,
  });
}

/** Relations point at blueprints that exist and keep existing until the transaction ends. */
export async function holdTargets(
  ctx: WriteContext,
  blueprints: Blueprints,
  identifier: string,
  definition: BlueprintDefinition,
): Promise<void> {
  const targets = new Set(Object.values(definition.relations).map((relation) => relation.target));
  targets.delete(identifier);
  if (targets.size === 0) return;
  const held = await blueprints.hold(ctx.db, ctx.actor.orgId, [...targets]);
  for (const target of targets) if (!held.has(target)) refuseUnknown(target);
}
