import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { JsonObject } from '#platform/json.ts';
import { notFound } from '#platform/problem.ts';

export async function migrationById(db: Db | Tx, orgId: string, id: string, lock?: 'lock'): Promise<JsonObject> {
  const found = await sql<{ document: JsonObject }>`
    select document from catalog_migration where org_id = ${orgId} and id = ${id}
    ${lock === undefined ? sql`` : sql`for update`}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) throw notFound('migration', id);
  return row.document;
}

/** The newest first. */
export async function listMigrations(
  db: Db,
  orgId: string,
  filter: {
    readonly status?: readonly string[] | undefined;
    readonly actor?: string | undefined;
    readonly blueprint?: string | undefined;
  },
): Promise<readonly JsonObject[]> {
  const { status, actor, blueprint } = filter;
  const found = await sql<{ document: JsonObject }>`
    select document from catalog_migration where org_id = ${orgId}
      ${status === undefined ? sql`` : sql`and document ->> 'status' = any(${[...status]}::text[])`}
      ${actor === undefined ? sql`` : sql`and document ->> 'actor' = ${actor}`}
      ${blueprint === undefined ? sql`` : sql`and document ->> 'sourceBlueprint' = ${blueprint}`}
    order by created_at desc, id limit 1000`.execute(db);
  return found.rows.map((row) => row.document);
}
