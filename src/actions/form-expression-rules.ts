import { isJsonObject, type JsonObject } from '#platform/json.ts';
import type { UserInput, UserInputs } from './action.ts';

/** A value of a form that jq computes: `{"jqQuery": "…"}`. */
export interface Computed {
  readonly jqQuery: string;
}

/** One expression of a form and where it stands, e.g. `properties.env.enum.jqQuery`. */
export interface FormExpression {
  readonly path: string;
  readonly expression: string;
}

/** Keys of an input, or of the items of a list, whose value may be computed. */
export const computedKeys = [
  'default',
  'enum',
  'required',
  'visible',
  'disabled',
  'pattern',
  'minItems',
  'maxItems',
] as const;

export function isComputed(value: unknown): value is Computed {
  return isJsonObject(value) && typeof value['jqQuery'] === 'string';
}

/** Every expression of a form, in the order in which it is written. */
export function formExpressions(inputs: UserInputs): readonly FormExpression[] {
  const found: FormExpression[] = [];
  take(found, inputs.required, 'required');
  for (const [key, input] of Object.entries(inputs.properties)) takeInput(found, input, `properties.${key}`);
  for (const [key, title] of Object.entries(inputs.titles ?? {}))
    take(found, title['visible'], `titles.${key}.visible`);
  for (const [at, step] of (inputs.steps ?? []).entries()) take(found, step['visible'], `steps[${at}].visible`);
  return found;
}

function takeInput(found: FormExpression[], input: UserInput, path: string): void {
  for (const key of computedKeys) take(found, input[key], `${path}.${key}`);
  takeDeep(found, input['dataset'], `${path}.dataset`, 0);
  if (isJsonObject(input['items'])) takeInput(found, input['items'], `${path}.items`);
}

function take(found: FormExpression[], value: unknown, path: string): void {
  if (isComputed(value)) found.push({ path: `${path}.jqQuery`, expression: value.jqQuery });
}

/** A dataset is a query; the values of its rules may be computed. */
function takeDeep(found: FormExpression[], value: unknown, path: string, depth: number): void {
  if (depth > 40) return;
  if (isComputed(value)) take(found, value, path);
  else if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) takeDeep(found, item, `${path}[${at}]`, depth + 1);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) takeDeep(found, item, `${path}.${key}`, depth + 1);
  }
}

/** The value with every computed part replaced. */
export function replaceComputed(value: unknown, replace: (computed: Computed) => unknown): unknown {
  if (isComputed(value)) return replace(value);
  if (Array.isArray(value)) return value.map((item: unknown) => replaceComputed(item, replace));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceComputed(item, replace)]));
}

/** What is left of an input's definition that a value can be checked against without evaluating anything. */
export function fixedPart(input: JsonObject): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...input };
  for (const key of computedKeys) if (isComputed(copy[key])) delete copy[key];
  // Whether an input is needed is no question of its value; objects have a list of their own under this name.
  if (!Array.isArray(copy['required'])) delete copy['required'];
  const { items } = copy;
  if (isJsonObject(items)) copy['items'] = fixedPart(items);
  return copy;
}
