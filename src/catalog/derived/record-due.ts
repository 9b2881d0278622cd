import { sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import { entityColumns, type EntityRow } from '../entity-queries.ts';
import { asksForTime, calculationsOf } from './compile-plan.ts';
import type { CatalogGraph } from './load-graph.ts';
import type { Marking } from './record-stale.ts';
import type { EntityChange } from './watch-rules.ts';

/** A blueprint with an expression that asks for the time. */
export interface TimedBlueprint {
  readonly orgId: string;
  readonly blueprint: string;
  readonly revision: string;
  /** The state for which it is known when to look at its entities; null for none. */
  readonly watched: string | null;
}

export async function timedBlueprints(db: Db): Promise<readonly TimedBlueprint[]> {
  const found = await sql<TimedBlueprint>`
    select b.org_id as "orgId", b.identifier as blueprint, b.revision::text as revision, w.revision::text as watched
    from blueprint b left join calculation_watch w on w.org_id = b.org_id and w.blueprint = b.identifier
    where (b.document::jsonb -> 'calculationProperties')::text ~ '\\mnow\\M'
    order by b.org_id, b.identifier`.execute(db);
  return found.rows;
}

const atOnce = 5_000;

/** In another state every entity is looked at once. */
export async function watchAll(db: Db, { orgId, blueprint, revision }: TimedBlueprint, now: Date): Promise<void> {
  let after: string | null = '';
  while (after !== null) {
    const last: { readonly rows: readonly { readonly last: string | null; readonly count: number }[] } = await sql<{
      last: string | null;
      count: number;
    }>`
      with page as materialized (
        select identifier from entity where org_id = ${orgId} and blueprint = ${blueprint} and identifier > ${after}
        order by identifier limit ${atOnce}
      ), noted as (
        insert into calculation_due (org_id, blueprint, identifier, due_at)
        select ${orgId}, ${blueprint}, identifier, ${now} from page
        on conflict (org_id, blueprint, identifier) do update
          set due_at = excluded.due_at, changes = calculation_due.changes + 1
      )
      select max(identifier) as last, count(*)::int as count from page`.execute(db);
    const [row] = last.rows;
    after = row?.count === atOnce ? row.last : null;
  }
  await sql`
    insert into calculation_watch (org_id, blueprint, revision) values (${orgId}, ${blueprint}, ${revision}::bigint)
    on conflict (org_id, blueprint) do update set revision = excluded.revision`.execute(db);
}

export interface DueEntity {
  readonly identifier: string;
  readonly changes: number;
  /** Null when it is gone. */
  readonly row: EntityRow | null;
}

export async function readDue(
  db: Db,
  { orgId, blueprint }: TimedBlueprint,
  now: Date,
  limit: number,
): Promise<readonly DueEntity[]> {
  const due = await sql<{ identifier: string; changes: number }>`
    select identifier, changes from calculation_due
    where org_id = ${orgId} and blueprint = ${blueprint} and due_at <= ${now}
    order by due_at limit ${limit}`.execute(db);
  if (due.rows.length === 0) return [];
  const names = due.rows.map(({ identifier }) => identifier);
  const found = await sql<EntityRow>`
    select ${entityColumns} from entity e
    where e.org_id = ${orgId} and e.blueprint = ${blueprint} and e.identifier = any(${names}::text[])`.execute(db);
  const rows = new Map(found.rows.map((row) => [row.identifier, row]));
  return due.rows.map((one) => ({ ...one, row: rows.get(one.identifier) ?? null }));
}

/** When to look again; what was changed meanwhile, and is due because of that, stays due. */
export async function keepDue(
  db: Db,
  { orgId, blueprint }: TimedBlueprint,
  looked: readonly DueEntity[],
  next: (identifier: string) => Date,
): Promise<void> {
  const rows = looked.map(({ identifier, changes, row }) => ({
    identifier,
    changes,
    next: row === null ? null : next(identifier),
  }));
  const seen = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s(identifier text, changes int, next timestamptz)`;
  const same = sql`d.org_id = ${orgId} and d.blueprint = ${blueprint} and d.identifier = s.identifier
    and d.changes = s.changes`;
  await sql`update calculation_due d set due_at = s.next from ${seen} where ${same} and s.next is not null`.execute(db);
  await sql`delete from calculation_due d using ${seen} where ${same} and s.next is null`.execute(db);
}

/** Changed entities of blueprints with such an expression are looked at anew. */
export async function recordDue(
  { db, orgId, now }: Marking,
  graph: CatalogGraph,
  changes: readonly EntityChange[],
): Promise<void> {
  const timed = changes.filter(({ blueprint, kind }) => kind !== 'deleted' && isTimed(graph, blueprint));
  if (timed.length === 0) return;
  const rows = [...new Set(timed.map(({ blueprint, identifier }) => JSON.stringify([blueprint, identifier])))];
  await sql`
    insert into calculation_due (org_id, blueprint, identifier, due_at)
    select ${orgId}, item ->> 0, item ->> 1, ${now}
    from jsonb_array_elements(${`[${rows.toSorted().join(',')}]`}::jsonb) as item
    on conflict (org_id, blueprint, identifier) do update
      set due_at = excluded.due_at, changes = calculation_due.changes + 1`.execute(db);
}

function isTimed(graph: CatalogGraph, blueprint: string): boolean {
  const document = graph.documents.get(blueprint);
  return document !== undefined && calculationsOf(document).some(({ program }) => asksForTime(program));
}
