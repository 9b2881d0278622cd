import { DatabaseError } from 'pg';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import { entityColumns, type EntityRow } from './entity-queries.ts';
import type { SearchGroup } from './plan-search.ts';
import { type SortOrder, type SortPosition, strangeCursor } from './sort-rules.ts';

/** All matches, in the order of blueprints and identifiers within each group, page by page. */
export async function* searchPages(
  db: Db,
  groups: readonly SearchGroup[],
  limit: number,
): AsyncGenerator<readonly EntityRow[]> {
  for (const { condition } of groups) {
    let rows: readonly EntityRow[] = [];
    do {
      const last = rows.at(-1);
      const after =
        last === undefined ? sql`true` : sql`(e.blueprint, e.identifier) > (${last.blueprint}, ${last.identifier})`;
      const found = await sql<EntityRow>`
        select ${entityColumns} from entity e
        where ${condition} and ${after}
        order by e.blueprint, e.identifier limit ${limit}`.execute(db);
      rows = found.rows;
      if (rows.length > 0) yield rows;
    } while (rows.length === limit);
  }
}

export interface SearchPage {
  readonly rows: readonly EntityRow[];
  /** Names the state that the blueprint of these rows is in; null where there are none. */
  readonly revision: string | null;
  /** Where the next page begins; null after the last. */
  readonly next: SortPosition | null;
}

export interface PageInput {
  readonly sort: SortOrder;
  readonly after: SortPosition | null;
  readonly limit: number;
}

type SortedRow = EntityRow & { readonly sortKey: string | null; readonly revision: string };

function revisionOf({ orgId, blueprints }: SearchGroup): RawBuilder<string> {
  return sql`(select b.revision::text from blueprint b where b.org_id = ${orgId} and b.identifier = ${blueprints[0]})`;
}

/** One row more than the page has, to know whether another page follows. */
export function pageStatement(group: SearchGroup, page: PageInput): RawBuilder<SortedRow> {
  const { sort, after, limit } = page;
  return sql<SortedRow>`
    select ${entityColumns}, (${sort.key})::text as "sortKey", ${revisionOf(group)} as revision
    from entity e
    where ${group.condition}
      and ${after === null ? sql`true` : sort.after(after)}
    order by ${sort.by} limit ${limit + 1}`;
}

/** One page of the entities of a blueprint that match, in the given order, after a position. */
export async function searchPage(db: Db, group: SearchGroup, page: PageInput): Promise<SearchPage> {
  const { after, limit } = page;
  const found = await pageStatement(group, page)
    .execute(db)
    .catch((error: unknown) => {
      // A key of our own cursors always reads as what it is compared with.
      throw after !== null && isDataException(error) ? strangeCursor() : error;
    });
  const rows = found.rows.slice(0, limit);
  const last = rows.at(-1);
  const isLast = found.rows.length <= limit || last === undefined;
  const revision = last?.revision ?? null;
  return { rows, revision, next: isLast ? null : { key: last.sortKey, identifier: last.identifier } };
}

/** SQLSTATE class 22: a value that cannot be read as its type. */
function isDataException(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith('22') === true;
}

export async function countMatches(db: Db, { condition }: SearchGroup): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*) as count from entity e
    where ${condition}`.execute(db);
  return found.rows[0]?.count ?? 0;
}
