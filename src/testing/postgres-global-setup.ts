import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '#platform/db/migrate.ts';
import { openDatabase } from '#platform/db/open-database.ts';
import { acquireInstanceLock } from '#platform/postgres/instance-lock.ts';
import { startEmbeddedPostgres } from '#platform/postgres/start-embedded-postgres.ts';
import { fastestFolder } from './fastest-folder.ts';

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

const folderPrefix = 'quayside-test-';
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
  const folder = await fastestFolder();
  await removeLeftOvers(folder);
  const dataDirectory = await mkdtemp(join(folder, folderPrefix));
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

/** What runs that were killed have left, told by a lock that is free; a fresh folder may not have its lock yet. */
async function removeLeftOvers(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((entry) => entry.startsWith(folderPrefix))) {
    const directory = join(folder, name);
    const age =
      performance.timeOrigin + performance.now() - ((await stat(directory).catch(() => undefined))?.mtimeMs ?? 0);
    if (age < 60_000) continue;
    const file = join(directory, 'postgres', 'quayside.lock');
    const lock = await acquireInstanceLock({ file, directory }).catch(() => undefined);
    if (lock === undefined) continue;
    await rm(directory, { recursive: true, force: true });
    await lock.release();
  }
}

async function makeTemplate({ connectionString, template }: TestPostgres): Promise<void> {
  await onServer(connectionString, async (client) => {
    await client.query(`create database ${template} template template0 encoding 'UTF8'`);
  });
  const url = new URL(connectionString);
  url.pathname = `/${template}`;
  const database = openDatabase({ connectionString: url.toString(), applicationName: 'quayside test template' });
  try {
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
