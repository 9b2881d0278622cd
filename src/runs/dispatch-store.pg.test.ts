import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, readRun, saveAction } from '#testing/test-action.ts';
import { createDispatchStore, type DispatchStore } from './dispatch-store.ts';

let app: TestApp;
let store: DispatchStore;
let action: string;
beforeAll(async () => {
  app = await startTestApp();
  store = createDispatchStore(app.app.core.runner);
  action = await saveAction(app, { type: 'KAFKA' });
});
afterAll(async () => app.stop());

async function beginRuns(count: number): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: count }, async () => (await begin(app, action)).id));
}

const beginAll = async (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => store.begin({ orgId: app.orgId, input: id })));

async function transactionsOf(ids: readonly string[]): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(distinct dispatch_started_at)::int as count from run
    where id = any(${ids as string[]}::text[]) and dispatch_state = 'calling'`.execute(app.app.core.db);
  return found.rows[0]?.count ?? 0;
}

test('what many begin at once is written in few transactions, and each gets its own', async () => {
  const ids = await beginRuns(20);
  const begun = await beginAll(ids);
  expect(begun.map((one) => one?.run.id)).toEqual(ids);
  expect(begun.every((one) => one?.earlierCallAt === null && one.run.dispatch_state === 'calling')).toBe(true);
  // The first goes alone, the others while it is under way.
  expect(await transactionsOf(ids)).toBeLessThanOrEqual(2);
});

test('of a run that two jobs begin at once only one gets it', async () => {
  const [first = '', twice = ''] = await beginRuns(2);
  const begun = await beginAll([first, twice, twice, 'r_unknown']);
  expect(begun.filter((one) => one?.run.id === twice)).toHaveLength(1);
  expect(begun.at(-1)).toBeNull();
});

test('one that cannot be written fails alone', async () => {
  const ids = await beginRuns(4);
  await beginAll(ids);
  const results = await Promise.allSettled(
    ids.map(async (id, at) =>
      store.record({
        orgId: app.orgId,
        // No database column holds this.
        input: { id, outcome: { outcome: 'ended', status: 'SUCCESS', response: at === 2 ? { a: '\0' } : { at } } },
      }),
    ),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  const runs = await Promise.all(ids.map(async (id) => readRun(app, id)));
  expect(runs.map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS', 'IN_PROGRESS', 'SUCCESS']);
  expect(runs.map((run) => run['response'])).toEqual([{ at: 0 }, { at: 1 }, null, { at: 3 }]);
});
