import { newId } from '#platform/ids.ts';
import { isJsonObject, jsonEqual, type JsonObject } from '#platform/json.ts';
import { problem, type Problem } from '#platform/problem.ts';
import {
  type BlueprintDocument,
  definitionOf,
  inheritedTeamPath,
  isDerivedKey,
  ownsDirectly,
} from './blueprint-document.ts';
import { checkStorable } from './check-storable.ts';
import {
  checkRequiredRelations,
  nextRelations,
  readRelations,
  type StoredRelations,
  targetsOf,
  type Target,
} from './relation-rules.ts';
import { propertyValidator, type PropertyFault } from './validate-properties.ts';

/** What somebody sends. Other keys are ignored. */
export interface EntityInput {
  readonly identifier?: unknown;
  readonly title?: string | null;
  readonly icon?: string | null;
  readonly team?: unknown;
  readonly properties?: JsonObject;
  readonly relations?: JsonObject;
}

/** What an entity says about itself, apart from versions, dates and scores. */
export interface EntityState {
  readonly identifier: string;
  readonly title: string;
  readonly icon: string | null;
  readonly team: readonly string[];
  readonly properties: JsonObject;
  readonly relations: StoredRelations;
}

export interface Decision {
  readonly state: EntityState;
  /** What the body points at; what stays from before was checked when it came. */
  readonly targets: readonly (Target & { readonly relation: string })[];
}

export interface Question {
  readonly blueprint: BlueprintDocument;
  /** The identifier that the entity will have. */
  readonly identifier: string;
  readonly input: EntityInput;
  readonly before: (Omit<EntityState, 'relations'> & { readonly relations: JsonObject }) | null;
  /** Keys that are not sent: stay as they are, or become empty. */
  readonly mode: 'merge' | 'replace';
}

const identifierShape = /^(?!\.{1,2}$)[\p{L}0-9@_.+:\\/=-]+(?: +[\p{L}0-9@_.+:\\/=-]+)*$/u;
const identifierLimit = 1000;
const teamLimit = 1000;

/** Refuses what is not shaped like an entity; values are checked by `decideEntity`. */
export function checkEntityShape(value: unknown, nullTexts?: 'refuse'): asserts value is EntityInput {
  if (!isJsonObject(value)) throw invalid('The entity', 'must be an object');
  for (const key of ['title', 'icon'] as const) {
    const text = value[key];
    const isNothing = text === undefined || (text === null && nullTexts !== 'refuse');
    if (!isNothing && typeof text !== 'string') throw invalid(key, 'must be a text');
  }
  for (const key of ['properties', 'relations'] as const) {
    if (value[key] !== undefined && !isJsonObject(value[key])) throw invalid(key, 'must be an object');
  }
}

/** The identifier of a body, or a new one when it brings none. */
export function readIdentifier(given: unknown): string {
  if (given === undefined || given === null || given === '') return newId('e');
  if (isJsonObject(given)) throw invalid('identifier', 'is a search query; send the identifier of an entity');
  if (typeof given !== 'string') throw invalid('identifier', 'must be a text');
  // Bytes, since an index entry has to hold it beside the identifiers of a related entity.
  if (given.length > identifierLimit || Buffer.byteLength(given) > identifierLimit) {
    throw invalid('identifier', `may have ${identifierLimit} characters`);
  }
  if (!identifierShape.test(given)) {
    throw invalid('identifier', `"${given}" may have letters, digits, single blanks and @ _ . + : \\ / = -`);
  }
  return given;
}

/** The entity after the write, or a Problem that says what the body gets wrong. */
export function decideEntity(question: Question): Decision {
  const { blueprint, identifier, input, before, mode } = question;
  const unstorable = checkStorable(input);
  if (unstorable !== null) throw invalid('body', unstorable);
  const values = readRelations(blueprint, input.relations ?? {});
  const kept = mode === 'merge' ? before : null;
  const properties = nextProperties(question, kept);
  const relations = nextRelations(values, kept?.relations ?? null);
  checkRequiredRelations(blueprint, relations, values, before?.relations ?? null);
  return {
    state: {
      identifier,
      title: nextTitle(question, kept),
      icon: input.icon === undefined ? (kept?.icon ?? null) : input.icon,
      team: nextTeam(question, kept?.team ?? []),
      properties,
      relations,
    },
    targets: targetsOf(blueprint, values),
  };
}

/** Never empty of meaning: without a title an entity is called by its identifier. */
function nextTitle({ identifier, input, before }: Question, kept: Question['before']): string {
  if (typeof input.title === 'string') return input.title;
  if (input.title === null || kept === null) return identifier;
  return before !== null && kept.title === before.identifier ? identifier : kept.title;
}

