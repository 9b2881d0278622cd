import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { maskParts } from '#platform/egress/mask-destinations.ts';
import { notFound } from '#platform/problem.ts';
import { mayInApplication, seesApplication, writesApplication } from './access-queries.ts';
import type { ApplicationRow, PipelineDocument, PipelineRow } from './pipeline.ts';

const nameOfApplication = sql`application.name`;
const applicationOfPipeline = sql`pipeline.application`;

/** Which rows of an application somebody may see. */
export function visibleRows(actor: Actor, application: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`org_id = ${actor.orgId} and ${seesApplication(actor, application)}`;
}

/** Where stages send, without its secrets, for people who may not change them. */
export function shownDocument(writable: boolean, document: PipelineDocument): PipelineDocument {
  return writable ? document : maskParts(document, ['stages', 'triggers', 'notifications', 'templatedFrom']);
}

/** A pipeline as somebody sees it. */
export interface ShownPipeline extends PipelineRow {
  /** Whether that person may change it. */
  readonly writable: boolean;
}

function shownTo(row: ShownPipeline): ShownPipeline {
  return { ...row, document: shownDocument(row.writable, row.document) };
}

function selectPipelines(actor: Actor): RawBuilder<unknown> {
  return sql`select pipeline.*, ${writesApplication(actor, applicationOfPipeline)} as writable from pipeline
    where ${visibleRows(actor, applicationOfPipeline)}`;
}

export interface ApplicationView extends ApplicationRow {
  /** Whether the reader may change it. */
  readonly writable: boolean;
  readonly pipelines: number;
}

export interface ListPage {
  readonly limit: number;
  /** A part of the name, in any case. */
  readonly name?: string | undefined;
  /** The last one of the page before: an application's name, a pipeline's id. */
  readonly after?: string | undefined;
  readonly offset?: number | undefined;
}

export async function applicationsOf(db: Db, actor: Actor, page: ListPage): Promise<readonly ApplicationView[]> {
  const { name, after } = page;
  const rules = [
    ...(name === undefined || name === '' ? [] : [sql`and strpos(lower(name), lower(${name})) > 0`]),
    ...(after === undefined ? [] : [sql`and (lower(name), name) > (lower(${after}), ${after})`]),
  ];
  const found = await sql<ApplicationView>`
    select application.*, ${writesApplication(actor, nameOfApplication)} as writable,
      (select count(*)::int from pipeline
      where pipeline.org_id = application.org_id and pipeline.application = application.name) as pipelines
    from application where ${visibleRows(actor, nameOfApplication)} ${sql.join(rules, sql` `)}
    order by lower(name), name limit ${page.limit} offset ${page.offset ?? 0}`.execute(db);
  return found.rows;
}

export async function findApplication(db: Db | Tx, actor: Actor, name: string): Promise<ApplicationRow | null> {
  const found = await sql<ApplicationRow>`
    select * from application where ${visibleRows(actor, nameOfApplication)} and lower(name) = lower(${name})`.execute(
    db,
  );
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

export async function getApplication(
  db: Db | Tx,
  actor: Actor,
  name: string,
): Promise<ApplicationRow & { readonly writable: boolean }> {
  const row = await findApplication(db, actor, name);
  if (row === null) throw notFound('application', name);
  return { ...row, writable: await mayInApplication(db, actor, 'WRITE', row.name) };
}

export interface PipelinePage extends ListPage {
  readonly application?: string | undefined;
}

/** In the order in which people put them. */
export async function pipelinesOf(db: Db, actor: Actor, page: PipelinePage): Promise<readonly ShownPipeline[]> {
  const { application, name, after } = page;
  const order = sql`lower(application), position, lower(name), id`;
  const rules = [
    ...(application === undefined ? [] : [sql`and lower(application) = lower(${application})`]),
    ...(name === undefined || name === '' ? [] : [sql`and strpos(lower(name), lower(${name})) > 0`]),
    ...(after === undefined
      ? []
      : [
          sql`and (${order}) > (select ${order} from pipeline last where last.org_id = ${actor.orgId}
            and last.id = ${after})`,
        ]),
  ];
  const found = await sql<ShownPipeline>`
    ${selectPipelines(actor)} ${sql.join(rules, sql` `)}
    order by ${order} limit ${page.limit} offset ${page.offset ?? 0}`.execute(db);
  return found.rows.map(shownTo);
}

export async function findPipeline(db: Db | Tx, actor: Actor, id: string): Promise<ShownPipeline | null> {
  const found = await sql<ShownPipeline>`${selectPipelines(actor)} and id = ${id}`.execute(db);
  const row = found.rows[0];
  return row === undefined ? null : shownTo(row);
}

export async function getPipeline(db: Db | Tx, actor: Actor, id: string): Promise<ShownPipeline> {
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
): Promise<ShownPipeline | null> {
  const found = await sql<ShownPipeline>`
    ${selectPipelines(actor)} and lower(application) = lower(${application})
      and (lower(name) = lower(${nameOrId}) or id = ${nameOrId})
    order by id = ${nameOrId} desc limit 1`.execute(db);
  const row = found.rows[0];
  return row === undefined ? null : shownTo(row);
}

/** Those of a template that somebody may see. */
export async function pipelinesMadeFrom(db: Db, actor: Actor, template: string): Promise<readonly ShownPipeline[]> {
  const found = await sql<ShownPipeline>`
    ${selectPipelines(actor)} and template = ${template} order by lower(application), lower(name), id`.execute(db);
  return found.rows.map(shownTo);
}

export interface RevisionRow {
  readonly version: number;
  readonly document: PipelineDocument;
  readonly saved_at: Date;
  readonly saved_by: string;
}

/** Newest first. The caller has checked that the pipeline may be seen. */
export async function revisionsOf(db: Db, pipeline: ShownPipeline, limit: number): Promise<readonly RevisionRow[]> {
  const found = await sql<RevisionRow>`
    select version, document, saved_at, saved_by from pipeline_revision
    where org_id = ${pipeline.org_id} and pipeline = ${pipeline.id} order by version desc limit ${limit}`.execute(db);
  return found.rows.map((row) => ({ ...row, document: shownDocument(pipeline.writable, row.document) }));
}

export async function getRevision(db: Db, pipeline: ShownPipeline, version: number): Promise<RevisionRow> {
  const found = await sql<RevisionRow>`
    select version, document, saved_at, saved_by from pipeline_revision
    where org_id = ${pipeline.org_id} and pipeline = ${pipeline.id} and version = ${version}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) throw notFound('revision', String(version), { pipeline: pipeline.id });
  return { ...row, document: shownDocument(pipeline.writable, row.document) };
}

export function toWireRevision(row: RevisionRow): Record<string, unknown> {
  return { version: row.version, document: row.document, savedAt: row.saved_at, savedBy: row.saved_by };
}
