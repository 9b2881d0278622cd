import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { SecretBox, SecretPlace } from '#platform/crypto/secret-box.ts';
import type { Db, Tx } from '#platform/db/handles.ts';

export interface CredentialRow {
  readonly org_id: string;
  readonly id: string;
  readonly name: string;
  readonly client_id: string;
  readonly sealed_secret: string;
  /** Whose they are; null for those of the organisation. */
  readonly person_id: string | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly version: number;
}

const secretBytes = 48;

export function newClientSecret(): string {
  return randomBytes(secretBytes).toString('base64url');
}

/** Ties a sealed secret to its row, so that it cannot be moved to another. */
function placeOf(orgId: string, id: string): SecretPlace {
  return { orgId, name: `credential/${id}` };
}

export function sealSecret(
  secrets: SecretBox,
  secret: string,
  row: { readonly orgId: string; readonly id: string },
): string {
  return secrets.seal(secret, placeOf(row.orgId, row.id));
}

export function openSecret(secrets: SecretBox, row: CredentialRow): string {
  return secrets.open(row.sealed_secret, placeOf(row.org_id, row.id));
}

/** Those of the organisation itself. */
export async function credentialsOf(db: Db | Tx, orgId: string): Promise<readonly CredentialRow[]> {
  const result = await sql<CredentialRow>`
    select * from credential where org_id = ${orgId} and person_id is null order by created_at, id`.execute(db);
  return result.rows;
}

export async function credentialByClientId(db: Db | Tx, clientId: string): Promise<CredentialRow | null> {
  const result = await sql<CredentialRow>`select * from credential where client_id = ${clientId}`.execute(db);
  return result.rows[0] ?? null;
}

export async function credentialById(db: Db | Tx, orgId: string, id: string): Promise<CredentialRow | null> {
  const result = await sql<CredentialRow>`
    select * from credential where org_id = ${orgId} and id = ${id} and person_id is null`.execute(db);
  return result.rows[0] ?? null;
}

export async function credentialOfPerson(
  db: Db | Tx,
  person: { readonly org_id: string; readonly id: string },
): Promise<CredentialRow | null> {
  const result = await sql<CredentialRow>`
    select * from credential where org_id = ${person.org_id} and person_id = ${person.id}`.execute(db);
  return result.rows[0] ?? null;
}

/** The organisation's oldest credentials, the pair the UI shows first. */
export async function mainCredentials(
  db: Db | Tx,
  secrets: SecretBox,
  orgId: string,
): Promise<{ readonly clientId: string; readonly clientSecret: string }> {
  const [main] = await credentialsOf(db, orgId);
  if (main === undefined) throw new Error(`Organisation ${orgId} has no API credentials`);
  return { clientId: main.client_id, clientSecret: openSecret(secrets, main) };
}

/** Long enough that a burst of webhooks asks once, short enough that a rotation is soon everywhere. */
const rememberedMs = 2_000;

/** What signs what an organisation sends: the secret of its main credentials, each remembered for a moment. */
export function createSigningSecrets(db: Db, secrets: SecretBox, clock: Clock): (orgId: string) => Promise<string> {
  const known = new Map<string, { readonly secret: string; readonly until: number }>();
  return async (orgId) => {
    const now = clock.now().getTime();
    const remembered = known.get(orgId);
    if (remembered !== undefined && remembered.until > now) return remembered.secret;
    const { clientSecret: secret } = await mainCredentials(db, secrets, orgId);
    known.set(orgId, { secret, until: now + rememberedMs });
    return secret;
  };
}
