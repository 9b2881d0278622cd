import pg from 'pg';

const { builtins } = pg.types;
/** Its declaration knows only built-in scalar types; it takes any type's number. */
const builtInParser = pg.types.getTypeParser as (type: number, format?: 'text' | 'binary') => unknown;

// pg-types knows array types by number only.
const textArray = 1009;
const int8Array = 1016;
const timestampArray = 1115;
const dateArray = 1182;

/**
 * What values read from the database look like: `int8` (counts, numbers of events) a number, or an error where it
 * would lose digits; `timestamptz` a Date (milliseconds); `json` and `jsonb` parsed; `numeric` its exact text.
 * `date` and `timestamp` stay text too, as a Date would move them by the machine's time zone.
 */
const parsers = new Map<number, (text: string) => unknown>([
  [builtins.INT8, parseInt8],
  [builtins.DATE, asText],
  [builtins.TIMESTAMP, asText],
  [int8Array, (text) => parseArray(text, parseInt8)],
  [dateArray, (text) => parseArray(text, asText)],
  [timestampArray, (text) => parseArray(text, asText)],
]);

export const databaseTypes: pg.CustomTypesConfig = {
  getTypeParser: (type: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(type)) ?? builtInParser(type, format),
};

function parseInt8(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} has more digits than a number holds exactly.`);
  return number;
}

function asText(text: string): string {
  return text;
}

type Nested<T> = (T | null | Nested<T>)[];

function parseArray<T>(text: string, parse: (element: string) => T): Nested<T> {
  const split = builtInParser(textArray, 'text') as (text: string) => Nested<string>;
  const convert = (element: string | null | Nested<string>): T | null | Nested<T> =>
    Array.isArray(element) ? element.map(convert) : element === null ? null : parse(element);
  return split(text).map(convert);
}
