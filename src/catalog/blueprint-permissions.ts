import type { Actor, UserActor } from '#platform/commands/actor.ts';
import { isJsonObject, jsonEqual, type JsonObject } from '#platform/json.ts';
import { missingPermission, problem } from '#platform/problem.ts';
import { may, permissions as permissionWords } from '#access/permissions.ts';
import type { Blueprint } from './blueprint-queries.ts';
import { parseSearchRules } from './rules/parse-rules.ts';

/** Who may do one thing with the entities of a blueprint. */
interface Grant {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly teams: readonly string[];
  readonly ownedByTeam: boolean;
}

export type EntityVerb = 'register' | 'update' | 'unregister';

/** An entity as far as permissions look at it. */
export interface PermittedState {
  readonly title: string;
  readonly icon: string | null;
  readonly team: readonly string[];
  readonly properties: JsonObject;
  readonly relations: JsonObject;
}

const verbs = ['read', 'register', 'update', 'unregister'] as const;
const granular = ['updateProperties', 'updateRelations'] as const;
const metaKeys = ['$title', '$team', '$icon'] as const;

const defaultReaders: Grant & { readonly policy: unknown } = {
  users: [],
  roles: ['Admin', 'Member'],
  teams: [],
  ownedByTeam: false,
  policy: null,
};

/** The whole document: what somebody set, over the defaults. */
export function effectivePermissions(blueprint: Blueprint): { readonly entities: JsonObject } {
  const { document } = blueprint;
  const set = storedEntities(blueprint.permissions);
  const writers = { users: [], roles: ['Admin', `${document.identifier}-moderator`], teams: [], ownedByTeam: false };
  const perKey = (keys: readonly string[], stored: unknown): JsonObject =>
    Object.fromEntries(keys.map((key) => [key, (isJsonObject(stored) ? stored[key] : undefined) ?? writers]));
  const defaults = { read: defaultReaders, register: writers, update: writers, unregister: writers };
  return {
    entities: {
      ...Object.fromEntries(verbs.map((verb) => [verb, { ...defaults[verb], ...asObject(set[verb]) }])),
      updateProperties: perKey([...Object.keys(document.schema.properties), ...metaKeys], set['updateProperties']),
      updateRelations: perKey(Object.keys(document.relations), set['updateRelations']),
    },
  };
}

/** Replaces only what is given: a list inside a grant as a whole, a grant of one property alone. */
export function mergePermissions(stored: JsonObject, patch: JsonObject): JsonObject {
  const before = storedEntities(stored);
  const given = patch['entities'];
  if (!isJsonObject(given)) throw badPermissions('entities', 'must be an object');
  const entities: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(given)) {
    if ((verbs as readonly string[]).includes(key)) {
      entities[key] = { ...asObject(before[key]), ...checkedGrant(value, `entities.${key}`) };
    } else if ((granular as readonly string[]).includes(key)) {
      if (!isJsonObject(value)) throw badPermissions(`entities.${key}`, 'must be an object');
      const grants = Object.entries(value).map(([name, grant]) => {
        const old = asObject(asObject(before[key])[name]);
        return [name, { ...emptyGrant, ...old, ...checkedGrant(grant, `entities.${key}.${name}`) }] as const;
      });
      entities[key] = { ...asObject(before[key]), ...Object.fromEntries(grants) };
    } else {
      throw badPermissions(`entities.${key}`, 'is not known');
    }
  }
  return { ...stored, entities };
}

const emptyGrant: Grant = { users: [], roles: [], teams: [], ownedByTeam: false };

