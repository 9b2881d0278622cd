import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#testing/test-database.ts';
import { openDatabase, type Database, type DatabaseOptions } from './open-database.ts';

let test: TestDatabase;

beforeAll(async () => {
  test = await createEmptyDatabase();
});

afterAll(async () => {
  await test.drop();
});

async function withDatabase(
  options: Partial<DatabaseOptions>,
  work: (database: Database) => Promise<void>,
): Promise<void> {
  const database = openDatabase({ connectionString: test.connectionString, applicationName: 'a test', ...options });
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

async function valueOf(expression: string): Promise<unknown> {
  const result = await test.database.pool.query<{ value: unknown }>(`select ${expression} as value`);
  return result.rows[0]?.value;
}

describe('values read from the database', () => {
  it.each<[string, unknown]>([
    ['9007199254740991::int8', Number.MAX_SAFE_INTEGER],
    ['(select count(*) from (values (1), (2)) as v)', 2],
    ["'{1,null,3}'::int8[]", [1, null, 3]],
    [
      "'{{1,2},{3,4}}'::int8[]",
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ["'2026-01-02T03:04:05.678+02'::timestamptz", new Date('2026-01-02T01:04:05.678Z')],
    ["'2026-01-02'::date", '2026-01-02'],
    ["'{2026-01-02}'::date[]", ['2026-01-02']],
    ["'2026-01-02 03:04'::timestamp", '2026-01-02 03:04:00'],
    ['1.10::numeric', '1.10'],
    ['\'{"a": [1, null]}\'::jsonb', { a: [1, null] }],
    ["'null'::jsonb", null],
    ["array['a', null, 'b,\"c']", ['a', null, 'b,"c']],
  ])('%s', async (expression, expected) => {
    expect(await valueOf(expression)).toEqual(expected);
  });

  it('a number with more digits than JavaScript holds is an error, not another number', async () => {
    await expect(valueOf('9007199254740993::int8')).rejects.toThrow('9007199254740993 has more digits');
    expect(await valueOf('1')).toBe(1);
  });

  it('times that the server itself turns into text are in UTC', async () => {
    expect(await valueOf("to_jsonb('2026-01-02T03:04:05+02'::timestamptz)")).toBe('2026-01-02T01:04:05+00:00');
  });
});

describe('a connection', () => {
  it('has its limits from the start', async () => {
    const result = await sql<{ name: string; setting: string }>`
      select name, setting from pg_settings
      where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'default_transaction_isolation')
      order by name`.execute(test.database.kysely);
    expect(Object.fromEntries(result.rows.map((row) => [row.name, row.setting]))).toEqual({
      default_transaction_isolation: 'read committed',
      idle_in_transaction_session_timeout: '5000',
      lock_timeout: '10000',
      statement_timeout: '30000',
    });
  });

  it('ends a statement that takes too long', async () => {
    await withDatabase({ statementTimeoutMs: 50 }, async ({ pool }) => {
      await expect(pool.query('select pg_sleep(20)')).rejects.toMatchObject({ code: '57014' });
    });
  });

  it('ends a transaction that was forgotten, and the pool goes on', async () => {
    await withDatabase({ idleInTransactionTimeoutMs: 50, maxConnections: 1 }, async ({ pool }) => {
      const client = await pool.connect();
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await client.query('begin');
      const isConnected = 'select 1 from pg_stat_activity where pid = $1';
      await expect.poll(async () => (await test.database.pool.query(isConnected, [rows[0]?.pid])).rowCount).toBe(0);
      await expect(client.query('select 1')).rejects.toThrow('not queryable');
      client.release(true);
      expect((await pool.query('select 1')).rowCount).toBe(1);
    });
  });

  it('that breaks while idle is reported and replaced', async () => {
    const broken: Error[] = [];
    await withDatabase({ maxConnections: 1, onIdleError: (error) => broken.push(error) }, async ({ pool }) => {
      const result = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
      await test.database.pool.query('select pg_terminate_backend($1, 5000)', [result.rows[0]?.pid]);
      await expect.poll(() => broken.length).toBe(1);
      expect((await pool.query('select 1')).rowCount).toBe(1);
    });
  });

  it("keeps the operator's own options in the URL", async () => {
    const url = new URL(test.connectionString);
    url.searchParams.set('options', '-c search_path=elsewhere');
    await withDatabase({ connectionString: url.toString() }, async ({ pool }) => {
      const result = await pool.query(
        "select current_setting('search_path') as path, current_setting('timezone') as zone",
      );
      expect(result.rows).toEqual([{ path: 'elsewhere', zone: 'UTC' }]);
    });
  });
});
