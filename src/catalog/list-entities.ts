import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { entityColumns, type EntityRow, visibleEntities } from './entity-queries.ts';

export async function findEntity(
  db: Db,
  actor: Actor,
  blueprint: string,
  identifier: string,
): Promise<EntityRow | null> {
  const found = await sql<EntityRow>`
    select ${entityColumns} from entity e
    where e.org_id = ${actor.orgId} and e.blueprint = ${blueprint} and e.identifier = ${identifier}
      and ${visibleEntities(actor)}`.execute(db);
  return found.rows[0] ?? null;
}

/** A page in the order of identifiers, after the given one. */
export async function listEntities(
  db: Db,
  actor: Actor,
  blueprint: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly EntityRow[]> {
  const found = await sql<EntityRow>`
    select ${entityColumns} from entity e
    where e.org_id = ${actor.orgId} and e.blueprint = ${blueprint} and ${visibleEntities(actor)}
      ${page.after === null ? sql`` : sql`and e.identifier > ${page.after}`}
    order by e.identifier limit ${page.limit}`.execute(db);
  return found.rows;
}

export async function countEntities(db: Db, actor: Actor, blueprint: string): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*) as count from entity e
    where e.org_id = ${actor.orgId} and e.blueprint = ${blueprint} and ${visibleEntities(actor)}`.execute(db);
  return found.rows[0]?.count ?? 0;
}

/**
 * The identifier that a path means. Some clients encode a blank as `+`; a plus is literal unless there is no such
 * entity and there is one with blanks.
 */
export async function resolveIdentifier(db: Db, orgId: string, blueprint: string, identifier: string): Promise<string> {
  if (!identifier.includes('+')) return identifier;
  const candidates = [identifier, identifier.replaceAll('+', ' ')];
  const found = await sql<{ identifier: string }>`
    select identifier from entity
    where org_id = ${orgId} and blueprint = ${blueprint} and identifier = any(${candidates}::text[])`.execute(db);
  const known = new Set(found.rows.map((row) => row.identifier));
  return candidates.find((candidate) => known.has(candidate)) ?? identifier;
}
