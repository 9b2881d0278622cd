import { type RawBuilder, sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { moderatorOf, type RenamedBlueprint } from './rename-in-documents.ts';

/** So many entities a statement, each of them well within the time that a statement has. */
const batchSize = 5_000;

/** False when the name is taken. Scorecards follow by their foreign key. */
export async function moveBlueprintRow(ctx: WriteContext, { from, to }: RenamedBlueprint): Promise<boolean> {
  const { orgId, id } = ctx.actor;
  const moved = await sql`
    update blueprint set identifier = ${to}, version = version + 1, revision = nextval('blueprint_revision'),
      updated_at = ${ctx.now}, updated_by = ${id}
    where org_id = ${orgId} and identifier = ${from}
      and not exists (select from blueprint where org_id = ${orgId} and identifier = ${to}) returning 1`.execute(
    ctx.db,
  );
  return moved.rows.length > 0;
}

/** Entities with their relations, and what lies beside them. Words and timers follow with the readers that keep them. */
export async function moveEntities(ctx: WriteContext, rename: RenamedBlueprint): Promise<void> {
  await inBatches(ctx, rename, sql`entity`, sql`blueprint`);
  await inBatches(ctx, rename, sql`entity_relation`, sql`blueprint`);
  await inBatches(ctx, rename, sql`entity_relation`, sql`target_blueprint`);
  await inBatches(ctx, rename, sql`table_view`, sql`blueprint`);
  await inBatches(ctx, rename, sql`table_view_default`, sql`blueprint`);
  await inBatches(ctx, rename, sql`bulk_change`, sql`blueprint`);
}

async function inBatches(
  ctx: WriteContext,
  { from, to }: RenamedBlueprint,
  table: RawBuilder<unknown>,
  column: RawBuilder<unknown>,
): Promise<void> {
  const { orgId } = ctx.actor;
  let moved = batchSize;
  while (moved === batchSize) {
    const done = await sql`
      update ${table} set ${column} = ${to} where ctid = any(array(
        select ctid from ${table} where org_id = ${orgId} and ${column} = ${from} limit ${batchSize}))`.execute(ctx.db);
    moved = Number(done.numAffectedRows ?? 0);
  }
}

/** Values that are names of blueprints: in properties with that format, whoever has them. */
export async function renameInValues(ctx: WriteContext, { from, to }: RenamedBlueprint): Promise<void> {
  const { orgId } = ctx.actor;
  const properties = await sql<{ blueprint: string; key: string; isList: boolean }>`
    select b.identifier as blueprint, p.key, p.value ->> 'type' = 'array' as "isList"
    from blueprint b, json_each(b.document -> 'schema' -> 'properties') p
    where b.org_id = ${orgId} and coalesce(p.value -> 'items' ->> 'format', p.value ->> 'format') = 'blueprints'
    order by b.identifier, p.key`.execute(ctx.db);
  for (const { blueprint, key, isList } of properties.rows) {
    const value = sql`(properties -> ${key}::text)`;
    const next = isList
      ? sql`(select jsonb_agg(case when item = to_jsonb(${from}::text) then to_jsonb(${to}::text) else item end order by place)
          from jsonb_array_elements(${value}) with ordinality as list(item, place))`
      : sql`to_jsonb(${to}::text)`;
    const wanted = JSON.stringify({ [key]: isList ? [from] : from });
    await sql`
      update entity set properties = properties || jsonb_build_object(${key}::text, ${next})
      where org_id = ${orgId} and blueprint = ${blueprint} and properties @> ${wanted}::jsonb`.execute(ctx.db);
  }
}

/** Those who moderate the blueprint go on doing so, and those who are invited to. */
export async function renameModerators(ctx: WriteContext, { from, to }: RenamedBlueprint): Promise<void> {
  const { orgId } = ctx.actor;
  const [old, next] = [moderatorOf(from), moderatorOf(to)];
  await sql`
    update person set roles = array_replace(roles, ${old}, ${next}), version = version + 1
    where org_id = ${orgId} and ${old} = any(roles)`.execute(ctx.db);
  await sql`
    update invitation set roles = array_replace(roles, ${old}, ${next})
    where org_id = ${orgId} and ${old} = any(roles) and accepted_at is null`.execute(ctx.db);
}

/** What is changing many of its entities right now, as people call it; a rename has derived values computed anew. */
export async function workUnderWay(ctx: WriteContext, blueprint: string): Promise<string | null> {
  const { orgId } = ctx.actor;
  const found = await sql<{ what: string }>`
    select 'bulk change ' || id as what from bulk_change
      where org_id = ${orgId} and blueprint = ${blueprint} and ended_at is null
    union all
    select 'migration ' || id from catalog_migration
      where org_id = ${orgId} and work is not null and work ->> 'kind' <> 'rebuild'
        and (work ->> 'blueprint' = ${blueprint}
        or work -> 'mapping' ->> 'blueprint' = ${blueprint})
    limit 1`.execute(ctx.db);
  return found.rows[0]?.what ?? null;
}
