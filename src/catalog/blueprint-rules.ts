import { Ajv, type ValidateFunction } from 'ajv';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { problem, type Problem } from '#platform/problem.ts';
import type { BlueprintDefinition, ByKey, PropertyDefinition, RelationDefinition } from './blueprint-document.ts';
import { type BlueprintInput, type BlueprintPatch, BlueprintReplacement } from './contract.ts';
import type { Fault } from './property-rules.ts';
import { checkDefinitions } from './validate-properties.ts';
import { checkStorable } from './check-storable.ts';
import { checkAggregations } from './derived/aggregation-rules.ts';

let shape: ValidateFunction<BlueprintInput> | undefined;
const maps = ['mirrorProperties', 'calculationProperties', 'aggregationProperties', 'relations'] as const;
const optional = [
  'description',
  'icon',
  'ownership',
  'teamInheritance',
  'changelogDestination',
  'includeInGlobalSearch',
] as const;

/** A body as a definition: checked, read-only and unknown keys left out, null the same as absent, nothing added. */
export function defineBlueprint(input: unknown): BlueprintDefinition {
  const body = checkedBody(input);
  const { properties, required = [] } = body.schema;
  const definition: Record<string, unknown> = { title: body.title };
  for (const key of optional) {
    if (body[key] !== undefined && body[key] !== null) definition[key] = body[key];
  }
  definition['schema'] = { properties, required };
  for (const key of maps) definition[key] = body[key] ?? {};
  const blueprint = definition as unknown as BlueprintDefinition;
  const faults = faultsOf(blueprint);
  if (faults.length > 0) throw refuse(faults);
  return blueprint;
}

function checkedBody(input: unknown): BlueprintInput {
  // Compiled with the first body: it takes longer than all else that this file does while it is loaded.
  const hasShape = (shape ??= new Ajv({ strict: false }).compile<BlueprintInput>(BlueprintReplacement));
  if (!hasShape(input)) {
    const { instancePath = '', message = 'is not valid' } = hasShape.errors?.[0] ?? {};
    throw refuse([{ path: instancePath.slice(1).replaceAll('/', '.'), message }]);
  }
  const unstorable = checkStorable(input);
  if (unstorable !== null) throw refuse([{ path: '', message: unstorable }]);
  return input as BlueprintInput;
}

function refuse(faults: readonly Fault[]): Problem {
  const first = faults[0] ?? { path: '', message: 'is not valid' };
  const where = first.path === '' ? 'The blueprint' : `"${first.path}"`;
  return problem('invalid', 'invalid_request', `${where} ${first.message}`, { errors: faults.slice(0, 50) });
}

function faultsOf(blueprint: BlueprintDefinition): Fault[] {
  const faults: Fault[] = [];
  checkDefinitions(blueprint.schema.properties, faults);
  for (const key of blueprint.schema.required) {
    if (Object.hasOwn(blueprint.schema.properties, key)) continue;
    faults.push({ path: 'schema.required', message: `names "${key}", which is not a property` });
  }
  checkNames(blueprint, faults);
  for (const [key, relation] of Object.entries(blueprint.relations)) {
    if (relation.many !== true || relation.required !== true) continue;
    faults.push({ path: `relations.${key}`, message: 'cannot be both many and required' });
  }
  checkAggregations(blueprint.aggregationProperties, faults);
  checkChangelog(blueprint.changelogDestination, faults);
  if (blueprint.ownership?.type === 'Inherited' && typeof blueprint.ownership.path !== 'string') {
    faults.push({ path: 'ownership.path', message: 'must be a path of relations when ownership is inherited' });
  }
  return faults;
}

/** Properties of every kind and relations share one name space: search rules and `include` name them alike. */
function checkNames(blueprint: BlueprintDefinition, faults: Fault[]): void {
  const owner = new Map<string, string>();
  const kinds: readonly (readonly [string, object])[] = [
    ['schema.properties', blueprint.schema.properties],
    ...maps.map((kind) => [kind, blueprint[kind]] as const),
  ];
  for (const [kind, definitions] of kinds) {
    for (const key of Object.keys(definitions)) {
      const taken = owner.get(key);
      if (taken !== undefined)
        faults.push({ path: `${kind}.${key}`, message: `is already the name of ${taken}.${key}` });
      if (key === '__proto__') faults.push({ path: `${kind}.${key}`, message: 'cannot be used as a name' });
      owner.set(key, kind);
    }
  }
}

