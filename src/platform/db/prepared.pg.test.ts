import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#testing/test-database.ts';
import { prepared } from './prepared.ts';

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createEmptyDatabase();
});
afterAll(() => test_.drop());

test('a marked statement is planned once per connection, others every time', async () => {
  await test_.database.kysely.connection().execute(async (db) => {
    for (const value of [1, 2, 3]) {
      const marked = await sql<{ sum: number }>`${prepared} select ${value}::int + 1 as sum`.execute(db);
      expect(marked.rows).toEqual([{ sum: value + 1 }]);
      await sql`select ${value}::int + 2 as sum`.execute(db);
    }
    const known = await sql<{ statement: string; runs: number }>`
      select statement, generic_plans + custom_plans as runs from pg_prepared_statements`.execute(db);
    expect(known.rows).toEqual([{ statement: expect.stringContaining('+ 1 as sum'), runs: 3 }]);
  });
});

test('errors and rollbacks leave the connection usable', async () => {
  const divide = async (by: number) =>
    test_.database.kysely
      .transaction()
      .execute(async (db) => sql<{ result: number }>`${prepared} select 6 / ${by}::int as result`.execute(db));
  await expect(divide(0)).rejects.toThrow('division by zero');
  expect((await divide(2)).rows).toEqual([{ result: 3 }]);
});
