import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { PreconfiguredRow } from './preconfigured-webhook.ts';

/** Few: administrators make them. */
const most = 500;

export async function preconfiguredOf(db: Db | Tx, orgId: string): Promise<readonly PreconfiguredRow[]> {
  const found = await sql<PreconfiguredRow>`
    select * from preconfigured_webhook where org_id = ${orgId} order by type limit ${most}`.execute(db);
  return found.rows;
}

export async function findPreconfigured(db: Db | Tx, orgId: string, type: string): Promise<PreconfiguredRow | null> {
  const found = await sql<PreconfiguredRow>`
    select * from preconfigured_webhook where org_id = ${orgId} and type = ${type}`.execute(db);
  return found.rows[0] ?? null;
}
