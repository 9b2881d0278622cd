import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { notFound, problem } from '#platform/problem.ts';
import type { ConnectionKindName } from './contract.ts';

interface ConnectionRow {
  readonly kind: ConnectionKindName;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly sealed_secrets: string;
  readonly version: number;
  readonly updated_at: Date;
  readonly updated_by: string;
}

/** A connection with its secrets opened; for whoever calls the other side, and nobody else. */
export interface Connection {
  /** Changes with every change of it. */
  readonly version: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface ConnectionInput {
  readonly kind: ConnectionKindName;
  /** Replace what was there. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly secrets?: Readonly<Record<string, string | null | undefined>> | undefined;
  readonly expectedVersion: number | null;
}

async function connectionRows(db: Db | Tx, orgId: string): Promise<readonly ConnectionRow[]> {
  const found = await sql<ConnectionRow>`
    select kind, settings, sealed_secrets, version, updated_at, updated_by from connection
    where org_id = ${orgId} order by kind`.execute(db);
  return found.rows;
}

export async function openConnection(
  db: Db,
  box: SecretBox,
  orgId: string,
  kind: ConnectionKindName,
): Promise<Connection | null> {
  const found = await sql<ConnectionRow>`
    select kind, settings, sealed_secrets, version, updated_at, updated_by from connection
    where org_id = ${orgId} and kind = ${kind}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) return null;
  const version = `${row.version} ${row.updated_at.toISOString()}`;
  return { version, settings: row.settings, secrets: openSecrets(box, orgId, row) };
}

/** Connections as they may be shown: which secrets there are, and none of them. */
export async function listConnections(db: Db, box: SecretBox, orgId: string): Promise<readonly object[]> {
  const rows = await connectionRows(db, orgId);
  return rows.map((row) => shown(row, Object.keys(openSecrets(box, orgId, row))));
}

/** Organisations that take webhooks of this kind, with the secret that proves them. */
export async function webhookSecrets(
  db: Db,
  box: SecretBox,
  kind: ConnectionKindName,
): Promise<readonly { readonly orgId: string; readonly secret: string }[]> {
  const found = await sql<ConnectionRow & { org_id: string }>`
    select org_id, kind, settings, sealed_secrets, version, updated_at, updated_by from connection
    where kind = ${kind}`.execute(db);
  return found.rows.flatMap((row) => {
    const secret = openSecrets(box, row.org_id, row)['webhookSecret'];
    return secret === undefined ? [] : [{ orgId: row.org_id, secret }];
  });
}

function placeOf(orgId: string, kind: string): { readonly orgId: string; readonly name: string } {
  return { orgId, name: `connection/${kind}` };
}

function openSecrets(box: SecretBox, orgId: string, row: ConnectionRow): Readonly<Record<string, string>> {
  return JSON.parse(box.open(row.sealed_secrets, placeOf(orgId, row.kind))) as Record<string, string>;
}

function shown(row: ConnectionRow, secrets: readonly string[]): Record<string, unknown> {
  const { kind, settings, version, updated_at: updatedAt, updated_by: updatedBy } = row;
  return { kind, settings, secrets: secrets.toSorted(), version, updatedAt, updatedBy };
}

/**
 * What saving this would make of the connection, its secrets opened, for trying it out first. Refuses what could not be
 * saved, and to send secrets that are kept to an address that they were not entered for.
 */
export async function connectionToTest(
  db: Db,
  box: SecretBox,
  orgId: string,
  input: Omit<ConnectionInput, 'expectedVersion'>,
): Promise<Pick<Connection, 'settings' | 'secrets'>> {
  const known = await openConnection(db, box, orgId, input.kind);
  const settings = input.settings ?? known?.settings ?? {};
  const given = input.secrets ?? {};
  const secrets = mergedSecrets(known?.secrets ?? {}, given);
  assertComplete(input.kind, settings, secrets);
  const kept = Object.keys(secrets).find((key) => typeof given[key] !== 'string');
  const isElsewhere = ['url', 'apiUrl'].some((key) => known !== null && settings[key] !== known.settings[key]);
  if (kept === undefined || !isElsewhere) return { settings, secrets };
  throw problem('invalid', 'secrets_needed', 'The address is another one: enter the secrets for it again.', {
    kind: input.kind,
    field: `secrets.${kept}`,
  });
}

/** Connects, or changes how; answers the connection as it may be shown. */
export function saveConnection(box: SecretBox) {
  return async function saveConnectionCommand(ctx: WriteContext, input: ConnectionInput): Promise<object> {
    authorize(ctx.actor, 'organisation.manage');
    const { orgId } = ctx.actor;
    const before = await lockConnection(ctx, input.kind);
    if (input.expectedVersion !== null && input.expectedVersion !== (before?.version ?? 0)) throw stale(input.kind);
    const known: Readonly<Record<string, string>> = before === null ? {} : openSecrets(box, orgId, before);
    const secrets = mergedSecrets(known, input.secrets ?? {});
    const settings = input.settings ?? before?.settings ?? {};
    assertComplete(input.kind, settings, secrets);
    const sealed = box.seal(JSON.stringify(secrets), placeOf(orgId, input.kind));
    const stored = await sql<ConnectionRow>`
      insert into connection (org_id, kind, settings, sealed_secrets, created_at, created_by, updated_at, updated_by)
      values (${orgId}, ${input.kind}, ${JSON.stringify(settings)}::jsonb, ${sealed}, ${ctx.now}, ${ctx.actor.id},
              ${ctx.now}, ${ctx.actor.id})
      on conflict (org_id, kind) do update set settings = excluded.settings, sealed_secrets = excluded.sealed_secrets,
        version = connection.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by
      returning kind, settings, sealed_secrets, version, updated_at, updated_by`.execute(ctx.db);
    const row = stored.rows[0];
    if (row === undefined) throw new Error('The connection just written cannot be read');
    const after = shown(row, Object.keys(secrets));
    announce(ctx, input.kind, before === null ? null : shown(before, Object.keys(known)), after);
    return after;
  };
}

export function deleteConnection(box: SecretBox) {
  return async function deleteConnectionCommand(
    ctx: WriteContext,
    { kind }: { readonly kind: ConnectionKindName },
  ): Promise<void> {
    authorize(ctx.actor, 'organisation.manage');
    const before = await lockConnection(ctx, kind);
    if (before === null) throw notFound('connection', kind);
    await sql`delete from connection where org_id = ${ctx.actor.orgId} and kind = ${kind}`.execute(ctx.db);
    announce(ctx, kind, shown(before, Object.keys(openSecrets(box, ctx.actor.orgId, before))), null);
  };
}

async function lockConnection(ctx: WriteContext, kind: ConnectionKindName): Promise<ConnectionRow | null> {
  // There may be no row yet, and of two who make the first neither may lose a secret.
  await sql`select 1 from organisation where id = ${ctx.actor.orgId} for no key update`.execute(ctx.db);
  const found = await sql<ConnectionRow>`
    select kind, settings, sealed_secrets, version, updated_at, updated_by from connection
    where org_id = ${ctx.actor.orgId} and kind = ${kind} for update`.execute(ctx.db);
  return found.rows[0] ?? null;
}

function mergedSecrets(
  known: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string | null | undefined>>,
): Readonly<Record<string, string>> {
  const merged: Record<string, string> = { ...known };
  for (const [key, value] of Object.entries(given)) {
    if (value === null) delete merged[key];
    else if (value !== undefined) merged[key] = value;
  }
  return merged;
}

/** Refuses what could never connect, naming the field. */
function assertComplete(
  kind: ConnectionKindName,
  settings: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
): void {
  const has = (key: string): boolean => settings[key] !== undefined || secrets[key] !== undefined;
  const needed: Readonly<Record<ConnectionKindName, readonly (readonly [boolean, string, string])[]>> = {
    github: [
      [has('token') || has('appId'), 'secrets.token', 'a token, or the id and private key of a GitHub App'],
      [!has('appId') || has('privateKey'), 'secrets.privateKey', 'the private key of the GitHub App'],
    ],
    gitlab: [[has('token') || has('triggerToken'), 'secrets.token', 'an access token or a trigger token']],
    'azure-devops': [],
    kafka: [
      [has('brokers'), 'settings.brokers', 'at least one broker'],
      [!has('saslMechanism') || (has('username') && has('password')), 'secrets.username', 'a user name and a password'],
    ],
  };
  const missing = needed[kind].find(([given]) => !given);
  if (missing === undefined) return;
  throw problem('invalid', 'invalid_request', `The connection needs ${missing[2]}.`, { kind, field: missing[1] });
}

function stale(kind: string): Error {
  return problem('stale', 'stale_version', 'The connection was changed meanwhile. Reload it and try again.', { kind });
}

function announce(ctx: WriteContext, kind: string, before: object | null, after: object | null): void {
  const action = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';
  ctx.emit({
    kind: { CREATE: 'connection.created', UPDATE: 'connection.updated', DELETE: 'connection.deleted' }[action],
    resource: 'connection',
    action,
    subject: `connection:${kind}`,
    context: { connection: kind },
    before: before as Record<string, unknown> | null,
    after: after as Record<string, unknown> | null,
  });
}
