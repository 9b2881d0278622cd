import { sql } from 'kysely';
import { may } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { isOwn } from './find-own-page.ts';
import { listPages } from './page-queries.ts';
import { orderedTree, type SidebarItem } from './sidebar-rules.ts';

/** As they came. */
export async function sidebarItems(db: Db | Tx, orgId: string): Promise<readonly SidebarItem[]> {
  const found = await sql<SidebarItem>`
    select identifier, kind, title, parent, after, created_at as "createdAt", created_by as "createdBy",
           updated_at as "updatedAt", updated_by as "updatedBy"
    from sidebar_item where org_id = ${orgId} order by place`.execute(db);
  return found.rows;
}

/** Folders and the pages somebody may read, in their order. Only who changes pages learns what stands before what. */
export async function readSidebar(db: Db, actor: Actor): Promise<readonly object[]> {
  const [items, pages] = await Promise.all([sidebarItems(db, actor.orgId), listPages(db, actor)]);
  const byName = new Map(pages.map((page) => [page.identifier, page]));
  const knowsPlaces = may(actor, 'page.write');
  return orderedTree(items).flatMap((item): object[] => {
    const page = byName.get(item.identifier);
    if (item.kind === 'page' && (page === undefined || isOwn(page))) return [];
    const { icon, title = item.identifier, showInSidebar } = page?.document ?? {};
    return [
      {
        identifier: item.identifier,
        title: item.kind === 'folder' ? (item.title ?? item.identifier) : title,
        sidebar: 'catalog',
        sidebarType: item.kind,
        ...(item.parent === null ? {} : { parent: item.parent }),
        ...(item.after === null || !knowsPlaces ? {} : { after: item.after }),
        ...(page === undefined ? {} : { pageType: page.type, icon, showInSidebar, blueprint: page.blueprint }),
        createdAt: item.createdAt.toISOString(),
        createdBy: item.createdBy,
        updatedAt: item.updatedAt.toISOString(),
        updatedBy: item.updatedBy,
      },
    ];
  });
}
