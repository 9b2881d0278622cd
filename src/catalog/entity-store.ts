import { type RawBuilder, sql } from 'kysely';
import { LostRace } from '#platform/commands/lost-race.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import type { JsonObject } from '#platform/json.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import { entityColumns, type EntityRow, type Scoring } from './entity-queries.ts';
import { type Target, targetsOf } from './relation-rules.ts';

/**
 * To change an entity, others may go on pointing at it; to remove or rename it, they must not. With one mode for both,
 * two writers whose entities point at each other would wait for each other.
 */
const lockModes = { change: sql`for no key update`, remove: sql`for update` };

/**
 * Locks the rows that exist, in the order of identifiers. Row by row, each by its whole key: a plan made while the table
 * was small or had not been counted yet would otherwise read all entities of the blueprint. As JSON, since a plan for a
 * list of any length looks dearer than one for the length at hand, and one would be made at each call.
 */
export async function lockEntities(
  { db, actor }: WriteContext,
  blueprint: string,
  identifiers: readonly string[],
  purpose: keyof typeof lockModes,
): Promise<readonly EntityRow[]> {
  const found = await sql<EntityRow>`${prepared}
    select locked.* from (
      select distinct identifier collate "C" as identifier
      from jsonb_array_elements_text(${JSON.stringify(identifiers)}::jsonb) as wanted(identifier)
      order by 1) wanted
    cross join lateral (
      select ${entityColumns} from entity e
      where e.org_id = ${actor.orgId} and e.blueprint = ${blueprint} and e.identifier = wanted.identifier
      ${lockModes[purpose]}) locked`.execute(db);
  return found.rows;
}

/** Keeps related entities from being deleted or renamed until the transaction ends; answers which of them exist. */
export async function holdTargets(tx: Tx, orgId: string, targets: readonly Target[]): Promise<readonly Target[]> {
  if (targets.length === 0) return [];
  const found = await sql<Target>`${prepared}
    select held.blueprint, held.identifier from (
      select distinct blueprint collate "C" as blueprint, identifier collate "C" as identifier
      from jsonb_to_recordset(${JSON.stringify(targets)}::jsonb) as t(blueprint text, identifier text)
      order by 1, 2) wanted
    cross join lateral (
      select e.blueprint, e.identifier from entity e
      where e.org_id = ${orgId} and e.blueprint = wanted.blueprint and e.identifier = wanted.identifier
      for key share) held`.execute(tx);
  return found.rows;
}

/** Rows as a relation `e` with the columns that scoring may use. */
function rowsAsRelation(rows: readonly EntityRow[]): RawBuilder<unknown> {
  const records = rows.map((row) => ({
    blueprint: row.blueprint,
    identifier: row.identifier,
    title: row.title,
    icon: row.icon,
    team: row.team,
    properties: row.properties,
    relations: row.relations,
    version: row.version,
    created_at: row.createdAt,
    created_by: row.createdBy,
    updated_at: row.updatedAt,
    updated_by: row.updatedBy,
  }));
  return sql`(
    select r.blueprint collate "C" as blueprint, r.identifier collate "C" as identifier, r.title collate "C" as title,
           r.icon, r.team, r.properties, r.relations, r.version, r.created_at, r.created_by, r.updated_at, r.updated_by
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as r(
      blueprint text, identifier text, title text, icon text, team text[], properties jsonb, relations jsonb,
      version int, created_at timestamptz, created_by text, updated_at timestamptz, updated_by text)) as e`;
}

interface Scored {
  readonly identifier: string;
  readonly scorecards: JsonObject | null;
}

export type ScoredRow = EntityRow & { readonly scoresChangeAt: Date | null };

function withScores(rows: readonly EntityRow[], scored: readonly Scored[]): readonly EntityRow[] {
  const found = new Map(scored.map((row) => [row.identifier, row.scorecards]));
  return rows.map((row) => ({ ...row, scorecards: found.get(row.identifier) ?? null }));
}

