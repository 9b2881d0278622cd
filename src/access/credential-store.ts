import { sql } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Db, Tx } from '#platform/db/handles.ts';

export interface CredentialRow {
  readonly org_id: string;
  readonly id: string;
  readonly name: string;
  readonly client_id: string;
  readonly sealed_secret: string;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly version: number;
}

/** Ties a sealed secret to its row, so that it cannot be moved to another. */
export function secretName(credentialId: string): string {
  return `credential/${credentialId}`;
}

export async function credentialsOf(db: Db | Tx, orgId: string): Promise<readonly CredentialRow[]> {
  const result = await sql<CredentialRow>`
    select * from credential where org_id = ${orgId} order by created_at, id`.execute(db);
  return result.rows;
}

export async function credentialByClientId(db: Db | Tx, clientId: string): Promise<CredentialRow | null> {
  const result = await sql<CredentialRow>`select * from credential where client_id = ${clientId}`.execute(db);
  return result.rows[0] ?? null;
}

export async function credentialById(db: Db | Tx, orgId: string, id: string): Promise<CredentialRow | null> {
  const result = await sql<CredentialRow>`
    select * from credential where org_id = ${orgId} and id = ${id}`.execute(db);
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
  return {
    clientId: main.client_id,
    clientSecret: secrets.open(main.sealed_secret, { orgId, name: secretName(main.id) }),
  };
}

/** The secret that signs what the organisation sends. */
async function signingSecret(db: Db | Tx, secrets: SecretBox, orgId: string): Promise<string> {
  return (await mainCredentials(db, secrets, orgId)).clientSecret;
}

/** Long enough that a burst of webhooks asks once, short enough that a rotation is soon everywhere. */
const rememberedMs = 2_000;

/** Signing secrets by organisation, each remembered for a moment. */
export function createSigningSecrets(db: Db, secrets: SecretBox, clock: Clock): (orgId: string) => Promise<string> {
  const known = new Map<string, { readonly secret: string; readonly until: number }>();
  return async (orgId) => {
    const now = clock.now().getTime();
    const remembered = known.get(orgId);
    if (remembered !== undefined && remembered.until > now) return remembered.secret;
    const secret = await signingSecret(db, secrets, orgId);
    known.set(orgId, { secret, until: now + rememberedMs });
    return secret;
  };
}