function nextTeam({ blueprint, input, before }: Question, kept: readonly string[]): readonly string[] {
  const given = input.team;
  if (inheritedTeamPath(blueprint) !== null) {
    refuseTeam(blueprint, given);
    // Found anew when it is stored; until then what it was.
    return before?.team ?? [];
  }
  if (given === undefined) return kept;
  const teams: readonly unknown[] = given === null || given === '' ? [] : Array.isArray(given) ? given : [given];
  if (!teams.every((team) => typeof team === 'string' && team !== '') || teams.length > teamLimit) {
    throw invalid('team', `must be the name of a team or a list of up to ${teamLimit}`);
  }
  return [...new Set(teams as readonly string[])];
}

/** The teams a body names where those have to be there. */
export function owningTeams(blueprint: BlueprintDocument, { team }: EntityInput): readonly string[] {
  if (!ownsDirectly(blueprint)) return [];
  const teams: readonly unknown[] = Array.isArray(team) ? team : [team];
  return teams.filter((name): name is string => typeof name === 'string' && name !== '');
}

function refuseTeam(blueprint: BlueprintDocument, given: unknown): void {
  if (given === undefined || given === null || given === '' || (Array.isArray(given) && given.length === 0)) return;
  throw problem(
    'invalid',
    blueprint.ownership === undefined ? 'team_inheritance_enabled' : 'inherited_ownership_enabled',
    `Entities of blueprint "${blueprint.identifier}" inherit their team; it cannot be set.`,
    { blueprint: blueprint.identifier },
  );
}

function nextProperties({ blueprint, input, before, identifier }: Question, kept: Question['before']): JsonObject {
  // Clients send back what they read: values that are computed here are left out rather than refused.
  const given = Object.entries(input.properties ?? {}).filter(([key]) => !isDerivedKey(blueprint, key));
  const sent = Object.fromEntries(given);
  const faults: PropertyFault[] = [
    ...propertyValidator(blueprint)(Object.fromEntries(given.filter(([, value]) => value !== null))),
    ...unknownNulls(blueprint, given),
  ];
  const defaults = before === null ? defaultsOf(blueprint) : {};
  const merged = Object.entries({ ...defaults, ...kept?.properties, ...sent });
  const own = merged.filter(([key]) => !isDerivedKey(blueprint, key));
  const next = Object.fromEntries(own.filter(([, value]) => value !== null && value !== undefined));
  for (const key of blueprint.schema.required) {
    if (!Object.hasOwn(next, key)) faults.push({ property: key, path: '', message: 'is required' });
  }
  if (faults.length > 0) throw schemaMismatch(blueprint, identifier, faults);
  return next;
}

function unknownNulls(blueprint: BlueprintDocument, given: readonly (readonly [string, unknown])[]): PropertyFault[] {
  return given
    .filter(([key, value]) => value === null && definitionOf(blueprint.schema.properties, key) === undefined)
    .map(([property]) => ({ property, path: '', message: 'is not a property of this blueprint' }));
}

export function defaultsOf(blueprint: BlueprintDocument): JsonObject {
  const defaults = Object.entries(blueprint.schema.properties)
    .filter(([, definition]) => definition.default !== undefined)
    .map(([key, definition]) => [key, definition.default] as const);
  return Object.fromEntries(defaults);
}

function schemaMismatch(blueprint: BlueprintDocument, entity: string, faults: readonly PropertyFault[]): Problem {
  const [first] = faults;
  const where = first === undefined ? '' : `"${first.property}"${first.path === '' ? '' : ` at ${first.path}`}`;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return problem(
    'invalid',
    'blueprint_schema_mismatch',
    `Property ${where} of "${entity}" ${first?.message ?? 'is not valid'}${more}.`,
    { blueprint: blueprint.identifier, entity, errors: faults.slice(0, 50) },
  );
}

function invalid(field: string, message: string): Problem {
  return problem('invalid', 'invalid_request', `${field} ${message}.`, { errors: [{ path: field, message }] });
}

/** Properties without those that are computed. */
export function writtenProperties(
  blueprint: BlueprintDocument,
  { properties }: { readonly properties: JsonObject },
): JsonObject {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !isDerivedKey(blueprint, key)));
}

/** Whether a write leaves what people wrote as it was. */
export function isSameState(blueprint: BlueprintDocument, before: Question['before'], after: EntityState): boolean {
  if (before === null) return false;
  const { identifier, title, icon, team, relations } = before;
  const properties = writtenProperties(blueprint, before);
  return jsonEqual({ identifier, title, icon, team, properties, relations }, after);
}
