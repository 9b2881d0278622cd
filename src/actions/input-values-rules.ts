import { compilePattern } from '#catalog/compile-pattern.ts';
import { type PropertyFault, propertyValidator } from '#catalog/validate-properties.ts';
import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type { UserInput, UserInputs } from './action.ts';
import { isComputed } from './form-expression-rules.ts';
import type { ResolvedForm, ResolvedInput } from './resolve-form.ts';
import { secretInputs, secretMask } from './secret-inputs-rules.ts';
import { checkable } from './user-inputs-rules.ts';

/** What is wrong with the inputs of a run. Those that the action does not define are let through, as Port does. */
export function inputFaults(inputs: UserInputs, form: ResolvedForm): readonly PropertyFault[] {
  const secret = secretInputs(inputs);
  const missing: PropertyFault[] = [];
  const known: [string, unknown][] = [];
  for (const key of Object.keys(inputs.properties)) {
    const value = form.values[key];
    if (value !== undefined && value !== null) known.push([key, value]);
    else if (form.inputs[key]?.required === true) missing.push(faultOf(key, 'is required'));
  }
  // Encrypted before it came: only whoever has the key can look at it.
  const readable = known.filter(([key]) => secret.get(key) !== 'client');
  const sealed = known.filter(([key, value]) => secret.get(key) === 'client' && typeof value !== 'string');
  return [
    ...missing,
    ...known
      .filter(([key, value]) => secret.has(key) && value === secretMask)
      .map(([key]) => faultOf(key, 'is secret: enter it again')),
    ...sealed.map(([key]) => faultOf(key, 'must be the encrypted text')),
    ...validatorOf(inputs)(Object.fromEntries(readable)),
    ...readable.flatMap(([key, value]) => computedFaults(key, inputs.properties[key], form.inputs[key], value)),
  ];
}

export function refusedInputs(faults: readonly PropertyFault[]): Error {
  const [first] = faults;
  const message = `Input ${first?.property ?? ''} ${first?.message ?? ''}`.trim();
  return problem('invalid', 'user_inputs_schema_invalid', message, { errors: faults });
}

const validators = new Map<string, ReturnType<typeof propertyValidator>>();
const rememberedValidators = 200;

/** Compiled once for inputs that read the same. */
function validatorOf(inputs: UserInputs): ReturnType<typeof propertyValidator> {
  const name = JSON.stringify(inputs.properties);
  const validate = validators.get(name) ?? propertyValidator({ schema: { properties: checkable(inputs) } } as never);
  validators.delete(name);
  validators.set(name, validate);
  for (const oldest of validators.keys()) {
    if (validators.size <= rememberedValidators) break;
    validators.delete(oldest);
  }
  return validate;
}

function computedFaults(
  key: string,
  input: UserInput | undefined,
  resolved: ResolvedInput | undefined,
  value: unknown,
): readonly PropertyFault[] {
  if (input === undefined || resolved === undefined) return [];
  const computed = computedConstraints(input);
  const unknown = resolved.problems.find(({ path }) => computed.has(path));
  if (unknown !== undefined) {
    return [faultOf(key, `cannot be checked, since its ${unknown.path} cannot be worked out: ${unknown.message}`)];
  }
  return [...computed].flatMap((name) => {
    const message = constraints[name]?.(resolved, value) ?? null;
    return message === null ? [] : [faultOf(key, message)];
  });
}

/** What a value is checked against, as far as jq computes it; the rest the catalog's rules have checked. */
function computedConstraints(input: UserInput): ReadonlySet<string> {
  const items = isJsonObject(input['items']) ? input['items'] : {};
  const names = ['pattern', 'minItems', 'maxItems'].filter((name) => isComputed(input[name]));
  const isListed = isComputed(items['enum']) || isComputed(input['enum']);
  return new Set([...names, ...(isListed ? [input.type === 'array' ? 'items.enum' : 'enum'] : [])]);
}

type Constraint = (resolved: ResolvedInput, value: unknown) => string | null;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const isOffered: Constraint = ({ enum: offered = [] }, value) =>
  listOf(value).every((item) => offered.includes(item)) ? null : `must be one of ${shown(offered)}`;

const constraints: Readonly<Record<string, Constraint>> = {
  enum: isOffered,
  'items.enum': isOffered,
  pattern: ({ pattern }, value) =>
    typeof value !== 'string' || fitsPattern(pattern, value) ? null : `must match pattern "${pattern ?? ''}"`,
  minItems: ({ minItems = 0 }, value) =>
    listOf(value).length < minItems ? `must NOT have fewer than ${minItems} items` : null,
  maxItems: ({ maxItems = Infinity }, value) =>
    listOf(value).length > maxItems ? `must NOT have more than ${maxItems} items` : null,
};

function shown(values: readonly unknown[]): string {
  const first = values.slice(0, 10).map((value) => JSON.stringify(value));
  return first.length === 0
    ? 'no values: there is none to choose now'
    : `${first.join(', ')}${values.length > 10 ? ', …' : ''}`;
}

function fitsPattern(pattern: string | undefined, value: string): boolean {
  if (pattern === undefined) return true;
  try {
    return compilePattern(pattern).test(value);
  } catch {
    return false;
  }
}

export function faultOf(property: string, message: string): PropertyFault {
  return { property, path: '', message };
}
