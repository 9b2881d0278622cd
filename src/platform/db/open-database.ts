import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { databaseTypes } from './type-parsers.ts';
import type { Db, Tables } from './handles.ts';
import { PreparingClient } from './prepared.ts';

export interface DatabaseOptions {
  /** `postgresql://user:password@host:port/database`; a local socket's folder goes percent-encoded in place of host. */
  readonly connectionString: string;
  /** Shown by the server to whoever looks at its connections. */
  readonly applicationName: string;
  readonly maxConnections?: number;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly idleInTransactionTimeoutMs?: number;
  /** Hears of idle connections that broke; the pool replaces them by itself. */
  readonly onIdleError?: (error: Error) => void;
}

export interface Database {
  readonly pool: pg.Pool;
  readonly kysely: Db;
  /** Waits for running statements, then closes all connections. */
  close(): Promise<void>;
}

/**
 * A pool of connections. Connects at the first statement; call `checkDatabase` to learn at once what is wrong.
 * Limits are set when a connection begins, so that no code path can run without them: a forgotten transaction must
 * not hold back vacuum or everyone else's locks.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: withSessionOptions(options.connectionString),
    application_name: options.applicationName,
    max: options.maxConnections ?? 10,
    types: databaseTypes,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    lock_timeout: options.lockTimeoutMs ?? 10_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 5_000,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  // A connection that the server ends while it is lent out says so by an event, which without a listener would end
  // the program. Whoever borrowed it learns of it by the next statement.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  let closing: Promise<void> | undefined;
  // kysely.destroy() leaves the pool open when only the pool was used.
  return { pool, kysely, close: () => (closing ??= pool.end()) };
}

/** UTC, because `timestamptz` turned to text or JSON by the server shows the session's time zone. */
const sessionOptions = '-c TimeZone=UTC -c default_transaction_isolation=read\\ committed';

/** Options in a URL replace those given beside it, so ours join the operator's own. */
function withSessionOptions(connectionString: string): string {
  const url = URL.parse(connectionString);
  if (url === null) return connectionString;
  const own = url.searchParams.get('options');
  url.searchParams.set('options', own === null ? sessionOptions : `${own} ${sessionOptions}`);
  return url.toString();
}
