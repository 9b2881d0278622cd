import type { Parameter, ParameterCondition } from './wire.ts';

/** What is filled in, by name of the parameter. */
export type ParameterValues = Readonly<Record<string, string>>;

export const comparators = ['=', '!=', '<', '>', '<=', '>='] as const;

export const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

const longest = 20_000;

/** Values out of an address; what cannot be read and what the pipeline does not ask for is left out. */
function readLink(text: string | undefined, parameters: readonly Parameter[]): ParameterValues {
  if (text === undefined || text.length > longest) return {};
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null) return {};
    const known = new Set(parameters.map(({ name }) => name));
    return Object.fromEntries(
      Object.entries(read).flatMap(([name, value]) => (known.has(name) ? [[name, textOf(value)]] : [])),
    );
  } catch {
    return {};
  }
}

/** The defaults, under what a link says. */
export const firstValues = (parameters: readonly Parameter[], link: string | undefined): ParameterValues => ({
  ...Object.fromEntries(parameters.map(({ name, default: usual }) => [name, textOf(usual)])),
  ...readLink(link, parameters),
});

/** The same question as the server asks. */
function holds({ parameter, comparator, comparatorValue }: ParameterCondition, values: ParameterValues): boolean {
  const value = values[parameter] ?? '';
  const [left, right] = [Number(value), Number(comparatorValue)];
  switch (comparator) {
    case '=':
      return value === comparatorValue;
    case '!=':
      return value !== comparatorValue;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    default:
      return true;
  }
}

/** What is asked for, as the values stand. */
export const askedOf = (parameters: readonly Parameter[], values: ParameterValues): readonly Parameter[] =>
  parameters.filter(({ condition }) => condition === undefined || condition === null || holds(condition, values));

/** What was asked for and filled in: a value behind a question that is gone says nothing. */
export function givenValues(parameters: readonly Parameter[], values: ParameterValues): ParameterValues {
  return Object.fromEntries(askedOf(parameters, values).map(({ name }) => [name, values[name] ?? '']));
}

/** Names of what has to be given and is not. */
export const missingOf = (parameters: readonly Parameter[], values: ParameterValues): readonly string[] =>
  askedOf(parameters, values).flatMap(({ name, required }) =>
    required === true && (values[name] ?? '') === '' ? [name] : [],
  );

/** An address that opens the form with these values. */
export function startLink(pipeline: string, parameters: readonly Parameter[], values: ParameterValues): string {
  const usual = firstValues(parameters, undefined);
  const changed = Object.entries(givenValues(parameters, values)).filter(([name, value]) => value !== usual[name]);
  const query = new URLSearchParams({
    start: '1',
    ...(changed.length === 0 ? {} : { parameters: JSON.stringify(Object.fromEntries(changed)) }),
  });
  return `${window.location.origin}/pipelines/${encodeURIComponent(pipeline)}?${query.toString()}`;
}
