import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import { identifierTaken, notFound, problem } from '#platform/problem.ts';
import { readPermissions } from './access-rules.ts';
import { isTemplated } from './templates/template.ts';
import { readReference } from './templates/template-rules.ts';
import { storeTriggers } from './trigger-store.ts';
import { type ApplicationRow, type PipelineDocument, type PipelineRow, toWireApplication } from './pipeline.ts';

export async function insertApplication(
  ctx: WriteContext,
  name: string,
  document: ApplicationRow['document'],
): Promise<ApplicationRow> {
  const inserted = await sql<ApplicationRow>`
    insert into application (org_id, name, document, readers, created_at, created_by, updated_at, updated_by)
    values (${ctx.actor.orgId}, ${name}, ${JSON.stringify(document)}::jsonb, ${readersOf(document)}::text[], ${ctx.now},
            ${ctx.actor.id}, ${ctx.now}, ${ctx.actor.id})
    on conflict do nothing returning *`.execute(ctx.db);
  const row = inserted.rows[0];
  if (row === undefined) {
    throw identifierTaken(`An application with the name "${name}" already exists.`, {
      resource: 'application',
      byField: 'name',
      withValue: name,
    });
  }
  emitApplication(ctx, null, row);
  return row;
}

function readersOf(document: ApplicationRow['document']): string[] | null {
  const permissions = readPermissions(document);
  return permissions === null ? null : [...permissions.READ];
}

export async function lockApplication(
  ctx: WriteContext,
  name: string,
  expectedVersion: number | null,
): Promise<ApplicationRow> {
  const found = await sql<ApplicationRow>`
    select * from application where org_id = ${ctx.actor.orgId} and lower(name) = lower(${name}) for update`.execute(
    ctx.db,
  );
  const row = found.rows[0];
  if (row === undefined) throw notFound('application', name);
  assertVersion(`Application "${row.name}"`, row.version, expectedVersion);
  return row;
}

export async function updateApplicationRow(
  ctx: WriteContext,
  before: ApplicationRow,
  document: ApplicationRow['document'],
): Promise<ApplicationRow> {
  const after: ApplicationRow = {
    ...before,
    document,
    version: before.version + 1,
    updated_at: ctx.now,
    updated_by: ctx.actor.id,
  };
  await sql`
    update application set document = ${JSON.stringify(document)}::jsonb, readers = ${readersOf(document)}::text[],
      version = ${after.version}, updated_at = ${after.updated_at}, updated_by = ${after.updated_by}
    where org_id = ${before.org_id} and name = ${before.name}`.execute(ctx.db);
  emitApplication(ctx, before, after);
  return after;
}

export async function removeApplication(ctx: WriteContext, row: ApplicationRow): Promise<void> {
  await sql`delete from application where org_id = ${row.org_id} and name = ${row.name}`.execute(ctx.db);
  emitApplication(ctx, row, null);
}

function emitApplication(ctx: WriteContext, before: ApplicationRow | null, after: ApplicationRow | null): void {
  const shown = after ?? before;
  const action = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';
  ctx.emit({
    kind: { CREATE: 'application.created', UPDATE: 'application.updated', DELETE: 'application.deleted' }[action],
    resource: 'application',
    action,
    subject: `application:${shown?.name}`,
    context: { application: shown?.name },
    before: before === null ? null : toWireApplication(before),
    after: after === null ? null : toWireApplication(after),
  });
}

export async function lockPipeline(ctx: WriteContext, id: string): Promise<PipelineRow | null> {
  const found = await sql<PipelineRow>`
    select * from pipeline where org_id = ${ctx.actor.orgId} and id = ${id} for update`.execute(ctx.db);
  return found.rows[0] ?? null;
}

/** Without a lock, for looking; nothing is asked about who may see it. */
export async function loadPipeline(db: Db, orgId: string, id: string): Promise<PipelineRow | null> {
  const found = await sql<PipelineRow>`
    select * from pipeline where org_id = ${orgId} and id = ${id}`.execute(db);
  return found.rows[0] ?? null;
}

/** Locks it and answers where it stands, without what it says. */
export async function lockPipelineState(
  ctx: WriteContext,
  id: string,
): Promise<Pick<PipelineRow, 'version' | 'last_number'> | null> {
  const found = await sql<Pick<PipelineRow, 'version' | 'last_number'>>`${prepared}
    select version, last_number from pipeline where org_id = ${ctx.actor.orgId} and id = ${id} for update`.execute(
    ctx.db,
  );
  return found.rows[0] ?? null;
}

/** Of a pipeline that is there, or of one of another application that is gone. */
export async function isIdTaken(ctx: WriteContext, id: string, application: string): Promise<boolean> {
  const found = await sql`
    select from pipeline where org_id = ${ctx.actor.orgId} and id = ${id}
    union all
    (select from execution where org_id = ${ctx.actor.orgId} and pipeline = ${id} and application <> ${application}
     limit 1)`.execute(ctx.db);
  return found.rows.length > 0;
}

