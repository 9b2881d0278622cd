import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#testing/test-database.ts';
import { analyzeGrowth } from './analyze-growth.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createEmptyDatabase();
});
afterAll(async () => database.drop());

test('a table is counted once it has grown, and again when it has grown as much', async () => {
  const db = database.database.kysely;
  // The server tells of what a session wrote when it is asked to, or a second later.
  const write = async (from: number, to: number) =>
    db.connection().execute(async (one) => {
      await sql`insert into thing select generate_series(${from}::int, ${to}::int)`.execute(one);
      await sql`select pg_stat_force_next_flush()`.execute(one);
    });
  await sql`create table thing (id int primary key)`.execute(db);
  await write(1, 99);
  expect(await analyzeGrowth(db)).toEqual([]);
  await write(100, 100);
  await expect.poll(async () => analyzeGrowth(db)).toEqual(['thing']);
  expect(await analyzeGrowth(db)).toEqual([]);
  await write(101, 299);
  expect(await analyzeGrowth(db)).toEqual([]);
  await write(300, 300);
  await expect.poll(async () => analyzeGrowth(db)).toEqual(['thing']);
  const counted = await sql<{
    rows: number;
  }>`select reltuples::int as rows from pg_class where relname = 'thing'`.execute(db);
  expect(counted.rows).toEqual([{ rows: 300 }]);
});