const noScores = sql`null::jsonb`;
const noChange = sql<Date | null>`null::timestamptz`;

/** What `storeEntities` would return, without writing; and when that changes by itself. */
export async function scoreEntities(
  tx: Tx,
  rows: readonly EntityRow[],
  scoring: Scoring | null,
): Promise<readonly ScoredRow[]> {
  if (scoring === null || rows.length === 0) {
    return rows.map((row) => ({ ...row, scorecards: null, scoresChangeAt: null }));
  }
  const found = await sql<Scored & { readonly scoresChangeAt: Date | null }>`
    select e.identifier, ${scoring.scores} as scorecards, ${scoring.changeAt ?? noChange} as "scoresChangeAt"
    from ${rowsAsRelation(rows)}`.execute(tx);
  const changes = new Map(found.rows.map((row) => [row.identifier, row.scoresChangeAt]));
  return withScores(rows, found.rows).map((row) => ({
    ...row,
    scoresChangeAt: changes.get(row.identifier) ?? null,
  }));
}

/**
 * Inserts or updates rows of one blueprint in one statement and scores them in it. A row's `version` is one above the
 * locked row's, or 1 for a new one; where another transaction came first, the command starts over.
 */
export async function storeEntities(
  ctx: WriteContext,
  rows: readonly EntityRow[],
  scoring: Scoring | null,
  datasource: string | null,
): Promise<readonly EntityRow[]> {
  if (rows.length === 0) return [];
  const written = await sql<Scored>`${prepared}
    insert into entity (org_id, blueprint, identifier, title, icon, team, properties, relations, scorecards,
      scores_change_at, datasource, version, created_at, created_by, updated_at, updated_by)
    select ${ctx.actor.orgId}, e.blueprint, e.identifier, e.title, e.icon, e.team, e.properties, e.relations,
      ${scoring?.scores ?? noScores}, ${scoring?.changeAt ?? noChange}, ${datasource ?? ''}, e.version, e.created_at, e.created_by, e.updated_at, e.updated_by
    from ${rowsAsRelation(rows)} order by e.identifier
    on conflict (org_id, blueprint, identifier) do update set
      title = excluded.title, icon = excluded.icon, team = excluded.team, properties = excluded.properties,
      relations = excluded.relations, scorecards = excluded.scorecards,
      scores_change_at = excluded.scores_change_at, version = excluded.version,
      datasource = ${datasource === null ? sql`entity.datasource` : sql`excluded.datasource`},
      updated_at = excluded.updated_at, updated_by = excluded.updated_by
    where entity.version = excluded.version - 1
    returning identifier, scorecards`.execute(ctx.db);
  if (written.rows.length !== rows.length) throw new LostRace('an entity');
  return withScores(rows, written.rows);
}

/** An upsert that changes nothing still tells who wrote last. */
export async function rememberDatasource(
  ctx: WriteContext,
  blueprint: string,
  identifiers: readonly string[],
  datasource: string,
): Promise<void> {
  if (identifiers.length === 0) return;
  const { orgId } = ctx.actor;
  await sql`${prepared}
    update entity set datasource = ${datasource} where ctid = any(array(
      select other.ctid from jsonb_array_elements_text(${JSON.stringify(identifiers)}::jsonb) as wanted(identifier)
      cross join lateral (
        select e.ctid from entity e
        where e.org_id = ${orgId} and e.blueprint = ${blueprint} and e.identifier = wanted.identifier
          and e.datasource <> ${datasource}
        for no key update) other))`.execute(ctx.db);
}

export interface RelationChange {
  readonly before: EntityRow | null;
  readonly after: EntityRow;
}

