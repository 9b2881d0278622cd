import { isJsonObject, jsonEqual, type JsonObject } from '#platform/json.ts';
import { describeJqFailure } from '#platform/jq/jq-failure.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import type { JqResult } from '#platform/jq/jq-result.ts';
import type { UserInput, UserInputs } from './action.ts';
import { formExpressions, isComputed, replaceComputed } from './form-expression-rules.ts';
import { secretInputs } from './secret-inputs-rules.ts';

/** An input as it stands now, with everything that jq computes worked out. */
export interface ResolvedInput {
  readonly visible: boolean;
  readonly required: boolean;
  readonly disabled: boolean;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** The query that the entities to choose from have to match. */
  readonly dataset?: JsonObject;
  /** Keys that could not be worked out, in words without values. */
  readonly problems: readonly FormProblem[];
}

export interface FormProblem {
  readonly path: string;
  readonly message: string;
}

export interface ResolvedForm {
  readonly inputs: Readonly<Record<string, ResolvedInput>>;
  readonly titles: Readonly<Record<string, { readonly visible: boolean }>>;
  readonly steps: readonly { readonly visible: boolean }[];
  /** What would be sent: what was given, and defaults where nothing was. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Of no input in particular. */
  readonly problems: readonly FormProblem[];
}

export interface FormScope {
  /** What somebody entered; null for what they cleared, nothing for what they did not touch. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly entity: JsonObject | null;
  readonly user: JsonObject;
  /** Values of entity inputs as `.form` shows them: whole entities in the place of identifiers. */
  readonly withEntities: (values: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>;
  /** Forget what was entered into an input that is hidden now, as the form does. */
  readonly dropHidden: boolean;
}

/** Computed defaults may rest on others; a circle of them ends here. */
const roundLimit = 5;

/**
 * The form as it stands for these inputs: all expressions in one batch, again as long as the defaults they give change
 * what others see. An expression that fails leaves its key open and says so; nothing here throws over one.
 */
export async function resolveForm(
  jq: Pick<JqPool, 'evaluateBatch'>,
  inputs: UserInputs,
  scope: FormScope,
): Promise<ResolvedForm> {
  const expressions = [...new Set(formExpressions(inputs).map(({ expression }) => expression))];
  let values = valuesOf(inputs, scope, null);
  for (let round = 1; ; round += 1) {
    const results = await evaluated(jq, expressions, inputs, { ...scope, values });
    const form = readForm(inputs, values, results);
    const next = valuesOf(inputs, scope, form);
    if (round >= roundLimit || jsonEqual(next, values)) return { ...form, values: next };
    values = next;
  }
}

async function evaluated(
  jq: Pick<JqPool, 'evaluateBatch'>,
  expressions: readonly string[],
  inputs: UserInputs,
  { values, entity, user, withEntities }: FormScope & { readonly values: Readonly<Record<string, unknown>> },
): Promise<ReadonlyMap<string, JqResult>> {
  if (expressions.length === 0) return new Map();
  const form = await withEntities(formValues(inputs, values));
  const [row = []] = await jq.evaluateBatch(expressions, [{ form, entity, user }]);
  return new Map(expressions.flatMap((expression, at) => (row[at] === undefined ? [] : [[expression, row[at]]])));
}

/** Text that nobody touched compares as the empty text. What is secret takes no part: it could be copied elsewhere. */
function formValues(inputs: UserInputs, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const secret = secretInputs(inputs);
  return Object.fromEntries(
    Object.entries(inputs.properties).map(([key, input]) => {
      const value = secret.has(key) ? undefined : values[key];
      const isText = input.type === 'string' && input.format !== 'entity';
      return [key, value ?? (isText ? '' : null)];
    }),
  );
}

function valuesOf(inputs: UserInputs, scope: FormScope, form: ReadForm | null): Readonly<Record<string, unknown>> {
  const isForgotten = (key: string): boolean => scope.dropHidden && form?.inputs[key]?.visible === false;
  const given = Object.entries(scope.given).filter(([key, value]) => value !== undefined && !isForgotten(key));
  const touched = new Set(given.map(([key]) => key));
  const defaults = Object.entries(inputs.properties)
    .filter(([key]) => !touched.has(key))
    .map(([key, input]) => [key, form === null ? fixed(input.default) : form.inputs[key]?.default] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries([...defaults, ...given]);
}

function fixed(value: unknown): unknown {
  return isComputed(value) ? undefined : value;
}

type ReadForm = Omit<ResolvedForm, 'values'>;
type Results = ReadonlyMap<string, JqResult>;

function readForm(inputs: UserInputs, values: Readonly<Record<string, unknown>>, results: Results): ReadForm {
  const problems: FormProblem[] = [];
  const place: Place = { results, problems, path: '' };
  const required = readRequired(inputs, place);
  const steps = (inputs.steps ?? []).map((step, at) => ({
    visible: readFlag(step['visible'], true, { ...place, path: `steps[${at}].visible` }),
  }));
  const hidden = new Set(
    (inputs.steps ?? []).flatMap((step, at) =>
      steps[at]?.visible === false && Array.isArray(step['order']) ? (step['order'] as readonly string[]) : [],
    ),
  );
  const titles = Object.entries(inputs.titles ?? {}).map(([key, title]) => {
    const visible = readFlag(title['visible'], true, { ...place, path: `titles.${key}.visible` });
    return [key, { visible: visible && !hidden.has(key) }] as const;
  });
  const resolved = Object.entries(inputs.properties).map(([key, input]) => {
    const state = { values, results, hidden: hidden.has(key), required: required.has(key) };
    return [key, readInput(input, state)] as const;
  });
  return { inputs: Object.fromEntries(resolved), titles: Object.fromEntries(titles), steps, problems };
}

interface InputState {
  readonly values: Readonly<Record<string, unknown>>;
  readonly results: Results;
  readonly hidden: boolean;
  readonly required: boolean;
}

function readInput(input: UserInput, state: InputState): ResolvedInput {
  const problems: FormProblem[] = [];
  const at = (name: string): Place => ({ results: state.results, problems, path: name });
  const visible = !state.hidden && readFlag(input['visible'], true, at('visible'));
  const dependsOn: readonly unknown[] = Array.isArray(input['dependsOn']) ? input['dependsOn'] : [];
  const waits = dependsOn.some((name) => isBlank(state.values[String(name)]));
  const required =
    state.required || (!Array.isArray(input['required']) && readFlag(input['required'], false, at('required')));
  const isList = input.type === 'array';
  const items = isJsonObject(input['items']) ? input['items'] : {};
  const choices = readList(
    isList ? (items['enum'] ?? input['enum']) : input['enum'],
    at(isList ? 'items.enum' : 'enum'),
  );
  const dataset = readDataset(items['dataset'] ?? input['dataset'], at('dataset'));
  const fallback = readDefault(input, at('default'));
  const pattern = readAs(input['pattern'], at('pattern'), 'a text', (value) => typeof value === 'string');
  const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
  const minItems = readAs(input['minItems'], at('minItems'), 'a whole number of 0 or more', isCount);
  const maxItems = readAs(input['maxItems'], at('maxItems'), 'a whole number of 0 or more', isCount);
  return {
    visible,
    required: required && visible,
    disabled: waits || readFlag(input['disabled'], false, at('disabled')),
    ...withoutNothing({ default: fallback, enum: choices, dataset, pattern, minItems, maxItems }),
    problems,
  };
}

function withoutNothing(values: Readonly<Record<string, unknown>>): Pick<ResolvedInput, 'default'> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

interface Place {
  readonly results: Results;
  readonly problems: FormProblem[];
  readonly path: string;
}

/** The value itself, or what jq answers for it; undefined, and a problem, where it fails. */
function readValue(value: unknown, { results, problems, path }: Place): unknown {
  if (!isComputed(value)) return value;
  const result = results.get(value.jqQuery);
  if (result?.ok === true) return result.value;
  problems.push({ path, message: result === undefined ? 'it was not evaluated' : describeJqFailure(result) });
  return undefined;
}

function readFlag(value: unknown, otherwise: boolean, place: Place): boolean {
  const read = readValue(value, place);
  // As jq has it: everything but false and null counts as true.
  return read === undefined ? otherwise : read !== false && read !== null;
}

function readAs(value: unknown, place: Place, what: string, fits: (value: unknown) => boolean): unknown {
  const read = readValue(value, place);
  if (read === undefined || read === null || fits(read)) return read ?? undefined;
  place.problems.push({ path: place.path, message: `it must give ${what}` });
  return undefined;
}

const choiceLimit = 1000;

function readList(value: unknown, place: Place): unknown {
  const isChoice = (item: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof item);
  const read = readAs(
    value,
    place,
    'a list of texts or numbers',
    (list) => Array.isArray(list) && list.every(isChoice),
  );
  if (!Array.isArray(read)) return isComputed(value) ? [] : undefined;
  const distinct = [...new Set(read as readonly unknown[])];
  if (distinct.length <= choiceLimit) return distinct;
  place.problems.push({
    path: place.path,
    message: `it gives ${distinct.length} values; the first ${choiceLimit} are offered`,
  });
  return distinct.slice(0, choiceLimit);
}

function readDataset(value: unknown, place: Place): unknown {
  const replaced = replaceComputed(value, (computed) => readValue(computed, place) ?? null);
  return isJsonObject(replaced) ? replaced : undefined;
}

/** A default of another type than its input would be refused when it is sent; better to say so where it stands. */
function readDefault(input: UserInput, place: Place): unknown {
  const read = readValue(input.default, place);
  if (read === undefined || read === null || !isComputed(input.default)) return read;
  const fits =
    input.type === 'array'
      ? Array.isArray(read)
      : input.type === 'object'
        ? isJsonObject(read)
        : typeof read === input.type;
  if (fits) return read;
  place.problems.push({
    path: place.path,
    message: `it must give ${input.type === 'array' ? 'a list' : `a value of type ${input.type}`}`,
  });
  return undefined;
}

function readRequired({ required }: UserInputs, place: Place): ReadonlySet<string> {
  const read = readAs(required, { ...place, path: 'required' }, 'a list of inputs', Array.isArray);
  return new Set(Array.isArray(read) ? read.filter((key): key is string => typeof key === 'string') : []);
}
