import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import { type BlueprintDocument, definitionOf } from './blueprint-document.ts';
import { entityColumns, type EntityRow } from './entity-queries.ts';
import { wordsAsked } from './find/cut-words.ts';
import type { SearchGroup } from './plan-search.ts';
import type { SortOrder } from './sort-rules.ts';
import { countsByValue, type Grouping } from './value-rules.ts';

/** Entities that have all words somewhere as well; what is written is found within a second. */
export function withWords(group: SearchGroup, text: string): SearchGroup {
  const words = wordsAsked(text);
  if (words.length === 0) return group;
  const { orgId, blueprints, condition } = group;
  const query = words.map((word) => `'${word}':*`).join(' & ');
  return {
    ...group,
    condition: sql`${condition} and (e.blueprint, e.identifier) in (
      select w.blueprint, w.identifier from entity_words w
      where w.org_id = ${orgId} and w.blueprint = any(${[...blueprints]}::text[]) and w.words @@ ${query}::tsquery)`,
  };
}

/** Only identifiers are sorted and passed over; whole rows are read for the page alone. */
export async function readRows(
  db: Db,
  { condition }: SearchGroup,
  { by }: Pick<SortOrder, 'by'>,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<readonly EntityRow[]> {
  const found = await sql<EntityRow>`
    with page as materialized (
      select e.ctid as place from entity e where ${condition} order by ${by} offset ${offset} limit ${limit}
    )
    select ${entityColumns} from page join entity e on e.ctid = page.place order by ${by}`.execute(db);
  return found.rows;
}

export interface FacetValue {
  /** Null for entities without a value. */
  readonly value: string | null;
  readonly count: number;
}

export interface Facets {
  readonly count: number;
  readonly facets: Readonly<Record<string, readonly FacetValue[]>>;
}

const shownValues = 100;

/** A field is a key of the blueprint, `$team` and its like, or `level:<scorecard>`; others have no values. */
export async function countFacets(
  db: Db,
  { condition }: SearchGroup,
  blueprint: BlueprintDocument,
  fields: readonly string[],
): Promise<Facets> {
  if (fields.length === 0) return { count: await countRows(db, condition), facets: {} };
  const facets: [string, readonly FacetValue[]][] = [];
  let count = 0;
  for (const field of fields) {
    const counts = countsByValue(groupingOf(blueprint, field), condition, { blank: true });
    const found = await sql<FacetValue & { total: number }>`
      ${counts} order by count desc, value limit ${shownValues}`.execute(db);
    count = found.rows[0]?.total ?? 0;
    facets.push([field, found.rows.map((row) => ({ value: row.value, count: row.count }))]);
  }
  return { count, facets: Object.fromEntries(facets) };
}

async function countRows(db: Db, condition: RawBuilder<boolean>): Promise<number> {
  const counted = await sql<{ count: number }>`select count(*) as count from entity e where ${condition}`.execute(db);
  return counted.rows[0]?.count ?? 0;
}

/** What entities are counted by, by the name of a field. */
export function groupingOf(blueprint: BlueprintDocument, field: string): Grouping {
  if (field.startsWith('level:')) return { kind: 'level', scorecard: field.slice('level:'.length) };
  const isRelation = definitionOf(blueprint.relations, field) !== undefined;
  return { kind: isRelation ? 'relation' : 'property', key: field };
}