/** One that takes up the id of a former one goes on counting its executions. */
export async function insertPipeline(ctx: WriteContext, document: PipelineDocument, id: string): Promise<PipelineRow> {
  const inserted = await sql<PipelineRow>`
    insert into pipeline (org_id, id, application, name, position, last_number, document, template, created_at,
                          created_by, updated_at, updated_by)
    values (${ctx.actor.orgId}, ${id}, ${document.application}, ${document.name},
            (select count(*) from pipeline where org_id = ${ctx.actor.orgId} and application = ${document.application}),
            (select coalesce(max(number), 0) from execution where org_id = ${ctx.actor.orgId} and pipeline = ${id}),
            ${JSON.stringify(document)}::json, ${templateOf(document)}, ${ctx.now}, ${ctx.actor.id}, ${ctx.now},
            ${ctx.actor.id})
    on conflict do nothing returning *`.execute(ctx.db);
  const row = inserted.rows[0];
  if (row === undefined) throw (await isIdTaken(ctx, id, document.application)) ? idTaken(id) : nameTaken(document);
  await keepRevision(ctx, row);
  await storeTriggers(ctx, row);
  emitPipeline(ctx, null, row);
  return row;
}

export async function updatePipeline(
  ctx: WriteContext,
  before: PipelineRow,
  change: { readonly document: PipelineDocument; readonly position?: number },
): Promise<PipelineRow> {
  const { document } = change;
  const taken = await sql`
    select from pipeline where org_id = ${before.org_id} and application = ${document.application}
      and lower(name) = lower(${document.name}) and id <> ${before.id}`.execute(ctx.db);
  if (taken.rows.length > 0) throw nameTaken(document);
  const after: PipelineRow = {
    ...before,
    application: document.application,
    name: document.name,
    document,
    position: change.position ?? before.position,
    version: before.version + 1,
    updated_at: ctx.now,
    updated_by: ctx.actor.id,
  };
  await sql`
    update pipeline set application = ${after.application}, name = ${after.name}, position = ${after.position},
      document = ${JSON.stringify(document)}::json, template = ${templateOf(document)}, version = ${after.version},
      updated_at = ${after.updated_at}, updated_by = ${after.updated_by}
    where org_id = ${before.org_id} and id = ${before.id}`.execute(ctx.db);
  // A place in the list is no new revision.
  if (change.position === undefined) await keepRevision(ctx, after);
  await storeTriggers(ctx, after);
  emitPipeline(ctx, before, after);
  return after;
}

function templateOf(document: PipelineDocument): string | null {
  return isTemplated(document) ? (readReference(document['template'])?.id ?? null) : null;
}

export async function removePipeline(ctx: WriteContext, row: PipelineRow): Promise<void> {
  await sql`delete from pipeline where org_id = ${row.org_id} and id = ${row.id}`.execute(ctx.db);
  emitPipeline(ctx, row, null);
}

async function keepRevision(ctx: WriteContext, row: PipelineRow): Promise<void> {
  await sql`
    insert into pipeline_revision (org_id, pipeline, version, document, saved_at, saved_by)
    values (${row.org_id}, ${row.id}, ${row.version}, ${JSON.stringify(row.document)}::json, ${row.updated_at},
            ${row.updated_by})`.execute(ctx.db);
}

export function assertVersion(what: string, version: number, expected: number | null): void {
  if (expected === null || expected === version) return;
  throw problem('stale', 'stale_version', `${what} was changed meanwhile. Read it again and redo your edit.`, {
    currentVersion: version,
  });
}

export function idTaken(id: string): Error {
  return identifierTaken(`The id "${id}" is another pipeline's. Leave it out, or name one that is free.`, {
    resource: 'pipeline',
    byField: 'id',
    withValue: id,
  });
}

function nameTaken(document: PipelineDocument): Error {
  return identifierTaken(
    `Application ${document.application} already has a pipeline with the name "${document.name}".`,
    { resource: 'pipeline', byField: 'name', withValue: document.name },
  );
}

function emitPipeline(ctx: WriteContext, before: PipelineRow | null, after: PipelineRow | null): void {
  const shown = after ?? before;
  const action = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';
  ctx.emit({
    kind: { CREATE: 'pipeline.created', UPDATE: 'pipeline.updated', DELETE: 'pipeline.deleted' }[action],
    resource: 'pipeline',
    action,
    subject: `pipeline:${shown?.id}`,
    context: { pipeline: shown?.id, application: shown?.application },
    before: before === null ? null : eventDocument(before),
    after: after === null ? null : eventDocument(after),
  });
}

function eventDocument(row: PipelineRow): Record<string, unknown> {
  return { ...row.document, id: row.id, position: row.position, version: row.version };
}
