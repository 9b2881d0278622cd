import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from './test-database.ts';

const open: TestDatabase[] = [];

async function make(kind: () => Promise<TestDatabase>): Promise<TestDatabase> {
  const made = await kind();
  open.push(made);
  return made;
}

async function tables({ database }: TestDatabase): Promise<string[]> {
  const result = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' order by 1`.execute(database.kysely);
  return result.rows.map((row) => row.name);
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.drop()));
});

describe('a test database', () => {
  it('has every migration', async () => {
    expect(await tables(await make(createTestDatabase))).toContain('migration');
  });

  it('is not seen by its neighbour, also when both are made at once', async () => {
    const [one, other] = await Promise.all([make(createTestDatabase), make(createTestDatabase)]);
    await sql`create table only_here (a int)`.execute(one.database.kysely);
    expect(await tables(one)).toContain('only_here');
    expect(await tables(other)).not.toContain('only_here');
  });

  it('can be had without migrations', async () => {
    expect(await tables(await make(createEmptyDatabase))).toEqual([]);
  });

  it('is gone after drop, although somebody is still connected', async () => {
    const one = await createTestDatabase();
    const other = await make(createEmptyDatabase);
    await one.database.pool.query('select 1');
    await one.drop();
    const name = new URL(one.connectionString).pathname.slice(1);
    const found = await other.database.pool.query('select 1 from pg_database where datname = $1', [name]);
    expect(found.rowCount).toBe(0);
  });
});
