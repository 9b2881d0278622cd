import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { compilePattern } from './compile-pattern.ts';
import { knownFormats } from './format-rules.ts';

/** Something wrong in a definition, with the place where it stands. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

const depthLimit = 10;
const enumLimit = 1000;
const nodeLimit = 2000;
const types: ReadonlySet<unknown> = new Set(['string', 'number', 'boolean', 'object', 'array', 'integer', 'null']);

const counts = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'] as const;
const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const;

/** One definition on the walk: what was written, and what of it is checked. */
interface Site {
  readonly definition: JsonObject;
  readonly path: string;
  readonly depth: number;
  readonly schema: Record<string, unknown>;
  readonly walk: { readonly faults: Fault[]; nodes: number };
}

/**
 * Takes the keywords that are checked out of a definition and leaves everything else (titles, icons, references,
 * unknown keywords), so that nothing a person writes reaches the schema compiler uninspected.
 */
export function valueSchema(definition: JsonObject, path: string, faults: Fault[]): JsonObject {
  return schemaAt({ definition, path, depth: 0, schema: {}, walk: { faults, nodes: 0 } });
}

function schemaAt(site: Site): JsonObject {
  site.walk.nodes += 1;
  if (site.depth > depthLimit || site.walk.nodes > nodeLimit) {
    fault(site, '', `has more than ${depthLimit} levels or ${nodeLimit} parts`);
    return site.schema;
  }
  takeType(site);
  takeEnum(site);
  for (const key of counts) {
    takeNumber(site, key, 'a whole number of 0 or more', (value) => Number.isInteger(value) && value >= 0);
  }
  for (const key of bounds) takeNumber(site, key, 'a number', Number.isFinite);
  const pattern = site.definition['pattern'];
  if (isGiven(pattern) && isCompilable(site, pattern, '.pattern')) site.schema['pattern'] = pattern;
  takeFormat(site);
  if (site.definition['uniqueItems'] === true) site.schema['uniqueItems'] = true;
  takeItems(site);
  takeMembers(site, 'properties');
  takeMembers(site, 'patternProperties');
  takeObjectRules(site);
  return site.schema;
}

function fault(site: Site, key: string, message: string): void {
  site.walk.faults.push({ path: `${site.path}${key}`, message });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function below(site: Site, definition: JsonObject, key: string): JsonObject {
  return schemaAt({ definition, path: `${site.path}${key}`, depth: site.depth + 1, schema: {}, walk: site.walk });
}

function takeType(site: Site): void {
  const type = site.definition['type'];
  if (type === undefined) return;
  const all: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (all.length > 0 && all.every((item) => types.has(item))) site.schema['type'] = type;
  else fault(site, '.type', 'is not a type of JSON schema');
}

function takeEnum(site: Site): void {
  const values = site.definition['enum'];
  if (!isGiven(values)) return;
  if (Array.isArray(values) && values.length > 0 && values.length <= enumLimit) site.schema['enum'] = values;
  else fault(site, '.enum', `must be a list of 1 to ${enumLimit} values`);
}

function takeNumber(site: Site, key: string, what: string, accepts: (value: number) => boolean): void {
  const value = site.definition[key];
  if (!isGiven(value)) return;
  if (typeof value === 'number' && accepts(value)) site.schema[key] = value;
  else fault(site, `.${key}`, `must be ${what}`);
}

function isCompilable(site: Site, pattern: unknown, key: string): boolean {
  try {
    if (typeof pattern !== 'string') throw new Error('a pattern is a text');
    compilePattern(pattern);
    return true;
  } catch (error) {
    fault(site, key, `is not a usable pattern: ${error instanceof Error ? error.message : 'it cannot be compiled'}`);
    return false;
  }
}

/** A property's own format is one of a closed list; deeper down an unknown one is kept and not checked. */
function takeFormat(site: Site): void {
  const format = site.definition['format'];
  if (!isGiven(format)) return;
  if (typeof format === 'string' && knownFormats.has(format)) {
    if (format === 'labeled-url' && site.definition['type'] === 'object') Object.assign(site.schema, labeledUrl);
    else site.schema['format'] = format;
  } else if (site.depth === 0) {
    fault(site, '.format', `must be one of ${[...knownFormats.keys()].join(', ')}`);
  }
}

const labeledUrl = {
  properties: { url: { type: 'string', format: 'url' }, displayText: { type: 'string' } },
  required: ['url'],
};

function takeItems(site: Site): void {
  const items = site.definition['items'];
  if (!isGiven(items)) return;
  if (isJsonObject(items)) site.schema['items'] = below(site, items, '.items');
  else fault(site, '.items', 'must be an object');
}

function takeMembers(site: Site, key: 'properties' | 'patternProperties'): void {
  const members = site.definition[key];
  if (!isGiven(members)) return;
  if (!isJsonObject(members)) {
    fault(site, `.${key}`, 'must be an object');
    return;
  }
  const taken: [string, unknown][] = [];
  for (const [name, member] of Object.entries(members)) {
    const here = `.${key}.${name}`;
    if (key === 'patternProperties' && !isCompilable(site, name, here)) continue;
    if (isJsonObject(member)) taken.push([name, below(site, member, here)]);
    else if (typeof member === 'boolean') taken.push([name, member]);
    else fault(site, here, 'must be an object');
  }
  site.schema[key] = Object.fromEntries(taken);
}

function takeObjectRules(site: Site): void {
  const required = site.definition['required'];
  if (Array.isArray(required) && required.every((name) => typeof name === 'string')) {
    site.schema['required'] = [...new Set(required)];
  }
  const additional = site.definition['additionalProperties'];
  if (typeof additional === 'boolean') site.schema['additionalProperties'] = additional;
  else if (isJsonObject(additional)) {
    site.schema['additionalProperties'] = below(site, additional, '.additionalProperties');
  }
}
