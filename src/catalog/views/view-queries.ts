import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import type { View } from './view-rules.ts';

export const viewColumns: RawBuilder<View> = sql`
  v.id, v.blueprint, v.title, v.shared, v.state, v.version, v.created_at as "createdAt", v.created_by as "createdBy",
  v.updated_at as "updatedAt", v.updated_by as "updatedBy"`;

/** Which rows `v` of `table_view` somebody sees: shared ones and their own. */
export function visibleViews({ orgId, id }: Actor): RawBuilder<boolean> {
  return sql`v.org_id = ${orgId} and (v.shared or v.created_by = ${id})`;
}

/** By title. */
export async function listViews(db: Db, actor: Actor, blueprint: string): Promise<readonly View[]> {
  const found = await sql<View>`
    select ${viewColumns} from table_view v where ${visibleViews(actor)} and v.blueprint = ${blueprint}
    order by lower(v.title), v.id`.execute(db);
  return found.rows;
}

export interface Defaults {
  readonly own: string | null;
  readonly everyone: string | null;
}

/** With which view the table opens. One that is not shared any more does not count. */
export async function readDefaults(db: Db | Tx, actor: Actor, blueprint: string): Promise<Defaults> {
  const found = await sql<{ person: string; id: string }>`
    select d.person, d.view_id as id from table_view_default d
    join table_view v on v.org_id = d.org_id and v.id = d.view_id
    where ${visibleViews(actor)} and d.blueprint = ${blueprint} and d.person in (${actor.id}, '')`.execute(db);
  const of = (person: string): string | null => found.rows.find((row) => row.person === person)?.id ?? null;
  return { own: of(actor.id), everyone: of('') };
}

export async function getView(db: Db | Tx, actor: Actor, id: string): Promise<View> {
  const found = await sql<View>`
    select ${viewColumns} from table_view v where ${visibleViews(actor)} and v.id = ${id}`.execute(db);
  return found.rows[0] ?? refuseUnknownView(id);
}

export function refuseUnknownView(id: string): never {
  throw notFound('view', id);
}
