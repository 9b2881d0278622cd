import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { identifierTaken, notFound } from '#platform/problem.ts';

export interface SecretRow {
  readonly name: string;
  readonly description: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface NewSecret {
  readonly name: string;
  readonly value: string;
  readonly description?: string | null | undefined;
}

/** What is left out stays as it is. */
export interface SecretChange {
  readonly name: string;
  readonly value?: string | undefined;
  readonly description?: string | null | undefined;
}

function placeOf(orgId: string, name: string): { readonly orgId: string; readonly name: string } {
  return { orgId, name: `organisation-secret/${name}` };
}

export async function listSecrets(db: Db | Tx, orgId: string): Promise<readonly SecretRow[]> {
  const found = await sql<SecretRow>`
    select name, description, version, created_at, updated_at from organisation_secret
    where org_id = ${orgId} order by name`.execute(db);
  return found.rows;
}

export async function getSecret(db: Db | Tx, orgId: string, name: string): Promise<SecretRow> {
  const row = (await listSecrets(db, orgId)).find((secret) => secret.name === name);
  if (row === undefined) throw notFound('secret', name);
  return row;
}

/** The values by name, opened; for evaluating what is about to be sent, and for nothing else. */
export async function openSecrets(
  db: Db,
  secrets: SecretBox,
  orgId: string,
): Promise<Readonly<Record<string, string>>> {
  const found = await sql<{ name: string; sealed_value: string }>`
    select name, sealed_value from organisation_secret where org_id = ${orgId}`.execute(db);
  const entries = found.rows.map(
    (row) => [row.name, secrets.open(row.sealed_value, placeOf(orgId, row.name))] as const,
  );
  return Object.fromEntries(entries);
}

export function createSecret(secrets: SecretBox) {
  return async function createSecretCommand(ctx: WriteContext, input: NewSecret): Promise<SecretRow> {
    authorize(ctx.actor, 'organisation.manage');
    const { orgId } = ctx.actor;
    const inserted = await sql`
      insert into organisation_secret (org_id, name, description, sealed_value, created_at, updated_at)
      values (${orgId}, ${input.name}, ${input.description ?? null},
              ${secrets.seal(input.value, placeOf(orgId, input.name))}, ${ctx.now}, ${ctx.now})
      on conflict do nothing returning name`.execute(ctx.db);
    if (inserted.rows.length === 0) {
      throw identifierTaken(`A secret named "${input.name}" already exists.`, {
        resource: 'secret',
        byField: 'secretName',
        withValue: input.name,
      });
    }
    const after = await getSecret(ctx.db, orgId, input.name);
    emitSecret(ctx, null, after);
    return after;
  };
}

export function changeSecret(secrets: SecretBox) {
  return async function changeSecretCommand(ctx: WriteContext, input: SecretChange): Promise<SecretRow> {
    authorize(ctx.actor, 'organisation.manage');
    const { orgId } = ctx.actor;
    await sql`select 1 from organisation_secret where org_id = ${orgId} and name = ${input.name} for update`.execute(
      ctx.db,
    );
    const before = await getSecret(ctx.db, orgId, input.name);
    const description = input.description === undefined ? before.description : input.description;
    await sql`update organisation_secret set description = ${description}, version = version + 1, updated_at = ${ctx.now}
      ${input.value === undefined ? sql`` : sql`, sealed_value = ${secrets.seal(input.value, placeOf(orgId, input.name))}`}
      where org_id = ${orgId} and name = ${input.name}`.execute(ctx.db);
    const after = await getSecret(ctx.db, orgId, input.name);
    emitSecret(ctx, before, after);
    return after;
  };
}

export async function deleteSecret(ctx: WriteContext, input: { readonly name: string }): Promise<void> {
  authorize(ctx.actor, 'organisation.manage');
  const before = await getSecret(ctx.db, ctx.actor.orgId, input.name);
  await sql`delete from organisation_secret where org_id = ${ctx.actor.orgId} and name = ${input.name}`.execute(ctx.db);
  emitSecret(ctx, before, null);
}

/** A secret on Port's wire: everything but its value. */
export function toWireSecret(row: SecretRow): Record<string, unknown> {
  return { secretName: row.name, description: row.description, createdAt: row.created_at, updatedAt: row.updated_at };
}

function emitSecret(ctx: WriteContext, before: SecretRow | null, after: SecretRow | null): void {
  const action = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';
  const name = (after ?? before)?.name;
  ctx.emit({
    kind: { CREATE: 'secret.created', UPDATE: 'secret.updated', DELETE: 'secret.deleted' }[action],
    resource: 'secret',
    action,
    subject: `secret:${name}`,
    context: { secret: name },
    before: before === null ? null : { ...toWireSecret(before), version: before.version },
    after: after === null ? null : { ...toWireSecret(after), version: after.version },
  });
}
