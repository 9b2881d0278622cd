import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { refuseUnknownView, viewColumns, visibleViews } from './view-queries.ts';
import type { View } from './view-rules.ts';

/** Refuses one that the caller does not see as unknown. */
export async function lockView({ db, actor }: WriteContext, blueprint: string, id: string): Promise<View> {
  const found = await sql<View>`
    select ${viewColumns} from table_view v
    where ${visibleViews(actor)} and v.blueprint = ${blueprint} and v.id = ${id} for update`.execute(db);
  return found.rows[0] ?? refuseUnknownView(id);
}

export async function insertView(ctx: WriteContext, view: View): Promise<void> {
  await sql`
    insert into table_view (org_id, id, blueprint, title, shared, state, version, created_at, created_by, updated_at,
      updated_by)
    values (${ctx.actor.orgId}, ${view.id}, ${view.blueprint}, ${view.title}, ${view.shared},
      ${JSON.stringify(view.state)}::jsonb, ${view.version}, ${view.createdAt}, ${view.createdBy}, ${view.updatedAt},
      ${view.updatedBy})`.execute(ctx.db);
}

export async function updateViewRow(ctx: WriteContext, view: View): Promise<void> {
  await sql`
    update table_view set title = ${view.title}, shared = ${view.shared}, state = ${JSON.stringify(view.state)}::jsonb,
      version = ${view.version}, updated_at = ${view.updatedAt}, updated_by = ${view.updatedBy}
    where org_id = ${ctx.actor.orgId} and id = ${view.id}`.execute(ctx.db);
}

export async function deleteViewRow(ctx: WriteContext, id: string): Promise<void> {
  await sql`delete from table_view where org_id = ${ctx.actor.orgId} and id = ${id}`.execute(ctx.db);
}

export async function countOwnViews(ctx: WriteContext, blueprint: string): Promise<number> {
  const { orgId, id } = ctx.actor;
  const found = await sql<{ count: number }>`
    select count(*) as count from table_view
    where org_id = ${orgId} and blueprint = ${blueprint} and created_by = ${id}`.execute(ctx.db);
  return found.rows[0]?.count ?? 0;
}

/** An empty person stands for everybody. */
export async function storeDefault(
  ctx: WriteContext,
  { blueprint, person, view }: { readonly blueprint: string; readonly person: string; readonly view: string | null },
): Promise<void> {
  const { orgId } = ctx.actor;
  if (view === null) {
    await sql`
      delete from table_view_default
      where org_id = ${orgId} and blueprint = ${blueprint} and person = ${person}`.execute(ctx.db);
    return;
  }
  await sql`
    insert into table_view_default (org_id, blueprint, person, view_id)
    values (${orgId}, ${blueprint}, ${person}, ${view})
    on conflict (org_id, blueprint, person) do update set view_id = excluded.view_id`.execute(ctx.db);
}

/** Everything that was kept about a blueprint's table. */
export async function viewsOfBlueprint(ctx: WriteContext, blueprint: string): Promise<readonly View[]> {
  const found = await sql<View>`
    select ${viewColumns} from table_view v
    where v.org_id = ${ctx.actor.orgId} and v.blueprint = ${blueprint} order by v.id for update`.execute(ctx.db);
  return found.rows;
}
