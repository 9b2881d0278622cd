import { type RawBuilder, sql } from 'kysely';
import { may } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { notFound, type Problem } from '#platform/problem.ts';
import { findOwnPage } from './find-own-page.ts';
import type { Page } from './page.ts';

/** Which rows of `page` somebody may read, as a condition in SQL. Who may change a page may read it. */
export function visiblePages(actor: Actor): RawBuilder<boolean> {
  const mine = sql<boolean>`page.org_id = ${actor.orgId}`;
  if (actor.kind !== 'user' || may(actor, 'page.write')) return mine;
  const names = {
    users: [actor.email, actor.id],
    // A moderator of one blueprint is one of the moderators.
    roles: [...actor.roles, ...(actor.roles.some((role) => role.endsWith('-moderator')) ? ['Moderator'] : [])],
    teams: actor.teams,
  };
  const granted = Object.entries(names).flatMap(([key, values]) =>
    ['read', 'update'].map(
      (right) => sql<boolean>`page.permissions -> ${sql.lit(right)} -> ${sql.lit(key)} ?| ${[...values]}::text[]`,
    ),
  );
  return sql`(${mine} and (${sql.join(granted, sql` or `)}))`;
}

async function read(db: Db | Tx, rest: RawBuilder<unknown>): Promise<readonly Page[]> {
  const found = await sql<Page>`
    select page.identifier, page.type, page.blueprint, page.document, item.parent, item.after, page.permissions,
           page.version, page.created_at as "createdAt", page.created_by as "createdBy",
           page.updated_at as "updatedAt", page.updated_by as "updatedBy"
    from page join sidebar_item item on item.org_id = page.org_id and item.identifier = page.identifier
    where ${rest}`.execute(db);
  return found.rows;
}

/** In the order in which they were made. */
export async function listPages(db: Db, actor: Actor): Promise<readonly Page[]> {
  return read(db, sql`${visiblePages(actor)} order by item.place`);
}

/** Pages of the organisation that hold a text as a name, whoever may read them. */
export async function pagesNaming(db: Tx, orgId: string, name: string): Promise<readonly Page[]> {
  return read(
    db,
    sql`page.org_id = ${orgId} and position(${JSON.stringify(name)} in page.document::text) > 0
      order by page.identifier for update of page`,
  );
}

export async function findPage(db: Db | Tx, actor: Actor, identifier: string): Promise<Page | null> {
  const [page] = await read(db, sql`${visiblePages(actor)} and page.identifier = ${identifier}`);
  return page ?? (await findOwnPage(db, actor.orgId, identifier));
}

/** Refuses an unknown page, and one that may not be read, with a 404. */
export async function getPage(db: Db, actor: Actor, identifier: string): Promise<Page> {
  const page = await findPage(db, actor, identifier);
  if (page === null) throw unknownPage(identifier);
  return page;
}

export function unknownPage(identifier: string): Problem {
  return notFound('page', identifier);
}
