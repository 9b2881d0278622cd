import { isPlain, sameJson } from '../../actions/editor/paths.ts';
import type { Values } from '../../actions/form-rules.ts';
import type { Blueprint, Entity } from '../../api/wire.ts';

type RelationValues = Readonly<Record<string, string | readonly string[]>>;

/** An entity as it is being written: what somebody may set of it, blanks left out. */
export interface EntityDraft {
  readonly identifier: string;
  readonly title: string;
  readonly icon: string;
  readonly team: readonly string[];
  readonly properties: Values;
  readonly relations: RelationValues;
}

export const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

const withoutBlanks = <Value>(values: Readonly<Record<string, Value>>): Readonly<Record<string, NonNullable<Value>>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => !isBlank(value))) as never;

/** Whether an entity's team is its own to set. */
export const inheritsTeam = ({ ownership, teamInheritance }: Blueprint): boolean =>
  ownership === undefined ? (teamInheritance?.path ?? '') !== '' : ownership.type === 'Inherited';

/** What people wrote of an entity; what is computed is not theirs to change. */
export function draftOf(entity: Entity, blueprint: Blueprint): EntityDraft {
  const written = Object.entries(entity.properties).filter(([key]) => Object.hasOwn(blueprint.schema.properties, key));
  const related = Object.entries(entity.relations).filter(([key]) => Object.hasOwn(blueprint.relations, key));
  return {
    identifier: entity.identifier,
    title: entity.title,
    icon: entity.icon ?? '',
    team: entity.team,
    properties: withoutBlanks(Object.fromEntries(written)),
    relations: withoutBlanks(Object.fromEntries(related)) as RelationValues,
  };
}

/** A new entity begins with the defaults of its blueprint. */
export function newDraft(blueprint: Blueprint): EntityDraft {
  const defaults = Object.entries(blueprint.schema.properties).map(([key, { default: value }]) => [key, value]);
  return {
    identifier: '',
    title: '',
    icon: '',
    team: [],
    properties: withoutBlanks(Object.fromEntries(defaults) as Values),
    relations: {},
  };
}

/** A new entity that begins as another one is. */
export const copyOf = (entity: Entity, blueprint: Blueprint): EntityDraft => ({
  ...draftOf(entity, blueprint),
  identifier: '',
  title: '',
});

const optional = (key: string, value: unknown): object => (isBlank(value) ? {} : { [key]: value });

/** What is sent to create it. A default that was cleared is sent as null, or it would come back. */
export function creationBody(draft: EntityDraft, blueprint: Blueprint): object {
  const cleared = Object.entries(blueprint.schema.properties)
    .filter(([key, property]) => !isBlank(property.default) && isBlank(draft.properties[key]))
    .map(([key]) => [key, null] as const);
  return {
    ...optional('identifier', draft.identifier.trim()),
    ...optional('title', draft.title.trim()),
    ...optional('icon', draft.icon),
    ...(inheritsTeam(blueprint) ? {} : optional('team', draft.team)),
    properties: { ...Object.fromEntries(cleared), ...withoutBlanks(draft.properties) },
    relations: withoutBlanks(draft.relations),
  };
}

function changedKeys(before: Values, after: Values): Readonly<Record<string, unknown>> {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...keys]
      .filter((key) => !sameJson(before[key] ?? null, after[key] ?? null))
      .map((key) => [key, isBlank(after[key]) ? null : after[key]]),
  );
}

/** Only what differs: others may change the rest meanwhile, and not everybody may change everything. */
export function changeBody(before: EntityDraft, after: EntityDraft): object {
  const properties = changedKeys(before.properties, after.properties);
  const relations = changedKeys(before.relations, after.relations);
  return {
    ...(before.identifier === after.identifier.trim() ? {} : { identifier: after.identifier.trim() }),
    ...(before.title === after.title ? {} : { title: after.title.trim() === '' ? null : after.title.trim() }),
    ...(before.icon === after.icon ? {} : { icon: after.icon === '' ? null : after.icon }),
    ...(sameJson(before.team, after.team) ? {} : { team: after.team }),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(Object.keys(relations).length === 0 ? {} : { relations }),
  };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** The draft as one JSON document. */
export const documentOf = (draft: EntityDraft, blueprint: Blueprint): object => ({
  identifier: draft.identifier,
  title: draft.title,
  ...optional('icon', draft.icon),
  ...(inheritsTeam(blueprint) ? {} : { team: draft.team }),
  properties: draft.properties,
  relations: draft.relations,
});

/** Whether a document can stand for an entity; its values are judged elsewhere. */
export function isEntityDocument(value: unknown): boolean {
  if (!isPlain(value)) return false;
  const { identifier = '', title = '', icon = '', team = [], properties = {}, relations = {} } = value;
  return (
    [identifier, title, icon].every((one) => typeof one === 'string' || one === null) &&
    (isTexts(team) || typeof team === 'string' || team === null) &&
    isPlain(properties) &&
    isPlain(relations) &&
    Object.values(relations).every((one) => one === null || typeof one === 'string' || isTexts(one))
  );
}

/** The draft that a document stands for. */
export function fromDocument(document: unknown): EntityDraft {
  const { identifier, title, icon, team, properties, relations } = document as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    identifier: text(identifier),
    title: text(title),
    icon: text(icon),
    team: isTexts(team) ? team : typeof team === 'string' && team !== '' ? [team] : [],
    properties: isPlain(properties) ? properties : {},
    relations: isPlain(relations) ? (withoutBlanks(relations) as RelationValues) : {},
  };
}
