import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase, type Database } from '#platform/db/open-database.ts';

/** A database for one test file alone. */
export interface TestDatabase {
  readonly database: Database;
  readonly connectionString: string;
  /** Closes our connections, cuts all others and removes the database. */
  drop(): Promise<void>;
}

/** A migrated database, cloned in 20 to 50 ms. For test files of the project `pg` or `browser`. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create(inject('testPostgres').template);
}

const insufficientPrivilege = '42501';

/** A database with nothing in it, not even migrations. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create('template0');
}

async function create(template: string): Promise<TestDatabase> {
  const server = inject('testPostgres');
  const name = `${server.prefix}${randomBytes(6).toString('hex')}`;
  // Copying files takes half the time of writing every page to the log, which is the default.
  await onServer(server.connectionString, `create database ${name} template ${template} strategy file_copy`);
  const url = new URL(server.connectionString);
  url.pathname = `/${name}`;
  const connectionString = url.toString();
  const database = openDatabase({ connectionString, applicationName: 'quayside test', maxConnections: 5 });
  return {
    database,
    connectionString,
    async drop() {
      await database.close();
      await dropDatabase(server.connectionString, name);
    },
  };
}

/** Autovacuum works as another user, whom `force` may not end; a plain drop asks it to leave. */
async function dropDatabase(connectionString: string, name: string): Promise<void> {
  try {
    await onServer(connectionString, `drop database if exists ${name} with (force)`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== insufficientPrivilege) throw error;
    await onServer(connectionString, `drop database if exists ${name}`);
  }
}

async function onServer(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
