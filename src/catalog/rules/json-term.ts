import { type RawBuilder, sql } from 'kysely';
import { amongInstants, anyOf, compare, type Condition, never, type Term, textMatches } from './term.ts';

/** Above it one look at the list beats one look at the index per value. */
const indexedValues = 10;

/**
 * A key of a jsonb column, whatever it holds. Equality is asked as containment, which the GIN index of the column
 * answers. `instant` says that texts in it are points in time.
 */
export function jsonTerm(column: RawBuilder<unknown>, key: string, { instant }: { readonly instant: boolean }): Term {
  const value = sql`(${column} -> ${key}::text)`;
  const text = sql`(${column} ->> ${key}::text)`;
  const type = sql`jsonb_typeof(${value})`;
  const holds = (item: unknown): Condition =>
    sql`${column} @> ${JSON.stringify(Object.fromEntries([[key, item]]))}::jsonb`;
  return {
    missing: sql`coalesce(${type}, 'null') = 'null'`,
    emptyList: sql`${value} = '[]'::jsonb`,
    blank: sql`${value} in ('""'::jsonb, '{}'::jsonb)`,
    among(values) {
      const exact =
        values.length <= indexedValues
          ? anyOf(values.map(holds))
          : sql<boolean>`(${isScalar(type)} and ${JSON.stringify(values)}::jsonb @> ${value})`;
      return instant ? anyOf([exact, amongInstants(instantOf(text, type), values)]) : exact;
    },
    shares(values) {
      if (values.length <= indexedValues) return anyOf(values.map((item) => holds([item])));
      return sql`exists (
        select from jsonb_array_elements(case when ${type} = 'array' then ${value} end) as item
        where ${isScalar(sql`jsonb_typeof(item)`)} and ${JSON.stringify(values)}::jsonb @> item)`;
    },
    equalsList: (values) => sql`${value} = ${JSON.stringify(values)}::jsonb`,
    hasText(place, part, numbersToo) {
      const types = numbersToo ? sql`('string', 'number')` : sql`('string')`;
      return sql`(${type} in ${types} and ${textMatches(text, place, part)})`;
    },
    compareNumber: (comparison, number) =>
      sql`case when ${type} = 'number' then ${compare(sql`${value}::numeric`, comparison, sql`${number}::numeric`)} end`,
    compareInstant: (comparison, at) =>
      instant ? compare(instantOf(text, type), comparison, sql`${at}::timestamptz`) : never,
  };
}

function isScalar(type: RawBuilder<unknown>): Condition {
  return sql`${type} in ('string', 'number', 'boolean')`;
}

/**
 * A text as a timestamptz, null for every text that is none. Values may be older than the format of their property,
 * and a cast that fails would fail the whole statement: so the shape is checked, and the day is counted on from the
 * first of its month, which exists in every year.
 */
export function instantOf(text: RawBuilder<unknown>, type: RawBuilder<unknown>): RawBuilder<Date | null> {
  return sql`case when ${type} = 'string' and ${text} ~* ${instantPattern}
    then (substr(${text}, 1, 8) || '01' || substr(${text}, 11))::timestamptz
      + (substr(${text}, 9, 2)::int - 1) * interval '1 day' end`;
}

const instantPattern =
  '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?' +
  '(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$';
