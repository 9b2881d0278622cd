import { sql } from 'kysely';
import type { Caller } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db } from '#platform/db/handles.ts';
import { newId } from '#platform/ids.ts';
import type { JsonObject } from '#platform/json.ts';
import type { Mapping } from './mapping-rules.ts';
import { migrationById } from './migration-queries.ts';

/** What is left to do, with what it takes to go on in another process. */
export type MigrationWork =
  | {
      readonly kind: 'delete-all';
      readonly caller: Omit<Caller, 'requestId'>;
      readonly blueprint: string;
      readonly deleteBlueprint: boolean;
      readonly runId: string | null;
    }
  | {
      readonly kind: 'map';
      readonly caller: Omit<Caller, 'requestId'>;
      readonly blueprint: string;
      readonly mapping: Mapping;
      readonly after: string | null;
      readonly begunAt: string;
    }
  | { readonly kind: 'rebuild'; readonly blueprint: string; readonly after: string | null };

export async function insertMigration(ctx: WriteContext, work: MigrationWork, about: JsonObject): Promise<string> {
  const id = newId('migration');
  const document = {
    id,
    actor: ctx.actor.id,
    sourceBlueprint: work.blueprint,
    mapping: {},
    status: 'RUNNING',
    successCount: 0,
    failureCount: 0,
    ...about,
    createdAt: ctx.now.toISOString(),
    updatedAt: ctx.now.toISOString(),
  };
  await sql`
    insert into catalog_migration (org_id, id, document, created_at, work, advanced_at)
    values (${ctx.actor.orgId}, ${id}, ${JSON.stringify(document)}::jsonb, ${ctx.now}, ${JSON.stringify(work)}::jsonb,
      ${ctx.now})`.execute(ctx.db);
  announce(ctx, null, document, work.kind === 'map' ? { job: 'catalog-migrate' } : {});
  return id;
}

/** Counts what a step did; false when somebody asked that no further one is taken. Progress is not told as events. */
export async function advanceMigration(
  ctx: WriteContext,
  id: string,
  step: { readonly done: number; readonly failed?: number; readonly work?: MigrationWork },
): Promise<boolean> {
  const found = await sql<{ status: string }>`
    update catalog_migration set advanced_at = ${ctx.now},
      document = document || jsonb_build_object('updatedAt', ${ctx.now.toISOString()}::text,
        'successCount', (document ->> 'successCount')::int
          + case when document ->> 'status' = 'RUNNING' then ${step.done}::int else 0 end,
        'failureCount', (document ->> 'failureCount')::int + ${step.failed ?? 0}::int),
      work = coalesce(${step.work === undefined ? null : JSON.stringify(step.work)}::jsonb, work)
    where org_id = ${ctx.actor.orgId} and id = ${id} and work is not null
    returning document ->> 'status' as status`.execute(ctx.db);
  return found.rows[0]?.status === 'RUNNING';
}

/** What is left to do; null once it has ended. */
export async function migrationWork(db: Db, orgId: string, id: string): Promise<MigrationWork | null> {
  const found = await sql<{ work: MigrationWork | null }>`
    select work from catalog_migration where org_id = ${orgId} and id = ${id}`.execute(db);
  return found.rows[0]?.work ?? null;
}

export interface Ending {
  readonly id: string;
  /** Null when everything was done. */
  readonly failure: string | null;
}

/** Ends a migration once; one that was to be cancelled is, unless everything was done before. */
export async function endMigration(ctx: WriteContext, { id, failure }: Ending): Promise<void> {
  const { orgId } = ctx.actor;
  const locked = await sql`
    select from catalog_migration where org_id = ${orgId} and id = ${id} and work is not null for update`.execute(
    ctx.db,
  );
  if (locked.rows.length === 0) return;
  const before = await migrationById(ctx.db, orgId, id);
  const isCancelled = before['status'] === 'PENDING_CANCELLATION';
  const after = {
    ...before,
    status: failure === null ? 'COMPLETED' : isCancelled ? 'CANCELLED' : 'FAILURE',
    failureCount: Number(before['failureCount']) + (failure === null || isCancelled ? 0 : 1),
    ...(failure === null ? {} : { message: failure }),
    updatedAt: ctx.now.toISOString(),
  };
  await store(ctx, id, after);
  await sql`update catalog_migration set work = null where org_id = ${orgId} and id = ${id}`.execute(ctx.db);
  announce(ctx, before, after);
}

/** Asks a running migration to stop after its step; false when it has ended. */
export async function askToCancel(ctx: WriteContext, id: string, reason: string | null): Promise<JsonObject | null> {
  const before = await migrationById(ctx.db, ctx.actor.orgId, id, 'lock');
  if (before['status'] !== 'RUNNING') return null;
  const after = {
    ...before,
    status: 'PENDING_CANCELLATION',
    ...(reason === null ? {} : { reason }),
    updatedAt: ctx.now.toISOString(),
  };
  await store(ctx, id, after);
  announce(ctx, before, after);
  return after;
}

async function store(ctx: WriteContext, id: string, document: JsonObject): Promise<void> {
  await sql`
    update catalog_migration set document = ${JSON.stringify(document)}::jsonb
    where org_id = ${ctx.actor.orgId} and id = ${id}`.execute(ctx.db);
}

function announce(ctx: WriteContext, before: JsonObject | null, after: JsonObject, more: JsonObject = {}): void {
  ctx.emit({
    kind: before === null ? 'migration.created' : 'migration.updated',
    resource: 'migration',
    action: before === null ? 'CREATE' : 'UPDATE',
    subject: `migration:${String(after['id'])}`,
    context: { blueprint: String(after['sourceBlueprint']), migration: String(after['id']), ...more },
    before,
    after,
  });
}
