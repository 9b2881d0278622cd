import { sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import { bucketOf, type Point, type Series, starts, type TimeSpan } from './aggregate-over-time.ts';
import { changesOf } from './subject-queries.ts';

export interface PropertyHistoryInput {
  readonly orgId: string;
  readonly blueprint: string;
  readonly identifier: string;
  readonly properties: readonly string[];
  readonly span: TimeSpan;
}

interface State {
  /** Null for the state that the span begins with. */
  readonly bucket: Date | null;
  readonly properties: Readonly<Record<string, unknown>> | null;
}

/** The numbers an entity had at the end of each interval, by its events; none before it was there. */
export async function readPropertyHistory(
  db: Db,
  { orgId, blueprint, identifier, properties, span }: PropertyHistoryInput,
): Promise<Series> {
  const changes = changesOf(orgId, blueprint, identifier);
  const found = await sql<State>`
    (select null::timestamptz as bucket, change.after -> 'properties' as properties from ${changes}
      where change.at < ${span.from} order by change.number desc limit 1)
    union all
    select bucket, properties from (
      select distinct on (bucket) bucket, change.number, change.after -> 'properties' as properties from ${changes}
      cross join lateral (select ${bucketOf(sql`change.at`, span)} as bucket) as b
      where change.at >= ${span.from} and change.at <= ${span.to}
      order by bucket, change.number desc) as latest
    order by bucket nulls first`.execute(db);
  const states = new Map(found.rows.map((row) => [row.bucket?.getTime() ?? null, row.properties]));
  let current = states.get(null) ?? null;
  const data = (await starts(db, span)).map((start): Point => {
    const state = states.get(start.getTime());
    if (state !== undefined) current = state;
    return { date: start.getTime(), ...numbersOf(current, properties) };
  });
  return { minDate: span.from.getTime(), maxDate: span.to.getTime(), data };
}

function numbersOf(state: State['properties'], properties: readonly string[]): Readonly<Record<string, number>> {
  if (state === null) return {};
  const shown = properties.flatMap((key): [string, number][] => {
    const value = Object.hasOwn(state, key) ? state[key] : undefined;
    return typeof value === 'number' && key !== 'date' ? [[key, value]] : [];
  });
  return Object.fromEntries(shown);
}
