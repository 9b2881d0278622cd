import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { SidebarItem } from './sidebar-rules.ts';
import { sidebarItems } from './sidebar-queries.ts';

/** All items as they are; nobody else changes the sidebar before this transaction ends. */
export async function lockSidebar(ctx: WriteContext): Promise<readonly SidebarItem[]> {
  const { orgId } = ctx.actor;
  await sql`insert into sidebar (org_id) values (${orgId}) on conflict do nothing`.execute(ctx.db);
  await sql`select from sidebar where org_id = ${orgId} for update`.execute(ctx.db);
  return sidebarItems(ctx.db, orgId);
}

type NewItem = Pick<SidebarItem, 'identifier' | 'kind' | 'title' | 'parent' | 'after'>;

export async function insertItem(ctx: WriteContext, item: NewItem): Promise<SidebarItem> {
  const { orgId, id: actorId } = ctx.actor;
  await sql`
    insert into sidebar_item (org_id, identifier, kind, title, parent, after, created_at, created_by, updated_at,
      updated_by)
    values (${orgId}, ${item.identifier}, ${item.kind}, ${item.title}, ${item.parent}, ${item.after}, ${ctx.now},
      ${actorId}, ${ctx.now}, ${actorId})`.execute(ctx.db);
  return { ...item, createdAt: ctx.now, createdBy: actorId, updatedAt: ctx.now, updatedBy: actorId };
}

export async function updateItem(ctx: WriteContext, { identifier, title, parent, after }: SidebarItem): Promise<void> {
  await sql`
    update sidebar_item set title = ${title}, parent = ${parent}, after = ${after}, updated_at = ${ctx.now},
      updated_by = ${ctx.actor.id}
    where org_id = ${ctx.actor.orgId} and identifier = ${identifier}`.execute(ctx.db);
}

export async function deleteItem(ctx: WriteContext, identifier: string): Promise<void> {
  await sql`delete from sidebar_item where org_id = ${ctx.actor.orgId} and identifier = ${identifier}`.execute(ctx.db);
}
