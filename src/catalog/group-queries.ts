import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import { problem, type Problem } from '#platform/problem.ts';
import { type BlueprintDocument, definitionOf, valueKindOf } from './blueprint-document.ts';
import { checkStorable } from './check-storable.ts';
import type { SearchGroup } from './plan-search.ts';
import { type Grouping, heldBy, kindOfHeld } from './value-rules.ts';

/** What the rows of a table are put together by: a key of the blueprint, `$team` and its like, or a level. */
export type GroupedBy =
  | { readonly property: string }
  | { readonly scorecard: string; readonly levels: readonly string[] };

export interface EntityGroup {
  /** What all its entities hold, a list as a whole; null where they hold nothing. */
  readonly value: unknown;
  readonly count: number;
}

export interface EntityGroups {
  /** Of entities. */
  readonly count: number;
  /** Of groups, beyond this page as well. */
  readonly total: number;
  readonly groups: readonly EntityGroup[];
}

const metaKeys: ReadonlySet<string> = new Set([
  '$team',
  '$identifier',
  '$title',
  '$icon',
  '$blueprint',
  '$createdBy',
  '$updatedBy',
]);

/** Refuses what no entity of the blueprint can hold; `path` says where it was asked. */
export function readGroupedBy(blueprint: BlueprintDocument, by: GroupedBy, path: string): Grouping {
  if ('scorecard' in by) return { kind: 'level', scorecard: by.scorecard };
  const { property } = by;
  if (definitionOf(blueprint.relations, property) !== undefined) return { kind: 'relation', key: property };
  if (metaKeys.has(property) || valueKindOf(blueprint, property) !== null) return { kind: 'property', key: property };
  throw refused(`${path}.property`, `is not a property of blueprint "${blueprint.identifier}"`);
}

/** The groups that a table parts into: each entity is in exactly one, those without a value in the last. */
export async function listGroups(db: Db, group: SearchGroup, page: GroupPage): Promise<EntityGroups> {
  const found = await groupsStatement(group, page).execute(db);
  const groups = found.rows.flatMap(({ value, count }) => (count === null ? [] : [{ value, count }]));
  const [first] = found.rows;
  return { count: first?.entities ?? 0, total: first?.total ?? 0, groups };
}

interface GroupRow {
  readonly value: unknown;
  readonly count: number | null;
  readonly entities: number;
  readonly total: number;
}

export function groupsStatement(
  { condition }: SearchGroup,
  { blueprint, by, offset, limit }: GroupPage,
): RawBuilder<GroupRow> {
  const grouping = readGroupedBy(blueprint, by, 'by');
  return sql<GroupRow>`
    with alike as materialized (
      select ${heldBy(grouping)} as held, count(*) as count from entity e where ${condition} group by 1
    ), grouped as materialized (
      select ${asJson(grouping, sql`alike.held`)} as value, sum(count)::bigint as count from alike group by 1
    ), page as (
      select value, count, row_number() over (order by ${placeOf(blueprint, by)}) as place from grouped
    )
    select page.value, page.count, whole.entities, whole.total
    from (select coalesce(sum(count), 0)::bigint as entities, count(*) as total from grouped) as whole
    left join page on page.place > ${offset} and page.place <= ${offset + limit}
    order by page.place`;
}

export interface GroupPage {
  readonly blueprint: BlueprintDocument;
  readonly by: GroupedBy;
  readonly offset: number;
  readonly limit: number;
}

/** Of a search group the entities that are in one group of a table. */
export function withinGroup(
  { condition, ...group }: SearchGroup,
  blueprint: BlueprintDocument,
  { by, value }: { readonly by: GroupedBy; readonly value: unknown },
): SearchGroup {
  const fault = checkStorable(value);
  if (fault !== null) throw refused('group.value', fault);
  const grouping = readGroupedBy(blueprint, by, 'group.by');
  return { ...group, condition: sql`${condition} and ${holds(grouping, value)}` };
}

/** Nothing is one group, whether it is missing, null or an empty list. */
function asJson(grouping: Grouping, held: RawBuilder<unknown>): RawBuilder<unknown> {
  const kind = kindOfHeld(grouping);
  if (kind === 'json') return sql`nullif(nullif(${held}, 'null'::jsonb), '[]'::jsonb)`;
  return kind === 'texts' ? sql`to_jsonb(nullif(${held}, '{}'::text[]))` : sql`to_jsonb(${held})`;
}

function holds(grouping: Grouping, value: unknown): RawBuilder<boolean> {
  const held = heldBy(grouping);
  const kind = kindOfHeld(grouping);
  if (value === null) {
    if (kind === 'text') return sql`(${held}) is null`;
    if (kind === 'texts') return sql`cardinality(${held}) = 0`;
    return sql`coalesce(${held}, 'null'::jsonb) in ('null'::jsonb, '[]'::jsonb)`;
  }
  if (kind === 'text') return typeof value === 'string' ? sql`(${held}) = ${value}` : sql`false`;
  if (kind === 'texts') {
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    return isList ? sql`(${held} = ${[...(value as string[])]}::text[])` : sql`false`;
  }
  // Containment says less, but an index answers it.
  const column = grouping.kind === 'relation' ? sql`e.relations` : sql`e.properties`;
  const key = 'key' in grouping ? grouping.key : '';
  const document = JSON.stringify(Object.fromEntries([[key, value]]));
  return sql`(${column} @> ${document}::jsonb and ${held} = ${JSON.stringify(value)}::jsonb)`;
}

/** Levels and choices in the order in which they are defined, other values by size or alphabet. */
function placeOf(blueprint: BlueprintDocument, by: GroupedBy): RawBuilder<unknown> {
  const known = 'scorecard' in by ? by.levels : choicesOf(blueprint, by.property);
  const place = sql`array_position(${[...known]}::text[], value #>> '{}') nulls last,`;
  return sql`value is null, ${known.length === 0 ? sql`` : place} value`;
}

function choicesOf({ schema }: BlueprintDocument, property: string): readonly string[] {
  return (definitionOf(schema.properties, property)?.enum ?? []).map(String);
}

function refused(path: string, message: string): Problem {
  return problem('invalid', 'invalid_request', `"${path}" ${message}.`, { errors: [{ path, message }] });
}
