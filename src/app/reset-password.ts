import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { personByEmail } from '#access/people-queries.ts';
import { resetPassword } from '#access/reset-password.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { type Environment, loadConfig } from '#platform/config/load-config.ts';
import { hashPassword } from '#platform/crypto/password-hash.ts';
import { createLog } from '#platform/log.ts';
import { startEmbeddedPostgres } from '#platform/postgres/start-embedded-postgres.ts';
import { problem } from '#platform/problem.ts';
import { buildApp } from './build-app.ts';
import { loadInstallationKeys } from './installation-keys.ts';
import { settings } from './settings.ts';
import { version } from './version.ts';

const passwordBytes = 15;

/**
 * `quayside reset-password <email>`: for administrators who lost theirs, or never saw it because the first start was
 * cut short. Works on the database itself, so the embedded one must not be running.
 *
 * @returns the new password, to be shown once.
 */
export async function resetPasswordOf(email: string, environment: Environment): Promise<string> {
  const config = loadConfig(settings, environment);
  const dataDirectory = resolve(config.dataDirectory);
  const log = createLog({ level: 'warn', pretty: process.stdout.isTTY });
  const postgres =
    config.databaseUrl === null ? await startEmbeddedPostgres({ dataDirectory, log: () => undefined }) : null;
  try {
    const app = await buildApp({
      config,
      connectionString: config.databaseUrl ?? postgres?.connectionString ?? '',
      keys: await loadInstallationKeys(config.secretKey, dataDirectory),
      log,
      roles: { serve: false, work: false },
      version,
      publicUrl: config.url ?? '',
    });
    try {
      const person = await personByEmail(app.core.db, email);
      if (person === null) throw problem('not-found', 'not_found', `There is nobody with the e-mail ${email}.`);
      const password = randomBytes(passwordBytes).toString('base64url');
      await app.core.runner.execute(
        { actor: systemActor(person.org_id, 'reset-password'), origin: 'SYSTEM', requestId: null },
        resetPassword,
        { email: person.email, passwordHash: await hashPassword(password) },
      );
      return password;
    } finally {
      await app.stop();
    }
  } finally {
    await postgres?.stop();
  }
}
