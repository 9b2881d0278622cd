import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import { type Blueprint, type Blueprints, refuseUnknown } from './blueprint-queries.ts';
import { entityColumns, type EntityRow } from './entity-queries.ts';
import { visibleEntities } from './visibility-queries.ts';

/** An entity with its blueprint, in one statement as long as the blueprint is known; null without such an entity. */
export async function findEntity(
  { db, blueprints }: { readonly db: Db; readonly blueprints: Blueprints },
  actor: Actor,
  blueprint: string,
  identifier: string,
): Promise<{ readonly blueprint: Blueprint; readonly row: EntityRow | null }> {
  const { orgId } = actor;
  const found = await sql<EntityRow & { readonly revision: string }>`${prepared}
    select b.revision::text as revision, ${entityColumns}
    from blueprint b left join entity e on e.org_id = b.org_id and e.blueprint = b.identifier
      and e.identifier = ${identifier} and ${await visibleEntities(db, actor)}
    where b.org_id = ${orgId} and b.identifier = ${blueprint}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) return refuseUnknown(blueprint);
  const state = blueprints.cached(orgId, blueprint, row.revision) ?? (await blueprints.get(db, orgId, blueprint));
  // The column of an entity that is not there.
  const isThere = (row.identifier as string | null) !== null;
  return { blueprint: state, row: isThere ? row : null };
}

/** A page in the order of identifiers, after the given one. */
export async function listEntities(
  db: Db,
  actor: Actor,
  blueprint: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly EntityRow[]> {
  const found = await sql<EntityRow>`${prepared}
    select ${entityColumns} from entity e
    where e.org_id = ${actor.orgId} and e.blueprint = ${blueprint} and ${await visibleEntities(db, actor)}
      ${page.after === null ? sql`` : sql`and e.identifier > ${page.after}`}
    order by e.identifier limit ${page.limit}`.execute(db);
  return found.rows;
}

export async function countEntities(db: Db, actor: Actor, blueprint: string): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*) as count from entity e
    where e.org_id = ${actor.orgId} and e.blueprint = ${blueprint} and ${await visibleEntities(db, actor)}`.execute(db);
  return found.rows[0]?.count ?? 0;
}

/**
 * The identifier that a path means. Some clients encode a blank as `+`; a plus is literal unless there is no such
 * entity and there is one with blanks.
 */
export async function resolveIdentifier(db: Db, orgId: string, blueprint: string, identifier: string): Promise<string> {
  if (!identifier.includes('+')) return identifier;
  const candidates = plusReadings(identifier);
  const found = await sql<{ identifier: string }>`
    select identifier from entity
    where org_id = ${orgId} and blueprint = ${blueprint} and identifier = any(${candidates}::text[])`.execute(db);
  const known = new Set(found.rows.map((row) => row.identifier));
  return candidates.find((candidate) => known.has(candidate)) ?? identifier;
}

/** Of names with more pluses than this, all are blanks or none is. */
const mostPluses = 6;

/** An encoded plus arrives as one, too, so each may be a plus or a blank; literally first, then as many blanks as can be. */
function plusReadings(identifier: string): readonly string[] {
  const parts = identifier.split('+');
  const pluses = parts.length - 1;
  if (pluses > mostPluses) return [identifier, parts.join(' ')];
  const readings = Array.from({ length: 2 ** pluses }, (_, blanks) => {
    const text = parts.map((part, at) => (at === 0 ? part : `${(blanks >> (at - 1)) % 2 === 1 ? ' ' : '+'}${part}`));
    return text.join('');
  });
  const [literal = identifier, ...others] = readings;
  return [literal, ...others.toReversed()];
}
