import { sql, type RawBuilder } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import type { JsonObject } from '#platform/json.ts';
import { type BlueprintDocument, definitionOf, isDerivedKey } from './blueprint-document.ts';
import { type ReadOptions, wants } from './read-options.ts';

/** An entity's row as `entityColumns` selects it. */
export interface EntityRow {
  readonly blueprint: string;
  readonly identifier: string;
  readonly title: string;
  readonly icon: string | null;
  readonly team: readonly string[];
  readonly properties: JsonObject;
  readonly relations: JsonObject;
  readonly scorecards: JsonObject | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

/** The select list of every statement that reads whole entities; the table's alias is `e`. */
export const entityColumns: RawBuilder<EntityRow> = sql`
  e.blueprint, e.identifier, e.title, e.icon, e.team, e.properties, e.relations, e.scorecards, e.version,
  e.created_at as "createdAt", e.created_by as "createdBy", e.updated_at as "updatedAt", e.updated_by as "updatedBy"`;

/**
 * Scores of a blueprint's entities, as SQL over a row `e` with the columns blueprint, identifier, title, icon, team,
 * properties, relations, created_at, created_by, updated_at and updated_by.
 */
export interface Scoring {
  /** Of type jsonb. */
  readonly scores: RawBuilder<unknown>;
  /** When they next become others though nobody writes; null where time changes nothing. */
  readonly changeAt: RawBuilder<Date | null> | null;
}

/** People sort titles regardless of case; the index `entity_by_title` has this expression. Alias `e`. */
export const titleSortKey: RawBuilder<string> = sql`lower(left(e.title, 200))`;

/** Titles of related entities, by blueprint and identifier; from `loadRelatedTitles`. */
export type RelatedTitles = ReadonlyMap<string, string>;

export type WireEntity = JsonObject;

/** An entity as every route, event and delivery shows it. */
export function toWireEntity(
  row: EntityRow,
  blueprint: BlueprintDocument,
  options: ReadOptions = {},
  titles?: RelatedTitles,
): WireEntity {
  const wire: Record<string, unknown> = { identifier: row.identifier };
  const show = (name: string, value: unknown): void => {
    if (wants(options, name)) wire[name] = value;
  };
  show('title', row.title);
  show('icon', row.icon);
  show('blueprint', row.blueprint);
  show('team', row.team);
  showParts(wire, options, 'properties', shownProperties(row, blueprint, options));
  showParts(wire, options, 'relations', shownRelations(row, blueprint, options, titles));
  if (row.scorecards !== null) show('scorecards', row.scorecards);
  show('createdAt', row.createdAt.toISOString());
  show('createdBy', row.createdBy);
  show('updatedAt', row.updatedAt.toISOString());
  show('updatedBy', row.updatedBy);
  return wire;
}

/** Always there unless the caller left it out or picked fields, none of them inside. */
function showParts(wire: Record<string, unknown>, options: ReadOptions, name: string, parts: JsonObject): void {
  const empty = Object.keys(parts).length === 0;
  if (empty && (options.include !== undefined || options.exclude?.has(name) === true)) return;
  wire[name] = parts;
}

/** A property that the blueprint lost stays hidden. */
function shownProperties(row: EntityRow, blueprint: BlueprintDocument, options: ReadOptions): JsonObject {
  const shown: Record<string, unknown> = {};
  for (const key of Object.keys(row.properties)) {
    const isShown =
      definitionOf(blueprint.schema.properties, key) !== undefined ||
      (options.excludeCalculated !== true && isDerivedKey(blueprint, key));
    if (!isShown || !wants(options, key, 'properties')) continue;
    shown[key] = row.properties[key];
  }
  return shown;
}

/** Every relation of the blueprint is there, empty ones as null or []. */
function shownRelations(
  row: EntityRow,
  blueprint: BlueprintDocument,
  options: ReadOptions,
  titles: RelatedTitles | undefined,
): JsonObject {
  const shown: Record<string, unknown> = {};
  for (const [key, relation] of Object.entries(blueprint.relations)) {
    if (!wants(options, key, 'relations')) continue;
    const value = Object.hasOwn(row.relations, key) ? row.relations[key] : relation.many === true ? [] : null;
    shown[key] = titles === undefined ? value : withTitles(value, relation.target, titles);
  }
  return shown;
}

function withTitles(value: unknown, target: string, titles: RelatedTitles): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withTitles(item, target, titles));
  if (typeof value !== 'string') return value;
  return { identifier: value, title: titles.get(titleKey(target, value)) ?? null };
}

function titleKey(blueprint: string, identifier: string): string {
  return `${blueprint}\n${identifier}`;
}

/** For `attach_title_to_relation`: one statement for all relations of all rows. */
export async function loadRelatedTitles(
  db: Db,
  { orgId, visible }: { readonly orgId: string; readonly visible: RawBuilder<boolean> },
  rows: readonly EntityRow[],
): Promise<RelatedTitles> {
  const sources = rows.map((row) => ({ blueprint: row.blueprint, identifier: row.identifier }));
  const found = await sql<{ blueprint: string; identifier: string; title: string }>`
    select distinct e.blueprint, e.identifier, e.title
    from jsonb_to_recordset(${JSON.stringify(sources)}::jsonb) as source(blueprint text, identifier text)
    join entity_relation r on r.org_id = ${orgId} and r.blueprint = source.blueprint
      and r.identifier = source.identifier
    join entity e on e.org_id = ${orgId} and e.blueprint = r.target_blueprint and e.identifier = r.target
    where ${visible}`.execute(db);
  return new Map(found.rows.map((row) => [titleKey(row.blueprint, row.identifier), row.title]));
}
