import type { PropertyDefinition } from '#catalog/blueprint-document.ts';
import { knownFormats } from '#catalog/format-rules.ts';
import type { Fault } from '#catalog/property-rules.ts';
import { checkDefinitions } from '#catalog/validate-properties.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type { UserInputs } from './action.ts';
import { datasetFault } from './dataset-rules.ts';
import { computedKeys, fixedPart, formExpressions, isComputed } from './form-expression-rules.ts';
import { type Add, checkDependencies, checkLayout, isListOf } from './form-layout-rules.ts';
import { encryptionFault } from './secret-inputs-rules.ts';

const inputLimit = 300;
const expressionLimit = 500;
const keyShape = /^[A-Za-z0-9@_=\\-]{1,150}$/;
const types: ReadonlySet<unknown> = new Set(['string', 'number', 'boolean', 'object', 'array']);
const formats: ReadonlySet<unknown> = new Set([...knownFormats.keys(), 'multi-line']);

/** Refuses an action whose form could never be filled in, naming the place. */
export function assertUsableInputs(inputs: UserInputs): void {
  const faults = inputFaults(inputs);
  if (faults.length > 0) throw unusableInputs(faults);
}

export function unusableInputs(faults: readonly Fault[]): Error {
  const [first] = faults;
  return problem(
    'invalid',
    'user_inputs_schema_invalid',
    `userInputs${first?.path === '' ? '' : '.'}${first?.path} ${first?.message}.`,
    { errors: faults.slice(0, 50).map(({ path, message }) => ({ path: `userInputs.${path}`, message })) },
  );
}

function inputFaults(inputs: UserInputs): readonly Fault[] {
  const faults: Fault[] = [];
  const add = (path: string, message: string): void => void faults.push({ path, message });
  const keys = Object.keys(inputs.properties);
  if (keys.length > inputLimit) return [{ path: 'properties', message: `has more than ${inputLimit} inputs` }];
  for (const key of keys) {
    if (!keyShape.test(key) || key === '__proto__') {
      add(`properties.${key.slice(0, 200)}`, 'is no usable name: letters, digits and @ _ = \\ - make one');
    }
  }
  if (faults.length > 0) return faults;
  for (const [key, input] of Object.entries(inputs.properties)) checkInput(input, `properties.${key}`, keys, add);
  checkDependencies(inputs, add);
  checkLayout(inputs, keys, add);
  checkRequired(inputs, keys, add);
  if (formExpressions(inputs).length > expressionLimit) add('', `has more than ${expressionLimit} jq expressions`);
  if (faults.length === 0) checkValues(inputs, faults);
  return faults;
}

function checkInput(input: JsonObject, path: string, keys: readonly string[], add: Add): void {
  if (!types.has(input['type'])) add(`${path}.type`, 'must be string, number, boolean, object or array');
  checkTexts(input, path, add);
  checkComputed(input, path, add);
  checkFormat(input, path, add);
  for (const key of ['visible', 'disabled'] as const) {
    const value = input[key];
    if (value !== undefined && typeof value !== 'boolean' && !isComputed(value)) {
      add(`${path}.${key}`, 'must be true, false or {"jqQuery": …}');
    }
  }
  const dependsOn = input['dependsOn'];
  if (dependsOn !== undefined && !isListOf(dependsOn, keys)) add(`${path}.dependsOn`, 'must list inputs of this form');
  const encryption = encryptionFault(input);
  if (encryption !== null) add(`${path}.${encryption.key}`, encryption.message);
  const { items } = input;
  if (items === undefined || items === null) return;
  if (!isJsonObject(items)) return add(`${path}.items`, 'must be an object');
  if (items['type'] !== undefined && !types.has(items['type'])) add(`${path}.items.type`, 'is not a type of inputs');
  checkComputed(items, `${path}.items`, add);
  checkFormat({ ...items, blueprint: items['blueprint'] ?? input['blueprint'] }, `${path}.items`, add);
}

