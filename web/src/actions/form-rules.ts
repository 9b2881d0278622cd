import type { Json, UserInput, UserInputs } from '../api/wire.ts';
import { orderedInputs } from './form-layout.ts';

export type Values = Readonly<Record<string, unknown>>;
export interface FieldError {
  readonly key:
    | 'required'
    | 'number'
    | 'url'
    | 'email'
    | 'pattern'
    | 'json'
    | 'minimum'
    | 'maximum'
    | 'minLength'
    | 'maxLength'
    | 'minItems'
    | 'maxItems'
    | 'enum';
  readonly limit?: number;
}

const isFixed = (value: unknown): boolean => !(typeof value === 'object' && value !== null && 'jqQuery' in value);

export function defaultValues(inputs: UserInputs | undefined): Values {
  const properties = Object.entries(inputs?.properties ?? {});
  return Object.fromEntries(
    properties
      .filter(([, input]) => input.default !== undefined && isFixed(input.default))
      .map(([key, input]) => [key, input.default]),
  );
}

export const requiredKeys = (inputs: UserInputs | undefined): readonly string[] => {
  const required = inputs?.required;
  return required !== undefined && 'jqQuery' in required ? [] : (required ?? []);
};

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

function textError(input: UserInput, value: string): FieldError | undefined {
  if (input.format === 'url' && !URL.canParse(value)) return { key: 'url' };
  if (input.format === 'email' && !/^[^\s@]+@[^\s@]+$/.test(value)) return { key: 'email' };
  if (input.minLength !== undefined && value.length < input.minLength)
    return { key: 'minLength', limit: input.minLength };
  if (input.maxLength !== undefined && value.length > input.maxLength)
    return { key: 'maxLength', limit: input.maxLength };
  if (typeof input.pattern === 'string' && !matches(input.pattern, value)) return { key: 'pattern' };
  return undefined;
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    // A pattern this browser cannot read is left to the server.
    return true;
  }
}

/** What was chosen may have left the choices since. */
function isNotOffered(input: UserInput, value: unknown): boolean {
  const offered = Array.isArray(input.items?.enum) ? input.items.enum : input.enum;
  if (!Array.isArray(offered)) return false;
  const choices: readonly unknown[] = offered;
  return !(Array.isArray(value) ? value : [value]).every((one) => choices.includes(one));
}

const structured: ReadonlySet<string | undefined> = new Set(['object', 'array', 'boolean']);

/** What is typed as JSON: objects, and lists of what no single line can hold. */
export const isTypedAsJson = (input: UserInput | undefined): boolean =>
  input?.type === 'object' ||
  (input?.type === 'array' && structured.has(input.items?.type) && !Array.isArray(input.items?.enum));

/** The text as what the input takes; undefined while it is something else. */
function parseTyped(input: UserInput, text: string): Json | undefined {
  const value = parseObject(text);
  return input.type === 'array' && !Array.isArray(value) ? undefined : value;
}

function valueError(input: UserInput, value: unknown): FieldError | undefined {
  if (isTypedAsJson(input) && typeof value === 'string') {
    const parsed = parseTyped(input, value);
    return parsed === undefined ? { key: 'json' } : valueError(input, parsed);
  }
  if (input.type === 'number') {
    if (typeof value !== 'number' || Number.isNaN(value)) return { key: 'number' };
    if (input.minimum !== undefined && value < input.minimum) return { key: 'minimum', limit: input.minimum };
    if (input.maximum !== undefined && value > input.maximum) return { key: 'maximum', limit: input.maximum };
  }
  if (input.type === 'array' && Array.isArray(value)) {
    if (input.minItems !== undefined && value.length < input.minItems)
      return { key: 'minItems', limit: input.minItems };
    if (input.maxItems !== undefined && value.length > input.maxItems)
      return { key: 'maxItems', limit: input.maxItems };
  }
  if (isNotOffered(input, value)) return { key: 'enum' };
  return input.type === 'string' && typeof value === 'string' ? textError(input, value) : undefined;
}

/** What a person can put right before sending; the server has the last word. */
export function formErrors(inputs: UserInputs | undefined, values: Values): Record<string, FieldError> {
  const required = requiredKeys(inputs);
  const found: Record<string, FieldError> = {};
  for (const [key, input] of orderedInputs(inputs)) {
    const value = values[key];
    const error: FieldError | undefined = isBlank(value)
      ? required.includes(key)
        ? { key: 'required' }
        : undefined
      : valueError(input, value);
    if (error !== undefined) found[key] = error;
  }
  return found;
}

export function parseObject(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The body to send: blanks left out, JSON parsed. */
export function toProperties(inputs: UserInputs | undefined, values: Values): Readonly<Record<string, Json>> {
  const properties = Object.entries(inputs?.properties ?? {});
  return Object.fromEntries(
    properties.flatMap(([key, input]) => {
      const value = values[key];
      if (isBlank(value)) return [];
      const sent = isTypedAsJson(input) && typeof value === 'string' ? parseTyped(input, value) : value;
      return [[key, sent as Json]];
    }),
  );
}
