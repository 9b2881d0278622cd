import { sql } from 'kysely';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { Db } from '#platform/db/handles.ts';
import { newId } from '#platform/ids.ts';
import type { JsonObject } from '#platform/json.ts';
import { notFound } from '#platform/problem.ts';
import type { EntityParts } from './apply-changes.ts';
import { authorizeEntity } from './blueprint-permissions.ts';
import { authorize } from '#access/permissions.ts';
import { deleteWithin, hasDependents } from './delete-entities.ts';
import type { Dependent } from './entity-store.ts';

/** Few enough that a transaction stays short. */
const chunkSize = 200;

export interface StartDeletionInput {
  readonly blueprint: string;
  readonly deleteBlueprint: boolean;
}

/** Refuses a deletion that could not be finished, else records it as running; answers its id. */
export function startDeletion(parts: EntityParts): Command<StartDeletionInput, string> {
  return async function startDeletionCommand(ctx, input) {
    const { orgId } = ctx.actor;
    const blueprint = await parts.blueprints.lock(ctx.db, orgId, input.blueprint);
    authorizeEntity(ctx.actor, blueprint, 'unregister', { before: null, after: null });
    if (input.deleteBlueprint) authorize(ctx.actor, 'blueprint.write', { blueprint: input.blueprint });
    await refuseForeignDependents(ctx, parts, input.blueprint);
    const id = newId('migration');
    const document = {
      id,
      actor: ctx.actor.id,
      sourceBlueprint: input.blueprint,
      mapping: {},
      status: 'RUNNING',
      deleteEntities: true,
      deleteBlueprint: input.deleteBlueprint,
      successCount: 0,
      failureCount: 0,
      createdAt: ctx.now.toISOString(),
      updatedAt: ctx.now.toISOString(),
    };
    await sql`
      insert into catalog_migration (org_id, id, document, created_at)
      values (${orgId}, ${id}, ${JSON.stringify(document)}::jsonb, ${ctx.now})`.execute(ctx.db);
    announce(ctx, null, document);
    return id;
  };
}

/** Deletes some entities of a blueprint; answers how many. */
export function deleteChunk(parts: EntityParts): Command<{ blueprint: string; runId: string | null }, number> {
  return maybeSilent(async function deleteChunkCommand(
    ctx: WriteContext,
    input: { blueprint: string; runId: string | null },
  ) {
    const found = await sql<{ identifier: string }>`
      select identifier from entity where org_id = ${ctx.actor.orgId} and blueprint = ${input.blueprint}
      order by identifier limit ${chunkSize}`.execute(ctx.db);
    if (found.rows.length === 0) return 0;
    await deleteWithin(ctx, parts, {
      ...input,
      identifiers: found.rows.map((row) => row.identifier),
      dependents: 'own',
      ifMissing: 'skip',
      expectedVersion: null,
    });
    return found.rows.length;
  });
}

export interface FinishDeletionInput {
  readonly id: string;
  readonly deleted: number;
  readonly failure: string | null;
}

export async function finishDeletion(ctx: WriteContext, input: FinishDeletionInput): Promise<JsonObject> {
  const before = await migrationById(ctx.db, ctx.actor.orgId, input.id);
  const after = {
    ...before,
    status: input.failure === null ? 'COMPLETED' : 'FAILURE',
    successCount: input.deleted,
    failureCount: input.failure === null ? 0 : 1,
    ...(input.failure === null ? {} : { message: input.failure }),
    updatedAt: ctx.now.toISOString(),
  };
  await sql`
    update catalog_migration set document = ${JSON.stringify(after)}::jsonb
    where org_id = ${ctx.actor.orgId} and id = ${input.id}`.execute(ctx.db);
  announce(ctx, before, after);
  return after;
}

function announce(ctx: WriteContext, before: JsonObject | null, after: JsonObject & { readonly id?: unknown }): void {
  ctx.emit({
    kind: before === null ? 'migration.created' : 'migration.updated',
    resource: 'migration',
    action: before === null ? 'CREATE' : 'UPDATE',
    subject: `migration:${String(after.id)}`,
    context: { blueprint: String(after['sourceBlueprint']), migration: String(after.id) },
    before,
    after,
  });
}

export async function migrationById(db: Db, orgId: string, id: string): Promise<JsonObject> {
  const found = await sql<{ document: JsonObject }>`
    select document from catalog_migration where org_id = ${orgId} and id = ${id}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) throw notFound('migration', id);
  return row.document;
}

export async function listMigrations(db: Db, orgId: string): Promise<readonly JsonObject[]> {
  const found = await sql<{ document: JsonObject }>`
    select document from catalog_migration where org_id = ${orgId} order by created_at desc, id limit 1000`.execute(db);
  return found.rows.map((row) => row.document);
}

/** Entities of the blueprint itself may require each other: they all go. */
async function refuseForeignDependents(ctx: WriteContext, parts: EntityParts, blueprint: string): Promise<void> {
  const { orgId } = ctx.actor;
  const requiring = (await parts.blueprints.all(ctx.db, orgId)).flatMap(({ document }) =>
    Object.entries(document.relations)
      .filter(([, relation]) => relation.target === blueprint && relation.required === true)
      .map(([relation]) => ({ blueprint: document.identifier, relation })),
  );
  const found = await sql<Dependent>`
    select r.blueprint, r.identifier, r.relation
    from jsonb_to_recordset(${JSON.stringify(requiring)}::jsonb) as q(blueprint text, relation text)
    join entity_relation r on r.org_id = ${orgId} and r.blueprint = q.blueprint and r.relation = q.relation
    where r.blueprint <> ${blueprint} limit 20`.execute(ctx.db);
  if (found.rows.length > 0) throw hasDependents(blueprint, found.rows);
}
