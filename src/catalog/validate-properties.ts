import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import type { BlueprintDefinition, ByKey, PropertyDefinition } from './blueprint-document.ts';
import { ajvPattern } from './compile-pattern.ts';
import { type Fault, valueSchema } from './property-rules.ts';
import { knownFormats } from './format-rules.ts';

/** What is wrong with one value of an entity. */
export interface PropertyFault {
  readonly property: string;
  /** Inside the value, e.g. `/0/url`; empty for the value itself. */
  readonly path: string;
  readonly message: string;
}

/** Checks given values, none of them null, against their properties; whether required ones are there is not asked. */
export type PropertyValidator = (properties: JsonObject) => readonly PropertyFault[];

const validators = new WeakMap<object, PropertyValidator>();

/** Compiled once for as long as the blueprint's document lives. */
export function propertyValidator(blueprint: BlueprintDefinition): PropertyValidator {
  const known = validators.get(blueprint.schema);
  if (known !== undefined) return known;
  // Faults were refused when the blueprint was saved; a keyword that is no longer understood is not checked.
  const compiled = build(blueprint.schema.properties, []);
  validators.set(blueprint.schema, compiled);
  return compiled;
}

/** Adds to `faults` what is wrong in the definitions of properties, their defaults included. */
export function checkDefinitions(definitions: ByKey<PropertyDefinition>, faults: Fault[]): void {
  const before = faults.length;
  const validate = build(definitions, faults);
  // Compiles every schema, also those without a default.
  const wrong = validate(Object.fromEntries(Object.keys(definitions).map((key) => [key, null])));
  if (faults.length > before || wrong.length === 0) return;
  for (const [key, definition] of Object.entries(definitions)) {
    if (definition.default === undefined || definition.default === null) continue;
    for (const found of validate(Object.fromEntries([[key, definition.default]]))) {
      faults.push({ path: `schema.properties.${key}.default`, message: `does not fit the property: ${found.message}` });
    }
  }
}

/** One validator a property, each stopping at its first fault: a long list of wrong items is one message. */
function build(definitions: ByKey<PropertyDefinition>, faults: Fault[]): PropertyValidator {
  const ajv = createAjv();
  const schemas = new Map(
    Object.entries(definitions).map(([key, definition]) => [
      key,
      valueSchema(definition, `schema.properties.${key}`, faults),
    ]),
  );
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (key: string): ValidateFunction | null => {
    const schema = schemas.get(key);
    if (schema === undefined) return null;
    const validate = compiled.get(key) ?? ajv.compile(schema);
    compiled.set(key, validate);
    return validate;
  };
  return (values) => {
    const wrong: PropertyFault[] = [];
    for (const key of Object.keys(values)) {
      const validate = validatorOf(key);
      if (validate === null) wrong.push({ property: key, path: '', message: 'is not a property of this blueprint' });
      else if (!validate(values[key])) wrong.push(...(validate.errors ?? []).map((error) => fault(key, error)));
    }
    return wrong;
  };
}

function createAjv(): Ajv {
  const ajv = new Ajv({
    strict: false,
    allErrors: false,
    ownProperties: true,
    validateSchema: false,
    addUsedSchema: false,
    code: { regExp: ajvPattern },
    formats: Object.fromEntries(knownFormats),
  });
  // Both compare every value with every other where values are objects; sets of canonical texts do not.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    error: { message: 'must not hold the same item twice' },
    validate: (_: unknown, items: readonly unknown[]) => new Set(items.map(canonical)).size === items.length,
  });
  ajv.removeKeyword('enum');
  ajv.addKeyword({
    keyword: 'enum',
    schemaType: 'array',
    error: { message: (cxt) => `must be one of ${listed(cxt.schema as readonly unknown[])}` },
    compile: (values: readonly unknown[]) => {
      const allowed = new Set(values.map(canonical));
      return (value: unknown) => allowed.has(canonical(value));
    },
  });
  return ajv;
}

function listed(values: readonly unknown[]): string {
  const shown = values.slice(0, 10).map((value) => JSON.stringify(value));
  return values.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

function fault(property: string, error: ErrorObject): PropertyFault {
  const extra: unknown = (error.params as { additionalProperty?: unknown }).additionalProperty;
  const message = error.message ?? 'is not valid';
  return {
    property,
    path: error.instancePath,
    message: typeof extra === 'string' ? `${message} ("${extra}")` : message,
  };
}
