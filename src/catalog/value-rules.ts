import { type RawBuilder, sql } from 'kysely';
import type { MetaName } from './rules/rule.ts';
import { instantOf } from './rules/json-term.ts';

type Sql<Value = unknown> = RawBuilder<Value>;

const instants: Readonly<Record<string, Sql<Date | null>>> = {
  $createdAt: sql`e.created_at`,
  $updatedAt: sql`e.updated_at`,
};
const texts: Partial<Readonly<Record<MetaName, Sql>>> = {
  $identifier: sql`e.identifier`,
  $title: sql`e.title`,
  $icon: sql`e.icon`,
  $blueprint: sql`e.blueprint`,
  $createdBy: sql`e.created_by`,
  $updatedBy: sql`e.updated_by`,
};

/** A property as a number; null for whatever is none. */
export function numberOf(key: string): Sql<number | null> {
  const value = sql`(e.properties -> ${key}::text)`;
  return sql`case when jsonb_typeof(${value}) = 'number' then ${value}::numeric end`;
}

/** A figure as JSON can hold it: what is larger than any number there is no figure. */
export function jsonNumber(figure: Sql): Sql<number | null> {
  return sql`case when abs(${figure}) <= 1e308 then (${figure})::float8 end`;
}

/** A property or `$createdAt`, `$updatedAt` as a point in time; null for whatever is none. */
export function timeOf(key: string): Sql<Date | null> {
  if (Object.hasOwn(instants, key)) return instants[key] ?? sql`null::timestamptz`;
  return instantOf(sql`(e.properties ->> ${key}::text)`, sql`jsonb_typeof(e.properties -> ${key}::text)`);
}

/** What entities are counted by. */
export type Grouping =
  | { readonly kind: 'property'; readonly key: string }
  | { readonly kind: 'relation'; readonly key: string }
  | { readonly kind: 'level'; readonly scorecard: string }
  | { readonly kind: 'rule'; readonly scorecard: string; readonly rule: string };

/**
 * A `cross join lateral` that gives each value of a row as `item.value`, a text: a list gives one row per item. Rows
 * without a value give null, or no row where they are not asked for.
 */
export function valuesOf(grouping: Grouping, { blank }: { readonly blank: boolean }): Sql {
  return itemsOf(grouping, heldBy(grouping), blank);
}

/**
 * A select of `value`, `count` and `total` over the entities `e` that match, in no order; the total is of the entities,
 * whatever they hold. Entities are counted by what they hold before that is taken apart: once for each list there is,
 * not once for each entity.
 */
export function countsByValue(grouping: Grouping, matches: Sql<boolean>, { blank }: { readonly blank: boolean }): Sql {
  return sql`
    with alike as materialized (
      select ${heldBy(grouping)} as held, count(*) as count from entity e where ${matches} group by 1
    )
    select item.value, sum(alike.count)::bigint as count, (select sum(alike.count)::bigint from alike) as total
    from alike ${itemsOf(grouping, sql`alike.held`, blank)}
    group by item.value`;
}

/** What an entity holds in that place: JSON, a text, or the texts of its teams. */
export function heldBy(grouping: Grouping): Sql {
  if (grouping.kind === 'relation') return sql`e.relations -> ${grouping.key}::text`;
  if (grouping.kind === 'level') return sql`e.scorecards -> ${grouping.scorecard}::text ->> 'level'`;
  if (grouping.kind === 'rule') {
    return sql`(select result ->> 'status'
      from jsonb_array_elements(e.scorecards -> ${grouping.scorecard}::text -> 'rules') as result
      where result ->> 'identifier' = ${grouping.rule})`;
  }
  if (grouping.key === '$team') return sql`e.team`;
  return texts[grouping.key as MetaName] ?? sql`e.properties -> ${grouping.key}::text`;
}

/** As what `heldBy` gives it. */
export function kindOfHeld(grouping: Grouping): 'json' | 'text' | 'texts' {
  if (grouping.kind === 'relation') return 'json';
  if (grouping.kind !== 'property') return 'text';
  if (grouping.key === '$team') return 'texts';
  return texts[grouping.key as MetaName] === undefined ? 'json' : 'text';
}

function itemsOf(grouping: Grouping, held: Sql, blank: boolean): Sql {
  const join = blank ? sql`left join lateral` : sql`cross join lateral`;
  return sql`${join} ${itemsIn(grouping, held)} as item(value) ${blank ? sql`on true` : sql``}`;
}

function itemsIn(grouping: Grouping, held: Sql): Sql {
  const kind = kindOfHeld(grouping);
  if (kind === 'texts') return sql`unnest(${held})`;
  return kind === 'json' ? itemsOfJson(held) : single(held);
}

function single(text: Sql): Sql {
  return sql`(select one.value from (values (${text})) as one(value) where one.value is not null)`;
}

function itemsOfJson(value: Sql): Sql {
  return sql`jsonb_array_elements_text(
    case coalesce(jsonb_typeof(${value}), 'null') when 'array' then ${value} when 'null' then '[]'::jsonb
      else jsonb_build_array(${value}) end)`;
}
