import type { WireEntity } from '#catalog/entity-queries.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';

/** What `{{ .user.email }}` and `{{ .entity.properties.tier }}` of a page stand for. */
export interface TemplateWords {
  readonly user: unknown;
  /** The entity that the page is looked at for; null where none was chosen. */
  readonly entity: WireEntity | null;
}

export function wordsOf(actor: Actor, entity: WireEntity | null): TemplateWords {
  if (actor.kind !== 'user') return { user: {}, entity };
  const { email, firstName, lastName, teams } = actor;
  return { user: { email, firstName, lastName, name: `${firstName} ${lastName}`.trim(), teams }, entity };
}

/** Blanks within the braces belong to it; `{{url.identifier}}` is the older form of the entity's. */
const template = /\{\{ \.(user|entity)\.([\w$@/.-]+) \}\}|\{\{\s*url\.identifier\s*\}\}/g;

/** Whether it can only be told for one entity. */
export function asksForEntity(value: unknown): boolean {
  return /\{\{ \.entity\.|\{\{\s*url\.identifier/.test(JSON.stringify(value ?? null));
}

/** The value with every template in it filled; a text that is nothing but one takes the value as it is. */
export function filled<Value>(value: Value, words: TemplateWords): Value {
  if (!JSON.stringify(value ?? null).includes('{{')) return value;
  if (words.entity === null && asksForEntity(value)) {
    throw problem('invalid', 'entity_needed', 'This is about one entity: choose which one.');
  }
  return fill(value, words) as Value;
}

function fill(value: unknown, words: TemplateWords): unknown {
  if (typeof value === 'string') return fillText(value, words);
  if (Array.isArray(value)) return value.map((one: unknown) => fill(one, words));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, words)]));
}

function fillText(text: string, words: TemplateWords): unknown {
  const found = [...text.matchAll(template)];
  const [only] = found;
  // A rule about what is missing matches nothing rather than everything.
  if (only !== undefined && only[0] === text) return read(only, words) ?? '';
  return text.replaceAll(template, (...match) => textOf(read(match.slice(0, 3) as readonly string[], words)));
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function read([, noun, path]: readonly (string | undefined)[], words: TemplateWords): unknown {
  if (noun === undefined || path === undefined) return words.entity?.identifier;
  let at: unknown = noun === 'user' ? words.user : words.entity;
  for (const step of path.split('.')) at = isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  return at;
}
