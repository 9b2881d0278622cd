import { sql } from 'kysely';
import type { Db } from './handles.ts';

/** A table counts as grown with so many rows more than twice of what it had when it was counted last. */
const leastGrowth = 100;

/**
 * Counts tables that have grown much since PostgreSQL counted them last, and answers which. Autovacuum looks once a
 * minute, and only then are plans made anew: a catalog that is filled in a minute would be read in ways that were right
 * while it was empty.
 */
export async function analyzeGrowth(db: Db): Promise<readonly string[]> {
  const grown = await sql<{ schema: string; name: string }>`
    select namespace.nspname as schema, class.relname as name
    from pg_class class join pg_namespace namespace on namespace.oid = class.relnamespace
    where class.relkind = 'r' and class.relpersistence = 'p'
      and class.relowner = (select oid from pg_roles where rolname = current_user)
      and pg_stat_get_live_tuples(class.oid) >= 2 * greatest(class.reltuples, 0) + ${leastGrowth}
    order by 1, 2`.execute(db);
  for (const { schema, name } of grown.rows) await sql`analyze ${sql.id(schema, name)}`.execute(db);
  return grown.rows.map(({ name }) => name);
}
