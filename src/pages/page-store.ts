import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Page } from './page.ts';
import { insertItem } from './sidebar-store.ts';
import { findPage } from './page-queries.ts';
import type { PagePermissions } from './page-permissions.ts';

export type PageState = Pick<Page, 'identifier' | 'type' | 'blueprint' | 'document'>;

/** The page as it is, locked until the transaction ends; null when there is none that the caller may read. */
export async function lockPage(ctx: WriteContext, identifier: string): Promise<Page | null> {
  await sql`
    select from page where org_id = ${ctx.actor.orgId} and identifier = ${identifier} for update`.execute(ctx.db);
  return findPage(ctx.db, ctx.actor, identifier);
}

export async function insertPage(
  ctx: WriteContext,
  { identifier, type, blueprint, document }: PageState,
  permissions: PagePermissions,
): Promise<void> {
  const { orgId, id: actorId } = ctx.actor;
  await sql`
    insert into page (org_id, identifier, type, blueprint, document, permissions, created_at, created_by, updated_at,
      updated_by)
    values (${orgId}, ${identifier}, ${type}, ${blueprint}, ${JSON.stringify(document)}::json,
      ${JSON.stringify(permissions)}::jsonb, ${ctx.now}, ${actorId}, ${ctx.now}, ${actorId})`.execute(ctx.db);
}

/** A page that was there by itself is stored with its first change. */
async function ensureStored(ctx: WriteContext, page: Page): Promise<void> {
  if (page.version > 0) return;
  await insertItem(ctx, { identifier: page.identifier, kind: 'page', title: null, parent: null, after: null });
  await insertPage(ctx, page, page.permissions);
}

export async function updatePage(
  ctx: WriteContext,
  before: Page,
  { type, blueprint, document }: Omit<PageState, 'identifier'>,
): Promise<void> {
  await ensureStored(ctx, before);
  await sql`
    update page set type = ${type}, blueprint = ${blueprint}, document = ${JSON.stringify(document)}::json,
      version = version + 1, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}
    where org_id = ${ctx.actor.orgId} and identifier = ${before.identifier}`.execute(ctx.db);
}

export async function updatePermissions(ctx: WriteContext, before: Page, permissions: PagePermissions): Promise<void> {
  await ensureStored(ctx, before);
  await sql`
    update page set permissions = ${JSON.stringify(permissions)}::jsonb
    where org_id = ${ctx.actor.orgId} and identifier = ${before.identifier}`.execute(ctx.db);
}

export async function deletePageRow(ctx: WriteContext, identifier: string): Promise<void> {
  await sql`delete from page where org_id = ${ctx.actor.orgId} and identifier = ${identifier}`.execute(ctx.db);
}

export async function countPages(ctx: WriteContext): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*)::int as count from page where org_id = ${ctx.actor.orgId}`.execute(ctx.db);
  return found.rows[0]?.count ?? 0;
}

export async function pagesOfBlueprint(ctx: WriteContext, blueprint: string): Promise<readonly string[]> {
  const found = await sql<{ identifier: string }>`
    select identifier from page where org_id = ${ctx.actor.orgId} and blueprint = ${blueprint}
      and type in ('blueprint-entities', 'entity') order by identifier`.execute(ctx.db);
  return found.rows.map((row) => row.identifier);
}
