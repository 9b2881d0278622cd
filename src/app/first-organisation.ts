import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { bootstrapOrganisation } from '#access/bootstrap-organisation.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { hashPassword } from '#platform/crypto/password-hash.ts';
import type { Db } from '#platform/db/handles.ts';
import { newId } from '#platform/ids.ts';
import type { App, Config } from './build-app.ts';

/** What the first start made, to be told once. Values that the settings gave are not repeated. */
export interface FirstOrganisation {
  readonly orgId: string;
  readonly credentialsGiven: boolean;
  readonly adminEmail: string;
  readonly adminPassword: string | null;
  readonly clientId: string | null;
  readonly clientSecret: string | null;
}

export async function organisationIds(db: Db): Promise<readonly string[]> {
  const found = await sql<{ id: string }>`select id from organisation order by created_at`.execute(db);
  return found.rows.map((row) => row.id);
}

/** Makes the first organisation with its administrator and API credentials; null when there is one already. */
export async function ensureFirstOrganisation(app: App, config: Config): Promise<FirstOrganisation | null> {
  if ((await organisationIds(app.core.db)).length > 0) return null;
  const orgId = newId('org');
  const password = config.adminPassword ?? randomBytes(15).toString('base64url');
  const made = await app.core.runner.execute(
    { actor: systemActor(orgId, 'start'), origin: 'SYSTEM', requestId: null },
    bootstrapOrganisation(app.modules.secrets),
    {
      name: 'Quayside',
      administrator: { email: config.adminEmail, passwordHash: await hashPassword(password) },
      clientId: config.clientId ?? undefined,
      clientSecret: config.clientSecret ?? undefined,
    },
  );
  return {
    orgId,
    credentialsGiven: config.adminPassword !== null && config.clientSecret !== null,
    adminEmail: config.adminEmail,
    adminPassword: config.adminPassword === null ? password : null,
    clientId: config.clientId === null ? made.credential.clientId : null,
    clientSecret: config.clientSecret === null ? made.credential.clientSecret : null,
  };
}

/** To a terminal, otherwise into a file only its owner may read: a log must never hold secrets. */
export async function tellFirstOrganisation(made: FirstOrganisation, dataDirectory: string): Promise<string> {
  const lines = [
    `  Sign in         ${made.adminEmail}`,
    ...(made.adminPassword === null ? [] : [`  Password        ${made.adminPassword}`]),
    ...(made.clientId === null ? [] : [`  Client id       ${made.clientId}`]),
    ...(made.clientSecret === null ? [] : [`  Client secret   ${made.clientSecret}`]),
  ];
  if (process.stdout.isTTY) return `${lines.join('\n')}\n  These are shown once.`;
  const file = join(dataDirectory, 'first-sign-in.txt');
  await writeFile(file, `${lines.map((line) => line.trim()).join('\n')}\n`, { mode: 0o600 });
  return `  Sign-in and API credentials were written to ${file}`;
}
