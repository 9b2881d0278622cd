import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { may } from '#access/permissions.ts';
import { maskParts } from '#platform/egress/mask-destinations.ts';
import { notFound } from '#platform/problem.ts';
import type { ApplicationRow, PipelineDocument, PipelineRow } from './pipeline.ts';

/** Which applications and pipelines somebody may see. */
export function visiblePipelines(actor: Actor): RawBuilder<unknown> {
  return sql`org_id = ${actor.orgId}`;
}

/** Where stages send, without its secrets, for people who may not change pipelines. */
export function shownDocument(actor: Actor, document: PipelineDocument): PipelineDocument {
  return may(actor, 'pipeline.write') ? document : maskParts(document, ['stages', 'triggers', 'notifications']);
}

function shownTo(actor: Actor, row: PipelineRow): PipelineRow {
  return { ...row, document: shownDocument(actor, row.document) };
}

export interface ApplicationView extends ApplicationRow {
  readonly pipelines: number;
}

export async function applicationsOf(db: Db, actor: Actor): Promise<readonly ApplicationView[]> {
  const found = await sql<ApplicationView>`
    select application.*, (select count(*)::int from pipeline
      where pipeline.org_id = application.org_id and pipeline.application = application.name) as pipelines
    from application where ${visiblePipelines(actor)} order by lower(name), name`.execute(db);
  return found.rows;
}

export async function findApplication(db: Db | Tx, actor: Actor, name: string): Promise<ApplicationRow | null> {
  const found = await sql<ApplicationRow>`
    select * from application where ${visiblePipelines(actor)} and lower(name) = lower(${name})`.execute(db);
  return found.rows[0] ?? null;
}

/** Which of these applications have notifications of their own; by the names they were asked for. */
export async function tellingApplications(
  db: Db | Tx,
  orgId: string,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await sql<{ name: string }>`
    select wanted.name from unnest(${[...new Set(names)]}::text[]) as wanted(name)
    join application on application.org_id = ${orgId} and lower(application.name) = lower(wanted.name)
    where coalesce(application.document -> 'notifications', '[]') <> '[]'`.execute(db);
  return new Set(found.rows.map(({ name }) => name));
}

export async function getApplication(db: Db | Tx, actor: Actor, name: string): Promise<ApplicationRow> {
  const row = await findApplication(db, actor, name);
  if (row === null) throw notFound('application', name);
  return row;
}

/** In the order in which people put them. */
export async function pipelinesOf(db: Db, actor: Actor, application?: string): Promise<readonly PipelineRow[]> {
  const within = application === undefined ? sql`` : sql`and lower(application) = lower(${application})`;
  const found = await sql<PipelineRow>`
    select * from pipeline where ${visiblePipelines(actor)} ${within}
    order by lower(application), position, lower(name), id`.execute(db);
  return found.rows.map((row) => shownTo(actor, row));
}

export async function findPipeline(db: Db | Tx, actor: Actor, id: string): Promise<PipelineRow | null> {
  const found = await sql<PipelineRow>`
    select * from pipeline where ${visiblePipelines(actor)} and id = ${id}`.execute(db);
  const row = found.rows[0];
  return row === undefined ? null : shownTo(actor, row);
}

export async function getPipeline(db: Db | Tx, actor: Actor, id: string): Promise<PipelineRow> {
  const row = await findPipeline(db, actor, id);
  if (row === null) throw notFound('pipeline', id);
  return row;
}

/** By its name within an application, or by its id. */
export async function findPipelineIn(
  db: Db | Tx,
  actor: Actor,
  application: string,
  nameOrId: string,
): Promise<PipelineRow | null> {
  const found = await sql<PipelineRow>`
    select * from pipeline where ${visiblePipelines(actor)} and lower(application) = lower(${application})
      and (lower(name) = lower(${nameOrId}) or id = ${nameOrId})
    order by id = ${nameOrId} desc limit 1`.execute(db);
  const row = found.rows[0];
  return row === undefined ? null : shownTo(actor, row);
}

export interface RevisionRow {
  readonly version: number;
  readonly document: PipelineDocument;
  readonly saved_at: Date;
  readonly saved_by: string;
}

/** Newest first. The caller has checked that the pipeline may be seen. */
export async function revisionsOf(
  db: Db,
  actor: Actor,
  pipeline: PipelineRow,
  limit: number,
): Promise<readonly RevisionRow[]> {
  const found = await sql<RevisionRow>`
    select version, document, saved_at, saved_by from pipeline_revision
    where org_id = ${pipeline.org_id} and pipeline = ${pipeline.id} order by version desc limit ${limit}`.execute(db);
  return found.rows.map((row) => ({ ...row, document: shownDocument(actor, row.document) }));
}

export async function getRevision(db: Db, actor: Actor, pipeline: PipelineRow, version: number): Promise<RevisionRow> {
  const found = await sql<RevisionRow>`
    select version, document, saved_at, saved_by from pipeline_revision
    where org_id = ${pipeline.org_id} and pipeline = ${pipeline.id} and version = ${version}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) throw notFound('revision', String(version), { pipeline: pipeline.id });
  return { ...row, document: shownDocument(actor, row.document) };
}

export function toWireRevision(row: RevisionRow): Record<string, unknown> {
  return { version: row.version, document: row.document, savedAt: row.saved_at, savedBy: row.saved_by };
}
