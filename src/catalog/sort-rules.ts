import { type RawBuilder, sql } from 'kysely';
import { problem, type Problem } from '#platform/problem.ts';
import { type BlueprintDocument, definitionOf, valueKindOf } from './blueprint-document.ts';
import { titleSortKey } from './entity-queries.ts';
import { instantOf } from './rules/json-term.ts';

export interface SortInput {
  readonly property: string;
  readonly order?: 'asc' | 'desc';
}

export interface LevelSortInput {
  readonly scorecard: string;
  readonly levels: readonly string[];
  readonly order?: 'asc' | 'desc' | undefined;
}

/** Where a page ended: the last row's sort key as text and its identifier. */
export interface SortPosition {
  readonly key: string | null;
  readonly identifier: string;
}

export interface SortOrder {
  /** Says which order it is, so that a cursor of another one is noticed. */
  readonly name: string;
  readonly key: RawBuilder<unknown>;
  readonly by: RawBuilder<unknown>;
  after(position: SortPosition): RawBuilder<boolean>;
}

interface Key {
  readonly value: RawBuilder<unknown>;
  readonly type: RawBuilder<unknown>;
  /** An index serves the order only where nothing has to be said about nulls. */
  readonly nullable: boolean;
}

const text = sql`text collate "C"`;
const shown = 200;
const metaKeys: ReadonlyMap<string, Key> = new Map([
  ['$identifier', { value: sql`e.identifier`, type: text, nullable: false }],
  ['$title', { value: titleSortKey, type: text, nullable: false }],
  ['$team', { value: sql`lower(array_to_string(e.team, ', ')) collate "C"`, type: text, nullable: false }],
  ['$createdAt', { value: sql`e.created_at`, type: sql`timestamptz`, nullable: false }],
  ['$updatedAt', { value: sql`e.updated_at`, type: sql`timestamptz`, nullable: false }],
  ['$createdBy', { value: sql`e.created_by collate "C"`, type: text, nullable: false }],
  ['$updatedBy', { value: sql`e.updated_by collate "C"`, type: text, nullable: false }],
]);

/** An order over the entities of a blueprint in which no two are equal; entities without a value come last. */
export function sortOrder(blueprint: BlueprintDocument, { property, order = 'asc' }: SortInput): SortOrder {
  return orderBy(`${property} ${order}`, sortKey(blueprint, property), order);
}

/** By the level of a scorecard, in the order in which the scorecard has them. */
export function levelOrder({ scorecard, levels, order = 'asc' }: LevelSortInput): SortOrder {
  const value = sql`array_position(${[...levels]}::text[], e.scorecards -> ${scorecard}::text ->> 'level')`;
  return orderBy(`level:${scorecard} ${order}`, { value, type: sql`int`, nullable: true }, order);
}

function orderBy(name: string, { value, type, nullable }: Key, order: 'asc' | 'desc'): SortOrder {
  const direction = order === 'asc' ? sql`asc` : sql`desc`;
  const beyond = order === 'asc' ? sql`>` : sql`<`;
  return {
    name,
    key: value,
    by: sql`${value} ${direction}${nullable ? sql` nulls last` : sql``}, e.identifier ${direction}`,
    after({ key, identifier }) {
      if (key === null) return sql`((${value}) is null and e.identifier ${beyond} ${identifier})`;
      const further = sql<boolean>`(${value}, e.identifier) ${beyond} (${key}::${type}, ${identifier})`;
      return nullable ? sql`((${value}) is null or ${further})` : further;
    },
  };
}

function sortKey(blueprint: BlueprintDocument, property: string): Key {
  const meta = metaKeys.get(property);
  if (meta !== undefined) return meta;
  const relation = definitionOf(blueprint.relations, property);
  if (relation !== undefined) return textKey(sql`e.relations ->> ${property}::text`);
  const kind = valueKindOf(blueprint, property);
  if (kind === null) throw unknownProperty(property, blueprint.identifier);
  const json = sql`(e.properties -> ${property}::text)`;
  const raw = sql`(e.properties ->> ${property}::text)`;
  if (kind.type === 'number') {
    const value = sql`case when jsonb_typeof(${json}) = 'number' then ${json}::numeric end`;
    return { value, type: sql`numeric`, nullable: true };
  }
  // What a mirror holds, its key does not tell: texts come before numbers.
  if (kind.type === 'any') return { value: sql`nullif(${json}, 'null')`, type: sql`jsonb`, nullable: true };
  if (kind.isInstant) {
    return { value: instantOf(raw, sql`jsonb_typeof(${json})`), type: sql`timestamptz`, nullable: true };
  }
  return textKey(raw);
}

function textKey(value: RawBuilder<unknown>): Key {
  return { value: sql`lower(left(${value}, ${sql.lit(shown)})) collate "C"`, type: text, nullable: true };
}

function unknownProperty(property: string, blueprint: string): Problem {
  return problem(
    'invalid',
    'invalid_request',
    `Entities of blueprint "${blueprint}" cannot be sorted by "${property}": it has no such property.`,
    { errors: [{ path: 'sort.property', message: 'is not a property of the blueprint' }] },
  );
}

/** A cursor for clients: opaque, and refused with another order than the one it came from. */
export function writeCursor(sort: SortOrder, { key, identifier }: SortPosition): string {
  return Buffer.from(JSON.stringify([sort.name, key, identifier])).toString('base64url');
}

export function readCursor(sort: SortOrder, cursor: string): SortPosition {
  const [name, key, identifier] = parsed(cursor);
  const isText = typeof identifier === 'string' && (key === null || typeof key === 'string');
  const isStorable = isText && ![key ?? '', identifier].some((part) => part.includes('\u0000'));
  if (!isStorable || name !== sort.name) throw strangeCursor();
  return { key, identifier };
}

export function strangeCursor(): Problem {
  return problem('invalid', 'invalid_request', '"from" is not a cursor that this search gave: send its "next".', {
    errors: [{ path: 'from', message: 'is not a cursor of this search' }],
  });
}

function parsed(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
