import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { newId } from '#platform/ids.ts';
import { identifierTaken } from '#platform/problem.ts';
import { type ConfigRow, type DeliveryConfigDocument, toWireConfig } from './delivery-config.ts';

/** Whatever happens to a config's versions and constraints begins here: one transaction at a time. */
export async function lockConfig(ctx: WriteContext, application: string): Promise<ConfigRow | null> {
  const found = await sql<ConfigRow>`
    select * from delivery_config where org_id = ${ctx.actor.orgId} and lower(application) = lower(${application})
    for update`.execute(ctx.db);
  return found.rows[0] ?? null;
}

export async function insertConfig(ctx: WriteContext, document: DeliveryConfigDocument): Promise<ConfigRow> {
  const { application, name } = document;
  await assertNameFree(ctx, null, name);
  const inserted = await sql<ConfigRow>`
    insert into delivery_config (org_id, id, application, name, document, created_at, created_by, updated_at,
                                 updated_by)
    values (${ctx.actor.orgId}, ${newId('delivery')}, ${application}, ${name}, ${JSON.stringify(document)}::json,
            ${ctx.now}, ${ctx.actor.id}, ${ctx.now}, ${ctx.actor.id})
    on conflict do nothing returning *`.execute(ctx.db);
  const row = inserted.rows[0];
  if (row === undefined) throw nameTaken(name);
  emitConfig(ctx, null, row);
  return row;
}

export async function updateConfig(
  ctx: WriteContext,
  before: ConfigRow,
  document: DeliveryConfigDocument,
): Promise<ConfigRow> {
  await assertNameFree(ctx, before, document.name);
  const after: ConfigRow = {
    ...before,
    name: document.name,
    document,
    version: before.version + 1,
    updated_at: ctx.now,
    updated_by: ctx.actor.id,
  };
  await sql`
    update delivery_config set name = ${after.name}, document = ${JSON.stringify(document)}::json,
      version = ${after.version}, updated_at = ${after.updated_at}, updated_by = ${after.updated_by}
    where org_id = ${before.org_id} and id = ${before.id}`.execute(ctx.db);
  emitConfig(ctx, before, after);
  return after;
}

export async function removeConfig(ctx: WriteContext, row: ConfigRow): Promise<void> {
  await sql`delete from delivery_config where org_id = ${row.org_id} and id = ${row.id}`.execute(ctx.db);
  emitConfig(ctx, row, null);
}

async function assertNameFree(ctx: WriteContext, own: ConfigRow | null, name: string): Promise<void> {
  const taken = await sql`
    select from delivery_config where org_id = ${ctx.actor.orgId} and lower(name) = lower(${name})
      and id is distinct from ${own?.id ?? null}`.execute(ctx.db);
  if (taken.rows.length > 0) throw nameTaken(name);
}

function nameTaken(name: string): Error {
  return identifierTaken(`Another application has a delivery config with the name "${name}".`, {
    resource: 'deliveryConfig',
    byField: 'name',
    withValue: name,
  });
}

function emitConfig(ctx: WriteContext, before: ConfigRow | null, after: ConfigRow | null): void {
  const shown = after ?? before;
  const action = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';
  const kinds = {
    CREATE: 'delivery-config.created',
    UPDATE: 'delivery-config.updated',
    DELETE: 'delivery-config.deleted',
  };
  ctx.emit({
    kind: kinds[action],
    resource: 'delivery-config',
    action,
    subject: `delivery-config:${shown?.id}`,
    context: { deliveryConfig: shown?.id, application: shown?.application },
    before: before === null ? null : toWireConfig(before),
    after: after === null ? null : toWireConfig(after),
  });
}
