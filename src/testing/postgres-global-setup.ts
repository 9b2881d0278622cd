import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { checkDatabase } from '#platform/db/check-database.ts';
import { migrate } from '#platform/db/migrate.ts';
import { openDatabase } from '#platform/db/open-database.ts';
import { startEmbeddedPostgres } from '#platform/postgres/start-embedded-postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    testPostgres: TestPostgres;
  }
}

/** What a test file needs to make databases of its own. */
export interface TestPostgres {
  /** Of a database to connect to while making and dropping others. */
  readonly connectionString: string;
  /** Begins the name of every database of this run. */
  readonly prefix: string;
  /** The migrated database to clone. */
  readonly template: string;
}

const migrationsDirectory = fileURLToPath(new URL('../../migrations', import.meta.url));

/**
 * One server for the whole run, with a migrated database that test files clone.
 * `QUAYSIDE_TEST_DATABASE_URL` names a server to use instead; its user must be allowed to create databases.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env['QUAYSIDE_TEST_DATABASE_URL'];
  const server =
    external === undefined ? await startTestServer() : { connectionString: external, stop: async () => {} };
  const prefix = `quayside_test_${randomBytes(4).toString('hex')}_`;
  const provided = { connectionString: server.connectionString, prefix, template: `${prefix}template` };
  try {
    await makeTemplate(provided);
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('testPostgres', provided);
  return async () => {
    if (external !== undefined) await dropLeftOvers(provided);
    await server.stop();
  };
}

async function startTestServer(): Promise<{ connectionString: string; stop: () => Promise<void> }> {
  const dataDirectory = await mkdtemp(join(await roomyFolder(), 'quayside-test-'));
  await chmod(dataDirectory, 0o711);
  const server = await startEmbeddedPostgres({ dataDirectory, durable: false, log: () => undefined });
  return {
    connectionString: server.connectionString,
    async stop() {
      await server.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** Memory where there is enough of it: cloning a database is several hundred small files. */
async function roomyFolder(): Promise<string> {
  const memory = '/dev/shm';
  const found = await statfs(memory).catch(() => undefined);
  return found !== undefined && found.bavail * found.bsize > 2 * 1024 ** 3 ? memory : tmpdir();
}

async function makeTemplate({ connectionString, template }: TestPostgres): Promise<void> {
  await onServer(connectionString, async (client) => {
    await client.query(`create database ${template} template template0 encoding 'UTF8'`);
  });
  const url = new URL(connectionString);
  url.pathname = `/${template}`;
  const database = openDatabase({ connectionString: url.toString(), applicationName: 'quayside test template' });
  try {
    await checkDatabase(database.pool);
    await migrate(database.pool, migrationsDirectory, () => undefined);
  } finally {
    await database.close();
  }
  // A database that somebody is connected to cannot be cloned.
  await onServer(connectionString, async (client) => {
    await client.query(`alter database ${template} with allow_connections false`);
  });
}

async function dropLeftOvers({ connectionString, prefix }: TestPostgres): Promise<void> {
  await onServer(connectionString, async (client) => {
    const found = await client.query<{ name: string }>(
      'select datname as name from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { name } of found.rows) await client.query(`drop database if exists "${name}" with (force)`);
  });
}

async function onServer(connectionString: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