function checkChangelog(destination: JsonObject | undefined, faults: Fault[]): void {
  if (destination === undefined || Object.keys(destination).length === 0) return;
  const { type, url } = destination;
  if (type === 'WEBHOOK') {
    if (typeof url === 'string' && url !== '') return;
    faults.push({ path: 'changelogDestination.url', message: 'must be the address of the webhook' });
  } else if (type !== 'KAFKA') {
    faults.push({ path: 'changelogDestination.type', message: 'must be WEBHOOK or KAFKA' });
  }
}

/** A PATCH: given keys replace; in the maps a key at a time; null removes. */
export function patchDefinition(before: BlueprintDefinition, patch: BlueprintPatch): unknown {
  const merged: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(patch)) {
    if (key === 'schema' && isJsonObject(value)) merged['schema'] = patchSchema(before.schema, value);
    else if ((maps as readonly string[]).includes(key))
      merged[key] = patchMap(before[key as (typeof maps)[number]], value);
    else merged[key] = value;
  }
  return merged;
}

function patchSchema(before: BlueprintDefinition['schema'], patch: JsonObject): JsonObject {
  const properties = patchMap(before.properties, patch['properties'] ?? {});
  const required = patch['required'] ?? before.required.filter((key) => !isJsonObject(properties) || key in properties);
  return { properties, required };
}

function patchMap(before: ByKey<unknown>, patch: unknown): unknown {
  if (patch === null) return {};
  if (!isJsonObject(patch)) return patch;
  const kept = Object.entries({ ...before, ...patch }).filter(([, definition]) => definition !== null);
  return Object.fromEntries(kept);
}

/** What a new definition does to entities that exist. */
export interface SchemaChange {
  readonly removedProperties: readonly string[];
  readonly removedRelations: readonly string[];
  /** Relations that now hold something else than before; allowed only while no entity uses them. */
  readonly alteredRelations: readonly string[];
}

/** Refuses what cannot be changed in place. */
export function compareDefinitions(before: BlueprintDefinition, after: BlueprintDefinition): SchemaChange {
  const removedProperties: string[] = [];
  for (const [key, definition] of Object.entries(before.schema.properties)) {
    const next = Object.hasOwn(after.schema.properties, key) ? after.schema.properties[key] : undefined;
    if (next === undefined) removedProperties.push(key);
    else if (next.type !== definition.type) throw typeChange(key, definition.type, next.type);
    else if (itemType(definition) !== undefined && itemType(next) !== itemType(definition)) {
      throw typeChange(`${key}.items`, itemType(definition), itemType(next));
    }
  }
  const relations = Object.entries(before.relations);
  const nextOf = (key: string) => (Object.hasOwn(after.relations, key) ? after.relations[key] : undefined);
  return {
    removedProperties,
    removedRelations: relations.filter(([key]) => nextOf(key) === undefined).map(([key]) => key),
    alteredRelations: relations.filter(([key, relation]) => isAltered(relation, nextOf(key))).map(([key]) => key),
  };
}

function isAltered(before: RelationDefinition, after: RelationDefinition | undefined): boolean {
  return after !== undefined && (after.target !== before.target || (after.many === true) !== (before.many === true));
}

function itemType(definition: PropertyDefinition): unknown {
  return definition.type === 'array' ? definition.items?.['type'] : undefined;
}

function typeChange(property: string, from: unknown, to: unknown): Problem {
  return problem(
    'invalid',
    'property_type_change',
    `The type of property "${property}" cannot change from ${String(from)} to ${String(to)}. ` +
      'Remove the property, save, and add it anew; its values are lost.',
    { property, from, to },
  );
}
