import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import { anySearch, type SearchGroup } from './plan-search.ts';
import { countsByValue, type Grouping, jsonNumber, numberOf, timeOf } from './value-rules.ts';

export type Span = 'hour' | 'day' | 'week' | 'month' | 'total';

/** One figure over all entities that match. */
export type Aggregation =
  | { readonly func: 'count' }
  | { readonly func: 'sum' | 'min' | 'max' | 'median'; readonly property: string }
  /** Of a property, or of the number of entities, per span of time since the first of them. */
  | {
      readonly func: 'average';
      readonly property: string | null;
      readonly averageOf: Span;
      readonly measureTimeBy: string;
    }
  | { readonly func: 'countValues'; readonly grouping: Grouping };

const distinctValues = 1_000;
const seconds: Readonly<Record<Exclude<Span, 'total'>, number>> = {
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
};

/** A number, null where there is nothing to compute it from, or the number of entities by value, most first. */
export async function aggregateEntities(
  db: Db,
  groups: readonly SearchGroup[],
  aggregation: Aggregation,
  now: Date,
): Promise<number | null | Readonly<Record<string, number>>> {
  const matches = anySearch(groups);
  if (aggregation.func === 'countValues') return countValues(db, matches, aggregation.grouping);
  const found = await sql<{ figure: number | null }>`
    select ${jsonNumber(figureOf(aggregation, now))} as figure from entity e where ${matches}`.execute(db);
  return found.rows[0]?.figure ?? null;
}

function figureOf(aggregation: Exclude<Aggregation, { func: 'countValues' }>, now: Date): RawBuilder<unknown> {
  if (aggregation.func === 'count') return sql`count(*)`;
  if (aggregation.func === 'average') return averageOf(aggregation, now);
  const number = numberOf(aggregation.property);
  if (aggregation.func === 'sum') return sql`coalesce(sum(${number}), 0)`;
  if (aggregation.func === 'median') return sql`percentile_cont(0.5) within group (order by (${number})::float8)`;
  return aggregation.func === 'min' ? sql`min(${number})` : sql`max(${number})`;
}

/** Spans begun count as whole: two hours and a minute are three hours. */
function averageOf(
  { property, averageOf: span, measureTimeBy }: Extract<Aggregation, { func: 'average' }>,
  now: Date,
): RawBuilder<unknown> {
  if (span === 'total') return property === null ? sql`count(*)` : sql`avg(${numberOf(property)})`;
  const time = timeOf(measureTimeBy);
  const whole = sql`${property === null ? sql`count(*)` : sql`sum(${numberOf(property)})`} filter (where ${time} is not null)`;
  const elapsed = sql`extract(epoch from ${now}::timestamptz - min(${time}))`;
  return sql`${whole}::numeric / greatest(ceil(${elapsed} / ${seconds[span]}::int), 1)`;
}

async function countValues(
  db: Db,
  matches: RawBuilder<boolean>,
  grouping: Grouping,
): Promise<Readonly<Record<string, number>>> {
  const found = await sql<{ value: string; count: number }>`
    ${countsByValue(grouping, matches, { blank: false })}
    order by count desc, value limit ${distinctValues}`.execute(db);
  return Object.fromEntries(found.rows.map(({ value, count }) => [value, count]));
}
