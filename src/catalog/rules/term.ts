import { type RawBuilder, sql } from 'kysely';
import { readInstant } from './instant.ts';
import type { Scalar } from './rule.ts';

export type Condition = RawBuilder<boolean>;
export type Comparison = '=' | '>' | '>=' | '<' | '<=';
export type TextPlace = 'anywhere' | 'start' | 'end';

/**
 * Something of an entity that rules look at, with the questions that operators ask about it. A condition may come
 * out as null where there is nothing to compare; that counts as false.
 */
export interface Term {
  readonly missing: Condition;
  readonly emptyList: Condition;
  /** An empty text or an empty object. */
  readonly blank: Condition;
  /** A single value that is one of these. */
  among(values: readonly Scalar[]): Condition;
  /** A list that has at least one of these. */
  shares(values: readonly Scalar[]): Condition;
  /** A list that is exactly this one. */
  equalsList(values: readonly Scalar[]): Condition;
  /** A text, or a number as it is written, that has the part. */
  hasText(place: TextPlace, part: string, numbersToo: boolean): Condition;
  compareNumber(comparison: Comparison, number: number): Condition;
  compareInstant(comparison: Comparison, instant: string): Condition;
}

export const never: Condition = sql`false`;
export const always: Condition = sql`true`;

export function anyOf(conditions: readonly Condition[]): Condition {
  const [first, ...rest] = conditions.filter((condition) => condition !== never);
  if (first === undefined) return never;
  return rest.length === 0 ? first : sql`(${sql.join([first, ...rest], sql` or `)})`;
}

export function allOf(conditions: readonly Condition[]): Condition {
  const [first, ...rest] = conditions;
  if (first === undefined) return always;
  return rest.length === 0 ? first : sql`(${sql.join([first, ...rest], sql` and `)})`;
}

export function textMatches(text: RawBuilder<unknown>, place: TextPlace, part: string): Condition {
  if (place === 'anywhere') return sql`strpos(${text}, ${part}) > 0`;
  if (place === 'start') return sql`starts_with(${text}, ${part})`;
  return sql`right(${text}, length(${part}::text)) = ${part}`;
}

const comparisons: Readonly<Record<Comparison, RawBuilder<unknown>>> = {
  '=': sql`=`,
  '>': sql`>`,
  '>=': sql`>=`,
  '<': sql`<`,
  '<=': sql`<=`,
};

export function compare(left: RawBuilder<unknown>, comparison: Comparison, right: RawBuilder<unknown>): Condition {
  return sql`${left} ${comparisons[comparison]} ${right}`;
}

function texts(values: readonly Scalar[]): readonly string[] {
  return values.filter((value) => typeof value === 'string');
}

/** A column of type text. */
export function textTerm(text: RawBuilder<unknown>): Term {
  return {
    missing: sql`${text} is null`,
    emptyList: never,
    blank: sql`${text} = ''`,
    among: (values) => oneOf(text, texts(values)),
    shares: () => never,
    equalsList: () => never,
    hasText: (place, part) => textMatches(text, place, part),
    compareNumber: () => never,
    compareInstant: () => never,
  };
}

/** `=` for one value: an index on the column serves it. */
function oneOf(text: RawBuilder<unknown>, values: readonly string[]): Condition {
  return values.length === 1 ? sql`${text} = ${values[0]}` : sql`${text} = any(${[...values]}::text[])`;
}

/** A column of type timestamptz. */
export function instantTerm(column: RawBuilder<unknown>): Term {
  return {
    ...textTerm(column),
    blank: never,
    among: (values) => amongInstants(column, values),
    hasText: () => never,
    compareInstant: (comparison, instant) => compare(column, comparison, sql`${instant}::timestamptz`),
  };
}

export function amongInstants(column: RawBuilder<unknown>, values: readonly Scalar[]): Condition {
  const instants = texts(values)
    .map(readInstant)
    .filter((instant) => instant !== null);
  return instants.length === 0 ? never : sql`${column} = any(${instants}::timestamptz[])`;
}

/** A column or an expression of type text[]. `deep` looks for parts of texts inside its items. */
export function listTerm(list: RawBuilder<unknown>, { deep }: { readonly deep: boolean }): Term {
  return {
    missing: never,
    emptyList: sql`cardinality(${list}) = 0`,
    blank: never,
    among: () => never,
    shares: (values) => sql`${list} && ${texts(values)}::text[]`,
    equalsList: (values) =>
      values.every((value) => typeof value === 'string') ? sql`${list} = ${[...values]}::text[]` : never,
    hasText: (place, part) =>
      deep ? sql`exists (select from unnest(${list}) as item where ${textMatches(sql`item`, place, part)})` : never,
    compareNumber: () => never,
    compareInstant: () => never,
  };
}