/** Brings the rows of relations in step with the documents, touching only what differs. */
export async function storeRelations(
  ctx: WriteContext,
  blueprint: BlueprintDocument,
  changes: readonly RelationChange[],
): Promise<void> {
  const removed: object[] = [];
  const added: object[] = [];
  for (const { before, after } of changes) {
    const old = before === null ? new Map<string, object>() : relationRows(blueprint, after.identifier, before);
    const next = relationRows(blueprint, after.identifier, after);
    for (const [key, row] of old) if (!next.has(key)) removed.push(row);
    for (const [key, row] of next) if (!old.has(key)) added.push(row);
  }
  const { orgId } = ctx.actor;
  if (removed.length > 0) await removeRelations(ctx, blueprint.identifier, removed);
  if (added.length === 0) return;
  await sql`${prepared}
    insert into entity_relation (org_id, blueprint, identifier, relation, target_blueprint, target)
    select ${orgId}, ${blueprint.identifier}, a.identifier, a.relation, a.target_blueprint, a.target
    from jsonb_to_recordset(${JSON.stringify(added)}::jsonb)
      as a(identifier text, relation text, target_blueprint text, target text)
    order by a.identifier, a.relation, a.target`.execute(ctx.db);
}

/** Row by row, each by its whole key, as above. Whoever changes relations of an entity has locked the entity. */
async function removeRelations({ db, actor }: WriteContext, blueprint: string, rows: readonly object[]): Promise<void> {
  await sql`${prepared}
    delete from entity_relation where ctid = any(array(
      select found.ctid from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as d(identifier text, relation text, target text)
      cross join lateral (
        select r.ctid from entity_relation r
        where r.org_id = ${actor.orgId} and r.blueprint = ${blueprint} and r.identifier = d.identifier
          and r.relation = d.relation and r.target = d.target
        for update) found))`.execute(db);
}

function relationRows(blueprint: BlueprintDocument, identifier: string, row: EntityRow): Map<string, object> {
  const rows = targetsOf(blueprint, row.relations).map((target) => [
    `${target.relation}\n${target.identifier}`,
    {
      identifier,
      relation: target.relation,
      target_blueprint: target.blueprint,
      target: target.identifier,
    },
  ]);
  return new Map(rows as [string, object][]);
}

/** A relation row whose source points at one of the targets. */
export interface Dependent extends Target {
  readonly relation: string;
}

export async function dependentsOf(
  db: Db | Tx,
  orgId: string,
  targets: readonly Target[],
): Promise<readonly Dependent[]> {
  const found = await sql<Dependent>`
    select distinct r.blueprint, r.identifier, r.relation
    from jsonb_to_recordset(${JSON.stringify(targets)}::jsonb) as t(blueprint text, identifier text)
    join entity_relation r on r.org_id = ${orgId} and r.target_blueprint = t.blueprint and r.target = t.identifier
    order by r.blueprint, r.identifier`.execute(db);
  return found.rows;
}

/** Removes entities and the rows of their own relations. */
export async function deleteEntityRows(ctx: WriteContext, targets: readonly Target[]): Promise<void> {
  const { orgId } = ctx.actor;
  await sql`
    with gone as (
      select * from jsonb_to_recordset(${JSON.stringify(targets)}::jsonb) as t(blueprint text, identifier text)
    ), relations as (
      delete from entity_relation r using gone
      where r.org_id = ${orgId} and r.blueprint = gone.blueprint and r.identifier = gone.identifier
    )
    delete from entity e using gone
    where e.org_id = ${orgId} and e.blueprint = gone.blueprint and e.identifier = gone.identifier`.execute(ctx.db);
}

/** Gives a locked entity another identifier, in its own relations and in those that point at it. */
export async function renameEntityRow(ctx: WriteContext, entity: Target, identifier: string): Promise<void> {
  const { orgId } = ctx.actor;
  await sql`
    update entity set identifier = ${identifier}
    where org_id = ${orgId} and blueprint = ${entity.blueprint} and identifier = ${entity.identifier}`.execute(ctx.db);
  await sql`
    update entity_relation set identifier = ${identifier}
    where org_id = ${orgId} and blueprint = ${entity.blueprint} and identifier = ${entity.identifier}`.execute(ctx.db);
}