function checkTexts(input: JsonObject, path: string, add: Add): void {
  for (const key of ['title', 'description', 'icon', 'blueprint'] as const) {
    const value = input[key];
    if (value !== undefined && value !== null && (typeof value !== 'string' || value.length > 2000)) {
      add(`${path}.${key}`, 'must be a text of at most 2000 characters');
    }
  }
  const colors = input['enumColors'];
  if (colors === undefined || colors === null) return;
  if (!isJsonObject(colors) || !Object.values(colors).every((color) => typeof color === 'string')) {
    add(`${path}.enumColors`, 'must give a colour name for each value');
  }
}

/** A `jqQuery` that is no text would be taken for a value. */
function checkComputed(definition: JsonObject, path: string, add: Add): void {
  for (const key of computedKeys) {
    const value = definition[key];
    if (isJsonObject(value) && Object.hasOwn(value, 'jqQuery') && typeof value['jqQuery'] !== 'string') {
      add(`${path}.${key}.jqQuery`, 'must be a text');
    }
  }
}

function checkFormat(definition: JsonObject, path: string, add: Add): void {
  const { format, sort, dataset, blueprint } = definition;
  if (format !== undefined && format !== null && !formats.has(format)) {
    add(`${path}.format`, `must be one of ${[...formats].join(', ')}`);
  }
  if (format === 'entity' && typeof blueprint !== 'string') {
    add(`${path}.blueprint`, 'must name the blueprint whose entities can be chosen');
  }
  if (sort !== undefined && sort !== null) {
    const fits =
      isJsonObject(sort) && typeof sort['property'] === 'string' && ['ASC', 'DESC'].includes(String(sort['order']));
    if (!fits) add(`${path}.sort`, 'must be {"property": …, "order": "ASC" or "DESC"}');
  }
  const fault = dataset === undefined || dataset === null ? null : datasetFault(dataset, `${path}.dataset`);
  if (fault !== null) add(fault.path, fault.message);
}

function checkRequired({ required }: UserInputs, keys: readonly string[], add: Add): void {
  if (required === undefined || isComputed(required)) return;
  if (!Array.isArray(required)) return add('required', 'must list inputs, or be {"jqQuery": …}');
  for (const key of required) {
    if (!keys.includes(String(key))) add('required', `names the unknown input "${String(key).slice(0, 200)}"`);
  }
}

/** Lengths, bounds, patterns, lists of values and defaults, by the catalog's own rules of properties. */
function checkValues(inputs: UserInputs, faults: Fault[]): void {
  const found: Fault[] = [];
  checkDefinitions(checkable(inputs), found);
  for (const { path, message } of found) faults.push({ path: path.replace(/^schema\./, ''), message });
  for (const [key, input] of Object.entries(inputs.properties)) {
    for (const [low, high] of [
      ['minLength', 'maxLength'],
      ['minimum', 'maximum'],
      ['minItems', 'maxItems'],
    ] as const) {
      const [least, most] = [input[low], input[high]];
      if (typeof least === 'number' && typeof most === 'number' && least > most) {
        faults.push({ path: `properties.${key}.${low}`, message: `is more than ${high}: nothing would fit` });
      }
    }
  }
}

/** The fixed part of each input, in the terms of a property: what only forms know is left out. */
export function checkable(inputs: UserInputs): Record<string, PropertyDefinition> {
  return Object.fromEntries(
    Object.entries(inputs.properties).map(([key, input]) => {
      const fixed = fixedPart(input);
      return [key, withoutFormFormat(fixed) as PropertyDefinition];
    }),
  );
}

function withoutFormFormat(definition: Record<string, unknown>): Record<string, unknown> {
  const { format, items, ...rest } = definition;
  return {
    ...rest,
    ...(typeof format === 'string' && knownFormats.has(format) ? { format } : {}),
    ...(isJsonObject(items) ? { items: withoutFormFormat({ ...items }) } : {}),
  };
}
