import type { NewEvent } from '#platform/events/event.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';

/** A blueprint that has another identifier now. */
export interface RenamedBlueprint {
  readonly from: string;
  readonly to: string;
}

/** Something that speaks of a blueprint where its new name cannot be put in by itself. */
export interface Mention {
  readonly resource: string;
  readonly identifier: string;
  /** Where in it. */
  readonly path: string;
}

/** Fields that hold the identifier of a blueprint wherever documents of the portal have them. */
const fields: ReadonlySet<string> = new Set(['blueprint', 'blueprintIdentifier', 'fromBlueprint', 'sourceBlueprint']);
/** Texts for people: what they say stays as it was written. */
const prose: ReadonlySet<string> = new Set(['title', 'description', 'label', 'markdown', 'icon', 'placeholder']);

/** A document with the new name wherever one of its fields, rules or roles names the blueprint. */
export function renameIn(value: unknown, rename: RenamedBlueprint): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => renameIn(item, rename));
  if (typeof value === 'string') return renamedRole(value, rename);
  if (!isJsonObject(value)) return value;
  const isAboutName = value['property'] === '$blueprint';
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      if (fields.has(key) || (key === 'value' && isAboutName)) return [key, renamedName(child, rename)];
      if (key === 'blueprintConfig' && isJsonObject(child)) return [key, renameKeys(child, rename)];
      return [key, renameIn(child, rename)];
    }),
  );
}

export function renameInObject<Value extends object>(value: Value, rename: RenamedBlueprint): Value {
  return renameIn(value, rename) as Value;
}

/** A name, or a list of names. */
function renamedName(value: unknown, rename: RenamedBlueprint): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => renamedName(item, rename));
  return value === rename.from ? rename.to : renameIn(value, rename);
}

function renameKeys(value: JsonObject, rename: RenamedBlueprint): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key === rename.from ? rename.to : key, renameIn(child, rename)]),
  );
}

export function moderatorOf(blueprint: string): string {
  return `${blueprint}-moderator`;
}

/** Moderators of a blueprint are called after it. */
function renamedRole(value: string, { from, to }: RenamedBlueprint): string {
  return value === moderatorOf(from) ? moderatorOf(to) : value;
}

/** What a document, told by what it is and its identifier, still says of the old name. */
export function mentionsOf(
  resource: string,
  identifier: string,
  document: unknown,
  { from }: RenamedBlueprint,
): readonly Mention[] {
  return mentionsIn(document, from).map((path) => ({ resource, identifier, path }));
}

/**
 * Where expressions and addresses of a document speak of the blueprint: `.blueprint == "service"`, or
 * `/v1/blueprints/service/entities`. Only whoever wrote them knows what they mean.
 */
function mentionsIn(value: unknown, name: string, path = ''): readonly string[] {
  if (typeof value === 'string') return speaksOf(value, name) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item: unknown, at) => mentionsIn(item, name, `${path}[${at}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    prose.has(key) && typeof child === 'string' ? [] : mentionsIn(child, name, path === '' ? key : `${path}.${key}`),
  );
}

function speaksOf(text: string, name: string): boolean {
  if (!text.includes(name)) return false;
  const isQuoted = text.includes(JSON.stringify(name)) || text.includes(`'${name}'`);
  if (isQuoted && /blueprint/i.test(text)) return true;
  const [, ...after] = text.split(`blueprints/${encodeURIComponent(name)}`);
  return after.some((rest) => rest === '' || /^[/?#"'\s]/.test(rest));
}

/** The rename that an event tells of; null for other events. */
export function renamedBlueprintOf({ kind, context }: Pick<NewEvent, 'kind' | 'context'>): RenamedBlueprint | null {
  const { blueprint, renamedFrom } = context as Readonly<Record<string, unknown>>;
  if (kind !== 'blueprint.updated' || typeof blueprint !== 'string' || typeof renamedFrom !== 'string') return null;
  return { from: renamedFrom, to: blueprint };
}
