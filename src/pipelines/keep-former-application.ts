import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { readPermissions } from './access-rules.ts';
import type { ApplicationRow } from './pipeline.ts';

export interface FormerApplication {
  /** In its own case: that is how its executions name it. */
  readonly name: string;
  readonly permissions: Readonly<Record<string, unknown>>;
}

/** Of one that was restricted: what is left of it stays closed to whom it was closed to. */
export async function keepFormerApplication(ctx: WriteContext, row: ApplicationRow): Promise<void> {
  const permissions = readPermissions(row.document);
  if (permissions === null) return;
  await sql`
    insert into former_application (org_id, name, permissions, readers, deleted_at)
    values (${row.org_id}, ${row.name}, ${JSON.stringify(row.document['permissions'])}::jsonb,
            ${[...permissions.READ]}::text[], ${ctx.now})`.execute(ctx.db);
}

/** What a new application of this name takes over, so that it does not open what the former one hides. */
export async function takeFormerApplication(ctx: WriteContext, name: string): Promise<FormerApplication | null> {
  const { orgId } = ctx.actor;
  const found = await sql<FormerApplication>`
    select name, permissions from former_application
    where org_id = ${orgId} and lower(name) = lower(${name}) for update`.execute(ctx.db);
  const former = found.rows[0];
  if (former === undefined) return null;
  await sql`delete from former_application where org_id = ${orgId} and name = ${former.name}`.execute(ctx.db);
  return former;
}
