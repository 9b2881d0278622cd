import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type { ParameterConfig } from './pipeline.ts';
import type { FieldProblem } from './stages/stage-kind.ts';

const nameShape = /^[^\s.[\]{}"'\\]{1,100}$/;
const dateShape = /^\d{4}-\d{2}-\d{2}$/;
const comparators: ReadonlySet<string> = new Set(['=', '!=', '<', '>', '<=', '>=']);

export function checkParameters(parameters: readonly ParameterConfig[]): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const seen = new Set<string>();
  for (const [at, parameter] of parameters.entries()) {
    const add = (field: string, message: string): void =>
      void problems.push({ field: `parameterConfig[${at}].${field}`, message });
    if (!nameShape.test(parameter.name)) add('name', 'A parameter is named without spaces, dots, brackets and quotes.');
    if (seen.has(parameter.name)) add('name', `Another parameter is called ${parameter.name}, too.`);
    seen.add(parameter.name);
    if (parameter.hasOptions === true && (parameter.options ?? []).length === 0)
      add('options', 'Name at least one option.');
    const { condition } = parameter;
    if (condition !== undefined && !comparators.has(condition.comparator)) {
      add('condition.comparator', `Compare by one of ${[...comparators].join(' ')}.`);
    }
  }
  return problems;
}

/** What is handed to an execution: defaults filled in, everything checked. Parameters nobody declared are kept. */
export function acceptedParameters(
  declared: readonly ParameterConfig[],
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const accepted: Record<string, unknown> = { ...given };
  for (const parameter of declared) {
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined;
    const filled = value === undefined || value === null || value === '' ? (parameter.default ?? '') : value;
    accepted[parameter.name] = filled;
  }
  for (const parameter of declared) assertParameter(parameter, accepted);
  return accepted;
}

function assertParameter(parameter: ParameterConfig, accepted: Readonly<Record<string, unknown>>): void {
  const value = accepted[parameter.name];
  if (!isAsked(parameter, accepted)) return;
  if (value === '') {
    if (parameter.required === true) throw refuse(parameter, `Required parameter ${parameter.name} is missing.`);
    return;
  }
  const options = (parameter.options ?? []).map((option) => option.value);
  if (parameter.hasOptions === true && !options.includes(String(value))) {
    throw refuse(parameter, `Parameter ${parameter.name} must be one of ${options.join(', ')}.`);
  }
  if (parameter.constraint === 'date' && !(typeof value === 'string' && isDate(value))) {
    throw refuse(parameter, `Parameter ${parameter.name} must be a date: YYYY-MM-DD.`);
  }
}

function isDate(text: string): boolean {
  if (!dateShape.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

/** A parameter with a condition counts only while another one has the value it names. */
function isAsked({ condition }: ParameterConfig, accepted: Readonly<Record<string, unknown>>): boolean {
  if (!isJsonObject(condition)) return true;
  const { parameter, comparator, comparatorValue } = condition as NonNullable<ParameterConfig['condition']>;
  const value = accepted[parameter];
  const [left, right] = [Number(value), Number(comparatorValue)];
  switch (comparator) {
    case '=':
      return String(value) === comparatorValue;
    case '!=':
      return String(value) !== comparatorValue;
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

function refuse(parameter: ParameterConfig, message: string): Error {
  return problem('invalid', 'invalid_parameter', message, { field: `parameters.${parameter.name}` });
}
