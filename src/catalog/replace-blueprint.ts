import { authorize } from '#access/permissions.ts';
import { type Command, type WriteContext } from '#platform/commands/write-context.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import { jsonEqual } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import { type BlueprintDefinition, type BlueprintDocument, withoutStamps } from './blueprint-document.ts';
import { blueprintEvent } from './blueprint-events.ts';
import { compareDefinitions, defineBlueprint, patchDefinition, type SchemaChange } from './blueprint-rules.ts';
import type { Blueprint, Blueprints } from './blueprint-queries.ts';
import { relationsInUse, stripEntities, updateBlueprint } from './blueprint-store.ts';
import type { BlueprintInput, BlueprintPatch } from './contract.ts';
import { holdTargets } from './create-blueprint.ts';
import { assertKeepsStructure } from './people/structure-rules.ts';
import { resetHeirs, withOwnTeams } from './reset-ownership.ts';
import { checkVersion } from './check-version.ts';
import type { BlueprintHook } from './delete-blueprint.ts';
import type { RenamedBlueprint } from './rename/rename-in-documents.ts';
import { renameModerators } from './rename/update-blueprint-name.ts';
import { checkNewName, renameBlueprint, underOldName } from './rename/rename-blueprint.ts';

interface Change<Body> {
  readonly identifier: string;
  /** With another identifier the blueprint is renamed. */
  readonly body: Body & { readonly identifier?: unknown };
  readonly expectedVersion: number | null;
}

export type ReplaceBlueprintInput = Change<BlueprintInput>;
export type PatchBlueprintInput = Change<BlueprintPatch>;

/** PUT. */
export function replaceBlueprint(parts: ReplaceParts): Command<ReplaceBlueprintInput, Blueprint> {
  return maybeSilent(async function replaceBlueprintCommand(ctx: WriteContext, input: ReplaceBlueprintInput) {
    return changeBlueprint(ctx, parts, input, (_, body) => body);
  });
}

/** PATCH. */
export function patchBlueprint(parts: ReplaceParts): Command<PatchBlueprintInput, Blueprint> {
  return maybeSilent(async function patchBlueprintCommand(ctx: WriteContext, input: PatchBlueprintInput) {
    return changeBlueprint(ctx, parts, input, patchDefinition);
  });
}

export interface ReplaceParts {
  readonly blueprints: Blueprints;
  readonly hooks: readonly BlueprintHook[];
}

async function changeBlueprint<Body extends object>(
  ctx: WriteContext,
  parts: ReplaceParts,
  input: Change<Body>,
  next: (before: BlueprintDefinition, body: Body) => unknown,
): Promise<Blueprint> {
  const { identifier, body } = input;
  authorize(ctx.actor, 'blueprint.write', { blueprint: identifier });
  const rename = renameOf(identifier, body.identifier);
  if (rename !== null) {
    authorize(ctx.actor, 'blueprint.write', { blueprint: rename.to });
    checkNewName(rename);
    // People are locked before blueprints.
    await renameModerators(ctx, rename);
  }
  const before = await parts.blueprints.lock(ctx.db, ctx.actor.orgId, identifier);
  checkVersion('blueprint', before.version, input.expectedVersion);
  const sent = next(before.document, rename === null ? body : underOldName(body, rename));
  const after = await storeDefinition(ctx, parts.blueprints, before, defineBlueprint(sent));
  return rename === null ? after : renameBlueprint(ctx, parts, after, rename);
}

function renameOf(from: string, given: unknown): RenamedBlueprint | null {
  return typeof given === 'string' && given !== from ? { from, to: given } : null;
}

async function storeDefinition(
  ctx: WriteContext,
  blueprints: Blueprints,
  before: Blueprint,
  sent: BlueprintDefinition,
): Promise<Blueprint> {
  const { identifier } = before.document;
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
  const before = withoutStamps(document);
  return jsonEqual(before, definition) && JSON.stringify(before.schema) === JSON.stringify(definition.schema);
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
