import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';
import { blockedSessions } from './blocked-sessions.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => database.drop());

test('who waits for a lock is named with whom it waits for, and gone when it has it', async () => {
  const db = database.database.kysely;
  await sql`create table held (id int primary key)`.execute(db);
  await sql`insert into held values (1)`.execute(db);
  const holder = await database.database.pool.connect();
  await holder.query('begin');
  const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid from held for update');
  const waiting = sql`select * from held for update`.execute(db);
  await expect.poll(async () => (await blockedSessions(db)).length, { timeout: 10_000 }).toBe(1);
  expect(await blockedSessions(db)).toMatchObject([
    { application: 'quayside test', blockedBy: [{ pid: rows[0]?.pid, state: 'idle in transaction' }] },
  ]);
  await holder.query('rollback');
  holder.release();
  await waiting;
  expect(await blockedSessions(db)).toEqual([]);
});
