import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { JsonObject } from '#platform/json.ts';
import type { BlueprintDefinition } from './blueprint-document.ts';

/** False when the identifier is taken. */
export async function insertBlueprint(
  ctx: WriteContext,
  identifier: string,
  definition: BlueprintDefinition,
): Promise<boolean> {
  const { orgId, id } = ctx.actor;
  const inserted = await sql`
    insert into blueprint (org_id, identifier, document, created_at, created_by, updated_at, updated_by)
    values (${orgId}, ${identifier}, ${JSON.stringify(definition)}::json, ${ctx.now}, ${id}, ${ctx.now}, ${id})
    on conflict do nothing returning identifier`.execute(ctx.db);
  return inserted.rows.length > 0;
}

/** The row must be locked by `Blueprints.lock`. */
export async function updateBlueprint(
  ctx: WriteContext,
  identifier: string,
  definition: BlueprintDefinition,
): Promise<void> {
  await sql`
    update blueprint set document = ${JSON.stringify(definition)}::json, version = version + 1,
      revision = nextval('blueprint_revision'), updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}
    where org_id = ${ctx.actor.orgId} and identifier = ${identifier}`.execute(ctx.db);
}

export async function updatePermissions(ctx: WriteContext, identifier: string, permissions: JsonObject): Promise<void> {
  await sql`
    update blueprint set permissions = ${JSON.stringify(permissions)}::jsonb, revision = nextval('blueprint_revision')
    where org_id = ${ctx.actor.orgId} and identifier = ${identifier}`.execute(ctx.db);
}

export async function deleteBlueprintRow(ctx: WriteContext, identifier: string): Promise<void> {
  await sql`delete from blueprint where org_id = ${ctx.actor.orgId} and identifier = ${identifier}`.execute(ctx.db);
}

/** Blueprints, other than itself, with a relation to this one. */
export async function blueprintsRelatedTo(ctx: WriteContext, identifier: string): Promise<readonly string[]> {
  const found = await sql<{ identifier: string }>`
    select b.identifier from blueprint b
    where b.org_id = ${ctx.actor.orgId} and b.identifier <> ${identifier} and exists (
      select from json_each(b.document -> 'relations') r where r.value ->> 'target' = ${identifier})
    order by b.identifier limit 20`.execute(ctx.db);
  return found.rows.map((row) => row.identifier);
}

export async function hasEntities(ctx: WriteContext, blueprint: string): Promise<boolean> {
  const found = await sql`
    select from entity where org_id = ${ctx.actor.orgId} and blueprint = ${blueprint} limit 1`.execute(ctx.db);
  return found.rows.length > 0;
}

export async function relationsInUse(
  ctx: WriteContext,
  blueprint: string,
  relations: readonly string[],
): Promise<readonly string[]> {
  if (relations.length === 0) return [];
  const found = await sql<{ relation: string }>`
    select key as relation from unnest(${[...relations]}::text[]) as key
    where exists (select from entity_relation r
      where r.org_id = ${ctx.actor.orgId} and r.blueprint = ${blueprint} and r.relation = key)`.execute(ctx.db);
  return found.rows.map((row) => row.relation);
}

/** What a blueprint no longer has leaves its entities, so that a key that comes back later starts empty. */
export async function stripEntities(
  ctx: WriteContext,
  blueprint: string,
  removed: { readonly properties: readonly string[]; readonly relations: readonly string[] },
): Promise<void> {
  const { orgId } = ctx.actor;
  if (removed.relations.length > 0) {
    await sql`
      delete from entity_relation where org_id = ${orgId} and blueprint = ${blueprint}
        and relation = any(${[...removed.relations]}::text[])`.execute(ctx.db);
  }
  if (removed.properties.length === 0 && removed.relations.length === 0) return;
  await sql`
    update entity set properties = properties - ${[...removed.properties]}::text[],
      relations = relations - ${[...removed.relations]}::text[]
    where org_id = ${orgId} and blueprint = ${blueprint}
      and (properties ?| ${[...removed.properties]}::text[] or relations ?| ${[...removed.relations]}::text[])`.execute(
    ctx.db,
  );
}
