import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { notFound, problem } from '#platform/problem.ts';
import { type BlueprintDocument, definitionOf, type RelationDefinition } from './blueprint-document.ts';

/** An entity that a relation points at. */
export interface Target {
  readonly blueprint: string;
  readonly identifier: string;
}

/** Per relation key a target, a list of targets or, cleared on purpose, null. */
export type RelationValues = Readonly<Record<string, string | readonly string[] | null>>;

/** As stored: empty relations are left out. */
export type StoredRelations = Readonly<Record<string, string | readonly string[]>>;

const manyLimit = 10_000;

/** Reads the relations of a body; refuses unknown keys, wrong shapes and too many targets. */
export function readRelations(blueprint: BlueprintDocument, given: JsonObject): RelationValues {
  const values: [string, string | readonly string[] | null][] = [];
  for (const [key, value] of Object.entries(given)) {
    const relation = definitionOf(blueprint.relations, key);
    if (relation === undefined) throw notFound('relation', key, { blueprint: blueprint.identifier });
    values.push([key, relationValue(key, relation, value)]);
  }
  return Object.fromEntries(values);
}

function relationValue(key: string, relation: RelationDefinition, value: unknown): string | readonly string[] | null {
  if (value === null || value === undefined || value === '') return null;
  if (isJsonObject(value)) {
    throw invalidRelation(key, 'is a search query; send identifiers of entities');
  }
  const targets: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!targets.every((target) => typeof target === 'string' && target !== '')) {
    throw invalidRelation(key, 'must hold identifiers of entities');
  }
  if (targets.length > manyLimit) throw invalidRelation(key, `may hold ${manyLimit} entities`);
  const identifiers = [...new Set(targets as readonly string[])];
  if (identifiers.length === 0) return null;
  if (relation.many === true) return identifiers;
  if (!Array.isArray(value)) return identifiers[0] ?? null;
  throw problem(
    'invalid',
    'relation_many_violation',
    `Relation "${key}" holds one entity, not a list. Send the identifier alone.`,
    { relation: key },
  );
}

function invalidRelation(key: string, message: string): Error {
  return problem('invalid', 'invalid_request', `Relation "${key}" ${message}.`, { relation: key });
}

/** What is stored after a write. `before` is given when keys that are not sent stay. */
export function nextRelations(values: RelationValues, before: JsonObject | null): StoredRelations {
  const kept = Object.entries({ ...before, ...values }).filter(([, value]) => value !== null);
  return Object.fromEntries(kept) as StoredRelations;
}

/** 422 for a required relation that has no value, 403 when the write would take its value away. */
export function checkRequiredRelations(
  blueprint: BlueprintDocument,
  next: StoredRelations,
  values: RelationValues,
  before: JsonObject | null,
): void {
  for (const [key, relation] of Object.entries(blueprint.relations)) {
    if (relation.required !== true || Object.hasOwn(next, key)) continue;
    const removed = Object.hasOwn(values, key) && before !== null && Object.hasOwn(before, key);
    throw problem(
      removed ? 'forbidden' : 'invalid',
      'required_relation',
      removed
        ? `Relation "${key}" is required by blueprint "${blueprint.identifier}" and cannot be removed.`
        : `Relation "${key}" is required by blueprint "${blueprint.identifier}". Send the identifier of an entity.`,
      { blueprint: blueprint.identifier, relation: key },
    );
  }
}

export function targetsOf(blueprint: BlueprintDocument, relations: JsonObject): (Target & { relation: string })[] {
  return Object.entries(relations).flatMap(([relation, value]) => {
    const definition = definitionOf(blueprint.relations, relation);
    if (definition === undefined) return [];
    return listed(value).map((identifier) => ({ relation, blueprint: definition.target, identifier }));
  });
}

function listed(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** Replaces each target by what the function says; null drops it. */
export function mapTargets(
  blueprint: BlueprintDocument,
  relations: JsonObject,
  replace: (target: Target) => string | null,
): StoredRelations {
  const next: [string, string | readonly string[]][] = [];
  for (const [key, value] of Object.entries(relations)) {
    const definition = definitionOf(blueprint.relations, key);
    if (definition === undefined) continue;
    const kept = listed(value).flatMap((identifier) => replace({ blueprint: definition.target, identifier }) ?? []);
    const [first] = kept;
    if (first !== undefined) next.push([key, typeof value === 'string' ? first : kept]);
  }
  return Object.fromEntries(next);
}

/** One text per entity, for sets and maps over several blueprints. */
export function targetKey(target: Target): string {
  return `${target.blueprint}\n${target.identifier}`;
}
