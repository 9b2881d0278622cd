import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual } from '#platform/json.ts';
import { problem, type Problem } from '#platform/problem.ts';
import { type BlueprintDefinition, withoutStamps } from '../blueprint-document.ts';
import { blueprintEvent } from '../blueprint-events.ts';
import type { Blueprint, Blueprints } from '../blueprint-queries.ts';
import { updateBlueprint, updatePermissions } from '../blueprint-store.ts';
import type { BlueprintHook } from '../delete-blueprint.ts';
import { refuseProtected } from '../people/structure-rules.ts';
import { identifierTakenBy } from '../create-blueprint.ts';
import { type Mention, mentionsOf, type RenamedBlueprint, renameInObject } from './rename-in-documents.ts';
import { keepFormerName } from './keep-former-name.ts';
import { moveBlueprintRow, moveEntities, renameInValues, workUnderWay } from './update-blueprint-name.ts';

/** A body as somebody sends it who already writes the new name in it, said with the name that still holds. */
export function underOldName<Body extends object>(body: Body, { from, to }: RenamedBlueprint): Body {
  return renameInDefinition(body as unknown as BlueprintDefinition, { from: to, to: from }) as unknown as Body;
}

/** Refuses what can be refused without looking into the database, before anything is decided. */
export function checkNewName({ from, to }: RenamedBlueprint): void {
  refuseProtected(from, 'it keeps its identifier');
  if (!to.startsWith('_')) return;
  throw problem(
    'invalid',
    'protected_blueprint_violation',
    `Identifiers that start with "_" belong to the system; choose another than "${to}".`,
    { blueprint: to },
  );
}

/**
 * Gives a locked blueprint another identifier. Its entities, their relations and runs, and everything that names it in
 * a field of its own follow; expressions and addresses that speak of it keep it from being renamed, and are named.
 */
export async function renameBlueprint(
  ctx: WriteContext,
  { blueprints, hooks }: { readonly blueprints: Blueprints; readonly hooks: readonly BlueprintHook[] },
  before: Blueprint,
  rename: RenamedBlueprint,
): Promise<Blueprint> {
  const { from, to } = rename;
  const work = await workUnderWay(ctx, from);
  if (work !== null) throw inUse(from, `${work} is still changing its entities; wait for its end or cancel it`, []);
  if (!(await moveBlueprintRow(ctx, rename))) throw identifierTakenBy(to);
  await keepFormerName(ctx, rename);
  const mentions: Mention[] = [...(await renameInBlueprints(ctx, blueprints, rename))];
  await moveEntities(ctx, rename);
  await renameInValues(ctx, rename);
  for (const hook of hooks) mentions.push(...((await hook.onRename?.(ctx, rename)) ?? []));
  if (mentions.length > 0) throw inUse(from, `${listed(mentions)}; change that first`, mentions);
  const after = await blueprints.lock(ctx.db, ctx.actor.orgId, to);
  const event = blueprintEvent('updated', to, { before: before.document, after: after.document });
  ctx.emit({ ...event, context: { ...event.context, renamedFrom: from } });
  return after;
}

/** Relations, aggregations and permissions of all blueprints, its own among them. */
async function renameInBlueprints(
  ctx: WriteContext,
  blueprints: Blueprints,
  rename: RenamedBlueprint,
): Promise<readonly Mention[]> {
  const { orgId } = ctx.actor;
  const naming = await sql<{ identifier: string }>`
    select identifier from blueprint where org_id = ${orgId}
      and (position(${rename.from} in document::text) > 0 or position(${rename.from} in permissions::text) > 0)
    order by identifier for update`.execute(ctx.db);
  const mentions: Mention[] = [];
  for (const { identifier } of naming.rows) {
    const before = await blueprints.lock(ctx.db, orgId, identifier);
    const definition = withoutStamps(before.document);
    const next = renameInDefinition(definition, rename);
    const permissions = renameInObject(before.permissions, rename);
    if (!jsonEqual(permissions, before.permissions)) await updatePermissions(ctx, identifier, permissions);
    const expressions = { calculationProperties: next.calculationProperties, permissions };
    mentions.push(...mentionsOf('blueprint', identifier, expressions, rename));
    if (jsonEqual(next, definition)) continue;
    await updateBlueprint(ctx, identifier, next);
    if (identifier === rename.to) continue;
    const after = await blueprints.lock(ctx.db, orgId, identifier);
    ctx.emit(blueprintEvent('updated', identifier, { before: before.document, after: after.document }));
  }
  return mentions;
}

function renameInDefinition(definition: BlueprintDefinition, rename: RenamedBlueprint): BlueprintDefinition {
  const { relations, aggregationProperties } = definition;
  const targets = <Value extends { readonly target: string }>(values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, withTarget(value, rename)]));
  return {
    ...definition,
    ...(relations === undefined || relations === null ? {} : { relations: targets(relations) }),
    ...(aggregationProperties === undefined || aggregationProperties === null
      ? {}
      : { aggregationProperties: renameInObject(targets(aggregationProperties), rename) }),
  };
}

/** In a PATCH a definition may be null: it is taken away. */
function withTarget<Value extends { readonly target: string }>(value: Value, { from, to }: RenamedBlueprint): Value {
  return (value as Value | null)?.target === from ? { ...value, target: to } : value;
}

const mostListed = 5;

function listed(mentions: readonly Mention[]): string {
  const shown = mentions
    .slice(0, mostListed)
    .map(({ resource, identifier, path }) => `${resource} "${identifier}" (${path})`);
  const more = mentions.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''} ${mentions.length === 1 ? 'speaks' : 'speak'} of it`;
}

function inUse(blueprint: string, why: string, references: readonly Mention[]): Problem {
  return problem('conflict', 'blueprint_in_use', `Blueprint "${blueprint}" cannot be renamed: ${why}.`, {
    resource: 'blueprint',
    blueprint,
    ...(references.length > 0 ? { references: references.slice(0, 50) } : {}),
  });
}
