import { authorize } from '#access/permissions.ts';
import { type Command, type WriteContext } from '#platform/commands/write-context.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import { jsonEqual } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type { BlueprintDefinition, BlueprintDocument } from './blueprint-document.ts';
import { blueprintEvent } from './blueprint-events.ts';
import { compareDefinitions, defineBlueprint, patchDefinition, type SchemaChange } from './blueprint-rules.ts';
import type { Blueprint, Blueprints } from './blueprint-queries.ts';
import { relationsInUse, stripEntities, updateBlueprint } from './blueprint-store.ts';
import type { BlueprintInput, BlueprintPatch } from './contract.ts';
import { holdTargets } from './create-blueprint.ts';
import { assertKeepsStructure } from './people/structure-rules.ts';
import { resetHeirs, withOwnTeams } from './reset-ownership.ts';
import { checkVersion } from './check-version.ts';

interface Change<Body> {
  readonly identifier: string;
  /** May repeat the identifier, not change it. */
  readonly body: Body & { readonly identifier?: unknown };
  readonly expectedVersion: number | null;
}

export type ReplaceBlueprintInput = Change<BlueprintInput>;
export type PatchBlueprintInput = Change<BlueprintPatch>;

/** PUT. */
export function replaceBlueprint(blueprints: Blueprints): Command<ReplaceBlueprintInput, Blueprint> {
  return maybeSilent(async function replaceBlueprintCommand(ctx: WriteContext, input: ReplaceBlueprintInput) {
    return changeBlueprint(ctx, blueprints, input, () => input.body);
  });
}

/** PATCH. */
export function patchBlueprint(blueprints: Blueprints): Command<PatchBlueprintInput, Blueprint> {
  return maybeSilent(async function patchBlueprintCommand(ctx: WriteContext, input: PatchBlueprintInput) {
    return changeBlueprint(ctx, blueprints, input, (before) => patchDefinition(before, input.body));
  });
}

async function changeBlueprint(
  ctx: WriteContext,
  blueprints: Blueprints,
  input: Change<unknown>,
  next: (before: BlueprintDefinition) => unknown,
): Promise<Blueprint> {
  const { identifier } = input;
  authorize(ctx.actor, 'blueprint.write', { blueprint: identifier });
  const before = await blueprints.lock(ctx.db, ctx.actor.orgId, identifier);
  checkVersion('blueprint', before.version, input.expectedVersion);
  refuseRename(identifier, input.body.identifier);
  const sent = defineBlueprint(next(before.document));
  assertKeepsStructure(identifier, sent);
  const change = compareDefinitions(before.document, sent);
  const lost = { blueprint: identifier, relations: change.removedRelations };
  const documents = lost.relations.length === 0 ? null : await documentsOf(ctx, blueprints);
  const definition = documents === null ? sent : withOwnTeams(sent, { identifier, documents }, lost);
  if (isSame(before, definition)) return before;
  await holdTargets(ctx, blueprints, identifier, definition);
  await refuseAlteredRelations(ctx, identifier, change);
  await stripEntities(ctx, identifier, { properties: change.removedProperties, relations: change.removedRelations });
  await updateBlueprint(ctx, identifier, definition);
  const after = await blueprints.lock(ctx.db, ctx.actor.orgId, identifier);
  ctx.emit(blueprintEvent('updated', identifier, { before: before.document, after: after.document }));
  if (documents !== null) await resetHeirs(ctx, blueprints, documents, lost);
  return after;
}

/** As they are before the change. */
async function documentsOf(ctx: WriteContext, blueprints: Blueprints): Promise<ReadonlyMap<string, BlueprintDocument>> {
  const all = await blueprints.all(ctx.db, ctx.actor.orgId);
  return new Map(all.map(({ document }) => [document.identifier, document]));
}

/** Key order counts: people see properties in it. */
function isSame({ document }: Blueprint, definition: BlueprintDefinition): boolean {
  const { identifier: _, createdAt: __, createdBy: ___, updatedAt: ____, updatedBy: _____, ...before } = document;
  return jsonEqual(before, definition) && JSON.stringify(before.schema) === JSON.stringify(definition.schema);
}

function refuseRename(identifier: string, given: unknown): void {
  if (given === undefined || given === null || given === identifier) return;
  throw problem('invalid', 'invalid_request', `The identifier of blueprint "${identifier}" cannot be changed.`, {
    errors: [{ path: 'identifier', message: 'cannot be changed' }],
  });
}

async function refuseAlteredRelations(ctx: WriteContext, identifier: string, change: SchemaChange): Promise<void> {
  const [used] = await relationsInUse(ctx, identifier, change.alteredRelations);
  if (used === undefined) return;
  throw problem(
    'invalid',
    'relation_in_use',
    `Relation "${used}" of blueprint "${identifier}" is used by entities, so its target and whether it holds many ` +
      'cannot change. Remove the relation and add it anew; its values are lost.',
    { blueprint: identifier, relation: used },
  );
}
