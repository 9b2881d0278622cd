import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import { presetRange } from './rules/instant.ts';
import { anySearch, type SearchGroup } from './plan-search.ts';
import { jsonNumber, numberOf, timeOf, valuesOf } from './value-rules.ts';

export const intervals = ['hour', 'day', 'isoWeek', 'month', 'quarter'] as const;
export type Interval = (typeof intervals)[number];

export interface TimeSpan {
  readonly from: Date;
  readonly to: Date;
  readonly interval: Interval;
  /** Days, weeks and months begin at its midnight. */
  readonly timeZone: string;
}

/** What is measured in each interval. */
export type Measure =
  | { readonly kind: 'count'; readonly func: 'count' | 'average'; readonly breakdown: string | null }
  | { readonly kind: 'properties'; readonly func: PropertyFunction; readonly properties: readonly string[] };
export type PropertyFunction = 'average' | 'sum' | 'min' | 'max' | 'median' | 'last';

/** One interval; `date` is where it begins, in milliseconds. What has no value is left out. */
export type Point = Readonly<Record<string, number>> & { readonly date: number };

export interface Series {
  readonly minDate: number;
  readonly maxDate: number;
  readonly data: readonly Point[];
}

const units: Readonly<Record<Interval, string>> = {
  hour: 'hour',
  day: 'day',
  isoWeek: 'week',
  month: 'month',
  quarter: 'quarter',
};
/** By what a count is divided to be an average of the interval. */
const divisors: Readonly<Record<Interval, number>> = { hour: 60, day: 24, isoWeek: 7, month: 30, quarter: 90 };
const seriesLimit = 100;

/** The span of a preset that looks back; calendar days are those of the time zone. */
export function timeSpan(preset: string, timeZone: string, interval: Interval, now: Date): TimeSpan {
  const local = presetRange(preset, new Date(now.getTime() + zoneOffset(timeZone, now)));
  const isCalendarDay = preset === 'today' || preset === 'yesterday';
  const shift = isCalendarDay ? zoneOffset(timeZone, now) : 0;
  const { from, to } = isCalendarDay ? local : presetRange(preset, now);
  return { from: new Date(Date.parse(from) - shift), to: new Date(Date.parse(to) - shift), interval, timeZone };
}

/** Milliseconds by which the zone is ahead of UTC at that moment. */
function zoneOffset(timeZone: string, at: Date): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const [month, day, year, hour, minute, second] = parts
    .filter((part) => part.type !== 'literal')
    .map((part) => Number(part.value));
  const local = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  return local - Math.floor(at.getTime() / 1000) * 1000;
}

export async function aggregateOverTime(
  db: Db,
  groups: readonly SearchGroup[],
  {
    measure,
    measureTimeBy,
    span,
  }: { readonly measure: Measure; readonly measureTimeBy: string; readonly span: TimeSpan },
): Promise<Series> {
  const rows = sql`
    select ${timeOf(measureTimeBy)} as at, e.* from entity e where ${anySearch(groups)}`;
  const within = sql`from (${rows}) as e where e.at >= ${span.from} and e.at <= ${span.to}`;
  const found =
    measure.kind === 'count'
      ? await countOverTime(db, within, measure, span)
      : await propertiesOverTime(db, within, measure, span);
  const fill = measure.kind === 'count' ? [...new Set(found.map((row) => row.series))] : [];
  if (measure.kind === 'count' && measure.breakdown === null) fill.splice(0, fill.length, 'count');
  return {
    minDate: span.from.getTime(),
    maxDate: span.to.getTime(),
    data: toPoints(found, fill, await starts(db, span)),
  };
}

interface Cell {
  readonly bucket: Date;
  readonly series: string;
  readonly value: number | null;
}

/** Where the interval of an instant begins. */
export function bucketOf(at: RawBuilder<unknown>, { interval, timeZone }: TimeSpan): RawBuilder<Date> {
  return sql`(date_trunc(${sql.lit(units[interval])}, ${at} at time zone ${timeZone}) at time zone ${timeZone})`;
}

async function countOverTime(
  db: Db,
  within: RawBuilder<unknown>,
  { func, breakdown }: Extract<Measure, { kind: 'count' }>,
  span: TimeSpan,
): Promise<readonly Cell[]> {
  const divisor = func === 'average' ? divisors[span.interval] : 1;
  const values = breakdown === null ? sql`` : valuesOf({ kind: 'property', key: breakdown }, { blank: false });
  const series = breakdown === null ? sql`'count'` : sql`item.value`;
  // The join with the values of a row stands before the condition.
  const found = await sql<Cell>`
    select ${bucketOf(sql`e.at`, span)} as bucket, ${series} as series,
           (count(*)::numeric / ${divisor}::int)::float8 as value
    from (select * ${within}) as e ${values} group by 1, 2`.execute(db);
  const totals = new Map<string, number>();
  for (const { series: name, value } of found.rows) totals.set(name, (totals.get(name) ?? 0) + (value ?? 0));
  const shown = new Set(
    [...totals]
      .toSorted(([, left], [, right]) => right - left)
      .slice(0, seriesLimit)
      .map(([name]) => name),
  );
  return found.rows.filter((row) => shown.has(row.series));
}

async function propertiesOverTime(
  db: Db,
  within: RawBuilder<unknown>,
  { func, properties }: Extract<Measure, { kind: 'properties' }>,
  span: TimeSpan,
): Promise<readonly Cell[]> {
  const parts = properties.map((property) => {
    const number = numberOf(property);
    return sql`
      select ${bucketOf(sql`e.at`, span)} as bucket, ${property}::text as series, ${jsonNumber(combined(func, number))} as value
      ${within} group by 1`;
  });
  const found = await sql<Cell>`${sql.join(parts, sql` union all `)}`.execute(db);
  return found.rows;
}

function combined(func: PropertyFunction, number: RawBuilder<unknown>): RawBuilder<unknown> {
  if (func === 'average') return sql`avg(${number})`;
  if (func === 'sum') return sql`sum(${number})`;
  if (func === 'min') return sql`min(${number})`;
  if (func === 'max') return sql`max(${number})`;
  if (func === 'median') return sql`percentile_cont(0.5) within group (order by (${number})::float8)`;
  return sql`(array_agg(${number} order by e.at desc, e.identifier) filter (where ${number} is not null))[1]`;
}

/** Where each interval of the span begins; the first one before the span where it is cut. */
export async function starts(db: Db, span: TimeSpan): Promise<readonly Date[]> {
  const unit = sql.lit(units[span.interval]);
  const step = span.interval === 'quarter' ? sql`interval '3 months'` : sql`('1 ' || ${unit})::interval`;
  const local = (at: Date): RawBuilder<unknown> =>
    sql`date_trunc(${unit}, ${at}::timestamptz at time zone ${span.timeZone})`;
  const found = await sql<{ start: Date }>`
    select local at time zone ${span.timeZone} as start
    from generate_series(${local(span.from)}, ${local(span.to)}, ${step}) as local order by 1`.execute(db);
  return found.rows.map((row) => row.start);
}

function toPoints(cells: readonly Cell[], fill: readonly string[], buckets: readonly Date[]): readonly Point[] {
  const empty = Object.fromEntries(fill.map((name) => [name, 0]));
  const points = new Map(buckets.map((bucket) => [bucket.getTime(), { date: bucket.getTime(), ...empty }]));
  for (const { bucket, series, value } of cells) {
    const point = points.get(bucket.getTime());
    if (point !== undefined && value !== null && series !== 'date') Object.assign(point, { [series]: value });
  }
  return [...points.values()];
}
