import type pg from 'pg';
import { problem } from '#platform/problem.ts';

const oldestVersion = 15;

interface ServerFacts {
  readonly version: number;
  readonly name: string;
  readonly encoding: string;
}

/**
 * Connects once and looks whether the server will do.
 *
 * @throws Problem `database_unreachable`, `database_refused`, `database_too_old` or `database_not_utf8`; none shows
 * the password.
 */
export async function checkDatabase(pool: pg.Pool): Promise<void> {
  const { version, name, encoding } = await readFacts(pool);
  if (version < oldestVersion * 10_000) {
    throw problem(
      'unavailable',
      'database_too_old',
      `The database server runs PostgreSQL ${name}. Quayside needs version ${oldestVersion} or newer: upgrade the server, or point DATABASE_URL to another.`,
    );
  }
  if (encoding !== 'UTF8') {
    throw problem(
      'unavailable',
      'database_not_utf8',
      `The database stores text as ${encoding}. Make one with "create database … encoding 'UTF8' template template0" and point DATABASE_URL to it.`,
    );
  }
}

async function readFacts(pool: pg.Pool): Promise<ServerFacts> {
  try {
    const result = await pool.query<ServerFacts>(
      `select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
              current_setting('server_encoding') as encoding`,
    );
    const facts = result.rows[0];
    if (facts === undefined) throw new Error('The database server answered without a row.');
    return facts;
  } catch (error) {
    throw explain(error);
  }
}

/** SQLSTATE classes and codes of a server that was reached and said no. */
const refusals: Readonly<Record<string, string>> = {
  '28P01': 'Check the user and password in DATABASE_URL.',
  '28000': 'Check the user in DATABASE_URL, and whether the server asks for TLS (sslmode=require).',
  '3D000': 'Create the database, or name another in DATABASE_URL.',
  '42501': 'Grant the user the right to connect.',
  '53300': 'Raise max_connections on the server, or close other programs that use it.',
  '57P03': 'The server is starting or stopping: try again in a moment.',
  '08P01': 'A connection pooler in between may forbid session settings: connect to the server itself.',
};

function explain(error: unknown): Error {
  const { code = '', message } = error as { code?: string; message: string };
  const advice = refusals[code];
  const refused = advice !== undefined;
  return Object.assign(
    problem(
      'unavailable',
      refused ? 'database_refused' : 'database_unreachable',
      refused
        ? `The database refused the connection: ${message}. ${advice}`
        : `The database cannot be reached: ${words(error)}. Check that the server runs and that DATABASE_URL names its address.`,
      { code },
    ),
    { cause: error },
  );
}

/** A name with several addresses fails with an AggregateError, whose own message is empty. */
function words(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map((one) => (one as Error).message).join('; ');
  return (error as Error).message;
}