function storedEntities(permissions: JsonObject): JsonObject {
  return asObject(permissions['entities']);
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function checkedGrant(value: unknown, path: string): JsonObject {
  if (!isJsonObject(value)) throw badPermissions(path, 'must be an object');
  for (const [key, part] of Object.entries(value)) {
    const fits =
      key === 'ownedByTeam'
        ? typeof part === 'boolean'
        : key === 'policy'
          ? part === null || isJsonObject(part)
          : ['users', 'roles', 'teams'].includes(key) &&
            Array.isArray(part) &&
            part.length <= 1000 &&
            part.every((item) => typeof item === 'string');
    if (!fits) throw badPermissions(`${path}.${key}`, 'does not fit permissions');
    if (key === 'policy' && part !== null) parseSearchRules(part, `${path}.policy`);
  }
  return value;
}

function badPermissions(path: string, message: string): Error {
  return problem('invalid', 'invalid_request', `"${path}" ${message}`, { errors: [{ path, message }] });
}

/** Refuses with a 403 unless the actor's role or the blueprint's permissions allow the change. */
export function authorizeEntity(
  actor: Actor,
  blueprint: Blueprint,
  verb: EntityVerb,
  change: { readonly before: PermittedState | null; readonly after: PermittedState | null },
): void {
  if (may(actor, 'entity.write', { blueprint: blueprint.document.identifier })) return;
  const { entities } = effectivePermissions(blueprint);
  const owners = change.before?.team ?? change.after?.team ?? [];
  const allows = (grant: unknown): boolean => isGranted(actor, asObject(grant), owners);
  if (allows(entities[verb])) return;
  if (verb === 'update' && change.before !== null && change.after !== null) {
    const keys = changedKeys(change.before, change.after);
    const properties = asObject(entities['updateProperties']);
    const relations = asObject(entities['updateRelations']);
    // A write that changes nothing still counts as somebody's: who may change nothing at all may not make it.
    const allowed =
      keys.properties.length + keys.relations.length > 0 &&
      keys.properties.every((key) => allows(properties[key])) &&
      keys.relations.every((key) => allows(relations[key]));
    if (allowed) return;
  }
  throw missingPermission(permissionWords['entity.write']);
}

/** What of a blueprint's entities somebody may read: all of them, or those of their teams and those of a policy. */
export type Reading = 'all' | { readonly owned: boolean; readonly policy: JsonObject | null };

/**
 * Everybody reads everything until somebody says who may. Who may change entities may read them, and a policy counts
 * where no other grant is given.
 */
export function readingOf(actor: UserActor, blueprint: string, permissions: JsonObject): Reading {
  if (may(actor, 'entity.write', { blueprint })) return 'all';
  const set = storedEntities(permissions);
  const read = { ...defaultReaders, ...asObject(set['read']) };
  const perKey = granular.flatMap((key) => Object.values(asObject(set[key])));
  const grants = [read, set['update'], set['unregister'], ...perKey].map(asObject);
  if (grants.some((grant) => isGranted(actor, grant, []))) return 'all';
  const isBare = [read.users, read.roles, read.teams].every((list) => list.length === 0) && !read.ownedByTeam;
  return {
    owned: grants.some((grant) => grant['ownedByTeam'] === true),
    policy: isBare && isJsonObject(read.policy) ? read.policy : null,
  };
}

function isGranted(actor: Actor, grant: JsonObject, owners: readonly string[]): boolean {
  if (actor.kind !== 'user') return true;
  const lists = (key: string): readonly unknown[] => (Array.isArray(grant[key]) ? grant[key] : []);
  return (
    lists('users').includes(actor.email) ||
    lists('roles').some((role) => actor.roles.includes(String(role))) ||
    lists('teams').some((team) => actor.teams.includes(String(team))) ||
    (grant['ownedByTeam'] === true && owners.some((team) => actor.teams.includes(team)))
  );
}

function changedKeys(before: PermittedState, after: PermittedState): { properties: string[]; relations: string[] } {
  const differing = (left: JsonObject, right: JsonObject): string[] =>
    [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((key) => !jsonEqual(left[key], right[key]));
  const meta = (['title', 'team', 'icon'] as const).filter((key) => !jsonEqual(before[key], after[key]));
  return {
    properties: [...differing(before.properties, after.properties), ...meta.map((key) => `$${key}`)],
    relations: differing(before.relations, after.relations),
  };
}
