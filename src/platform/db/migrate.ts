import { createHash } from 'node:crypto';
import type pg from 'pg';
import { problem } from '#platform/problem.ts';
import { checkDatabase } from './check-database.ts';
import { readMigrations, type Migration } from './migration-files.ts';

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

// Any number that no other program in the same database uses: the first bytes of a hash of our name.
const advisoryLock = createHash('sha256').update('quayside migration').digest().readInt32BE(0);

/**
 * Brings the database up to the newest migration in `directory` (`NNNN_name.sql`). Each runs in a transaction of its
 * own, so a crash leaves all of it or nothing, and the next start goes on. Of several processes one at a time migrates.
 *
 * @throws Problem of `checkDatabase`, `migration_changed`, `migration_missing`, `migration_late`, `database_newer`, `migration_failed`,
 * or `migration_misnamed`.
 */
export async function migrate(
  pool: pg.Pool,
  directory: string,
  log: (message: string, fields?: Record<string, unknown>) => void,
): Promise<void> {
  const migrations = await readMigrations(directory);
  await checkDatabase(pool);
  const client = await pool.connect();
  try {
    for (;;) {
      const startedAt = performance.now();
      const done = await applyNext(client, migrations);
      if (done === undefined) break;
      log('applied a migration', { migration: done.file, milliseconds: Math.round(performance.now() - startedAt) });
    }
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** One transaction: take the lock, look where the database stands, and go one step on from there. */
async function applyNext(client: pg.PoolClient, migrations: readonly Migration[]): Promise<Migration | undefined> {
  await client.query('begin');
  // Waiting for another process to migrate may take as long as it does; waiting for a table in use may not.
  await client.query('set local statement_timeout = 0; set local lock_timeout = 0');
  await client.query('select pg_advisory_xact_lock($1)', [advisoryLock]);
  await client.query(`set local lock_timeout = '10s'`);
  const next = nextMigration(migrations, await readApplied(client));
  if (next !== undefined) await apply(client, next);
  await client.query('commit');
  return next;
}

async function readApplied(client: pg.PoolClient): Promise<AppliedMigration[]> {
  const found = await client.query<{ exists: boolean }>(`select to_regclass('migration') is not null as exists`);
  if (found.rows[0]?.exists !== true) {
    await client.query(`
      create table migration (
        number int primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`);
  }
  const result = await client.query<AppliedMigration>('select number, name, checksum from migration order by number');
  return result.rows;
}

function nextMigration(migrations: readonly Migration[], applied: readonly AppliedMigration[]): Migration | undefined {
  const known = new Map(migrations.map((migration) => [migration.number, migration]));
  const newest = migrations.at(-1)?.number ?? 0;
  for (const { number, name, checksum } of applied) {
    const migration = known.get(number);
    if (migration === undefined) throw number > newest ? newerDatabase(number, name, newest) : missing(number, name);
    if (migration.checksum !== checksum) throw changed(migration);
  }
  const last = applied.at(-1)?.number ?? 0;
  const done = new Set(applied.map(({ number }) => number));
  const next = migrations.find(({ number }) => !done.has(number));
  if (next !== undefined && next.number < last) throw late(next, last);
  return next;
}

async function apply(client: pg.PoolClient, { number, name, checksum, file, sql }: Migration): Promise<void> {
  try {
    await client.query(sql);
    await client.query('insert into migration (number, name, checksum) values ($1, $2, $3)', [number, name, checksum]);
  } catch (error) {
    const { message, position } = error as { message: string; position?: string };
    const line = position === undefined ? '' : `, line ${sql.slice(0, Number(position)).split('\n').length}`;
    const failure = problem(
      'unavailable',
      'migration_failed',
      `The migration ${file}${line} failed and was undone: ${message}.`,
      { file },
    );
    throw Object.assign(failure, { cause: error });
  }
}

function newerDatabase(number: number, name: string, newest: number): Error {
  return problem(
    'unavailable',
    'database_newer',
    `The database was made by a newer version: it has migration ${number} (${name}), this program knows ${newest}. Start the newer version.`,
    { number, newest },
  );
}

function missing(number: number, name: string): Error {
  return problem(
    'unavailable',
    'migration_missing',
    `The database has migration ${number} (${name}), whose file this program lacks. Restore the file.`,
    { number },
  );
}

function changed({ file }: Migration): Error {
  return problem(
    'unavailable',
    'migration_changed',
    `The migration ${file} has changed since it was applied to this database. Restore it, and put the change into a new migration.`,
    { file },
  );
}

function late({ file }: Migration, last: number): Error {
  return problem(
    'unavailable',
    'migration_late',
    `The migration ${file} comes before number ${last}, which this database already has. Give it the next free number.`,
    { file },
  );
}
