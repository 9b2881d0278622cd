import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { notFound, problem } from '#platform/problem.ts';
import { type BlueprintDefinition, type ByKey, definitionOf } from './blueprint-document.ts';
import { blueprintEvent } from './blueprint-events.ts';
import type { Blueprint, Blueprints } from './blueprint-queries.ts';
import { defineBlueprint } from './blueprint-rules.ts';
import { updateBlueprint, updatePermissions } from './blueprint-store.ts';
import { isStructureKey, refuseProtected } from './people/structure-rules.ts';
import { checkVersion } from './check-version.ts';

export type KeyKind = 'property' | 'mirror' | 'relation';

export interface RenameKeyInput {
  readonly blueprint: string;
  readonly kind: KeyKind;
  readonly from: string;
  readonly to: string;
  readonly expectedVersion: number | null;
}

/**
 * Gives a property, mirror or relation another key, with its place, its permissions and its values; followers take it
 * over into saved views and widgets. What else refers to it by name (expressions, paths, scorecards, actions) stays as
 * it was written.
 */
export function renameBlueprintKey(blueprints: Blueprints): Command<RenameKeyInput, Blueprint> {
  return maybeSilent(async function renameBlueprintKeyCommand(ctx: WriteContext, input: RenameKeyInput) {
    const { blueprint: identifier, kind, from, to } = input;
    const { orgId } = ctx.actor;
    authorize(ctx.actor, 'blueprint.write', { blueprint: identifier });
    const before = await blueprints.lock(ctx.db, orgId, identifier);
    checkVersion('blueprint', before.version, input.expectedVersion);
    const { document } = before;
    if (definitionOf(definitionsOf(document, kind), from) === undefined) {
      throw notFound(kind, from, { blueprint: identifier });
    }
    if (isStructureKey(identifier, from)) refuseProtected(identifier, `"${from}" keeps its name`);
    if (from === to) return before;
    refuseTaken(document, identifier, to);
    await updateBlueprint(ctx, identifier, defineBlueprint(renamed(document, input)));
    const permissions = renamedPermissions(before.permissions, input);
    if (permissions !== null) await updatePermissions(ctx, identifier, permissions);
    await moveValues(ctx, input);
    const after = await blueprints.lock(ctx.db, orgId, identifier);
    const event = blueprintEvent('updated', identifier, { before: document, after: after.document });
    ctx.emit({ ...event, context: { ...event.context, renamedKey: { kind, from, to } } });
    return after;
  });
}

function definitionsOf(document: BlueprintDefinition, kind: KeyKind): ByKey<object> {
  if (kind === 'property') return document.schema.properties;
  return kind === 'mirror' ? document.mirrorProperties : document.relations;
}

function refuseTaken(document: BlueprintDefinition, blueprint: string, key: string): void {
  const { schema, mirrorProperties, calculationProperties, aggregationProperties, relations } = document;
  const kinds = [schema.properties, mirrorProperties, calculationProperties, aggregationProperties, relations];
  if (!kinds.some((kind) => Object.hasOwn(kind, key))) return;
  throw problem('conflict', 'identifier_taken', `Blueprint "${blueprint}" has something called "${key}" already.`, {
    resource: 'property',
    blueprint,
    identifier: key,
  });
}

/** In its place: people see properties in the order of keys. */
function withKey<Value>(values: ByKey<Value>, from: string, to: string): ByKey<Value> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key === from ? to : key, value]));
}

function renamed(document: BlueprintDefinition, { kind, from, to }: RenameKeyInput): object {
  if (kind === 'mirror') return { ...document, mirrorProperties: withKey(document.mirrorProperties, from, to) };
  if (kind === 'relation') return { ...document, relations: withKey(document.relations, from, to) };
  const { properties, required } = document.schema;
  const schema = {
    properties: withKey(properties, from, to),
    required: required.map((key) => (key === from ? to : key)),
  };
  return { ...document, schema };
}

/** Null where nobody changed anything about this key. */
function renamedPermissions(permissions: JsonObject, { kind, from, to }: RenameKeyInput): JsonObject | null {
  const { entities } = permissions;
  const part = kind === 'relation' ? 'updateRelations' : 'updateProperties';
  const grants = isJsonObject(entities) ? entities[part] : null;
  if (!isJsonObject(entities) || !isJsonObject(grants) || !Object.hasOwn(grants, from)) return null;
  return { ...permissions, entities: { ...entities, [part]: withKey(grants, from, to) } };
}

async function moveValues(ctx: WriteContext, { blueprint, kind, from, to }: RenameKeyInput): Promise<void> {
  const { orgId } = ctx.actor;
  const column = kind === 'relation' ? sql.ref('relations') : sql.ref('properties');
  await sql`
    update entity set ${column} = (${column} - ${from}::text) || jsonb_build_object(${to}::text, ${column} -> ${from}::text)
    where org_id = ${orgId} and blueprint = ${blueprint} and ${column} ? ${from}::text`.execute(ctx.db);
  if (kind !== 'relation') return;
  await sql`
    update entity_relation set relation = ${to}
    where org_id = ${orgId} and blueprint = ${blueprint} and relation = ${from}`.execute(ctx.db);
}
