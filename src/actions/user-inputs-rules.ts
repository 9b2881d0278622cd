import type { PropertyDefinition } from '#catalog/blueprint-document.ts';
import { knownFormats } from '#catalog/format-rules.ts';
import type { Fault } from '#catalog/property-rules.ts';
import { checkDefinitions, type PropertyFault, propertyValidator } from '#catalog/validate-properties.ts';
import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type { UserInput, UserInputs } from './action.ts';

/** Keys whose value may be computed in the form; the server then checks only what is fixed. */
const computedKeys = ['default', 'enum', 'required', 'visible', 'disabled', 'pattern', 'minItems', 'maxItems'] as const;

/** Refuses an action whose inputs could never be filled in, naming the input. */
export function assertUsableInputs(inputs: UserInputs): void {
  const faults: Fault[] = [];
  checkDefinitions(checkable(inputs), faults);
  const required = requiredKeys(inputs);
  for (const key of required) {
    if (!Object.hasOwn(inputs.properties, key))
      faults.push({ path: 'required', message: `names the unknown input "${key}"` });
  }
  const [first] = faults;
  if (first === undefined) return;
  throw problem('invalid', 'user_inputs_schema_invalid', `userInputs.${first.path} ${first.message}`, {
    errors: faults,
  });
}

/** Fills in defaults, then checks. Inputs that the action does not define are let through, as Port does. */
export function acceptedInputs(
  inputs: UserInputs,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const filled: Record<string, unknown> = { ...defaultsOf(inputs), ...given };
  const known = Object.entries(filled).filter(
    ([key, value]) => Object.hasOwn(inputs.properties, key) && isGiven(value),
  );
  const validate = propertyValidator({ schema: { properties: checkable(inputs), required: [] } } as never);
  const faults = [...missingInputs(inputs, filled), ...validate(Object.fromEntries(known))];
  if (faults.length > 0) throw refusedInputs(faults);
  return filled;
}

function missingInputs(inputs: UserInputs, filled: Readonly<Record<string, unknown>>): PropertyFault[] {
  return requiredKeys(inputs)
    .filter((key) => !isGiven(filled[key]))
    .map((property) => ({ property, path: '', message: 'is required' }));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function refusedInputs(faults: readonly PropertyFault[]): Error {
  const [first] = faults;
  return problem(
    'invalid',
    'user_inputs_schema_invalid',
    `Input ${first?.property ?? ''} ${first?.message ?? ''}`.trim(),
    {
      errors: faults,
    },
  );
}

function defaultsOf(inputs: UserInputs): Record<string, unknown> {
  const entries = Object.entries(inputs.properties)
    .map(([key, input]) => [key, input.default] as const)
    .filter(([, value]) => value !== undefined && !isComputed(value));
  return Object.fromEntries(entries);
}

function requiredKeys(inputs: UserInputs): readonly string[] {
  return Array.isArray(inputs.required) ? (inputs.required as readonly string[]) : [];
}

function isComputed(value: unknown): boolean {
  return isJsonObject(value) && 'jqQuery' in value;
}

/** The fixed part of each input, in the terms of a property: what only forms know is left out. */
function checkable(inputs: UserInputs): Record<string, PropertyDefinition> {
  return Object.fromEntries(
    Object.entries(inputs.properties).map(([key, input]) => [key, withoutFormKeys(input) as PropertyDefinition]),
  );
}

function withoutFormKeys(input: UserInput): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...input };
  for (const key of computedKeys) if (isComputed(copy[key])) delete copy[key];
  if (typeof copy['format'] === 'string' && !knownFormats.has(copy['format'])) delete copy['format'];
  const { items } = copy;
  if (isJsonObject(items)) copy['items'] = withoutFormKeys(items);
  return copy;
}
