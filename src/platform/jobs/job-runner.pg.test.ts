import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '#platform/db/handles.ts';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';
import { countDeadJobs, deadJobs } from './dead-jobs.ts';
import { type JobHandler, jobHandler } from './job.ts';
import { createJobRunner, type JobRunner } from './job-runner.ts';

let database: TestDatabase;
let db: Db;
const runners: JobRunner[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.database.kysely;
});
afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.stop();
});
afterAll(async () => database.drop());

interface Work {
  readonly orgId: string;
  readonly item: string;
}

async function runnerOf(...handlers: readonly JobHandler[]): Promise<JobRunner> {
  const runner = createJobRunner({
    connectionString: database.connectionString,
    log: pino({ level: 'silent' }),
    handlers,
  });
  runners.push(runner);
  await runner.prepare();
  return runner;
}

function work(queue: string, run: (job: Work) => Promise<void>, extra: Partial<JobHandler> = {}): JobHandler {
  return jobHandler<Work>({ queue, run, ...extra });
}

const job = (item: string) => ({ data: { orgId: 'org', item } });

function signal(): { fire: () => void; fired: Promise<void> } {
  let fire: () => void = () => undefined;
  const fired = new Promise<void>((resolve) => (fire = resolve));
  return { fire, fired };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(condition, { timeout: 20_000, interval: 10 }).toBe(true);
}

test('a job enqueued in a transaction is undone with it', async () => {
  const ran: string[] = [];
  const runner = await runnerOf(work('undone', async ({ item }) => void ran.push(item)));
  await expect(
    db.transaction().execute(async (tx) => {
      await runner.enqueue(tx, 'undone', [job('never')]);
      throw new Error('Undone');
    }),
  ).rejects.toThrow('Undone');
  await db.transaction().execute(async (tx) => runner.enqueue(tx, 'undone', [job('kept')]));
  expect(await runner.drain()).toBe(1);
  expect(ran).toEqual(['kept']);
});

test('jobs run as soon as they are announced, and each once', async () => {
  const ran: string[] = [];
  const runner = await runnerOf(work('prompt', async ({ item }) => void ran.push(item), { concurrency: 3 }));
  runner.start();
  const items = Array.from({ length: 40 }, (_, index) => `item ${index}`);
  for (const item of items) {
    await db.transaction().execute(async (tx) => runner.enqueue(tx, 'prompt', [job(item)]));
    runner.wake(['prompt']);
  }
  await until(() => ran.length >= items.length);
  expect(ran.toSorted()).toEqual(items.toSorted());
  await until(async () => (await left('prompt')) === 0);
});

async function left(queue: string): Promise<number> {
  const found = await sql<{ left: number }>`
    select count(*)::int as left from job.job where name = ${queue} and state <> 'completed'`.execute(db);
  return found.rows[0]?.left ?? -1;
}

test('jobs of another process are found, and those whose time comes', async () => {
  const ran: string[] = [];
  const runner = await runnerOf(work('found', async ({ item }) => void ran.push(item)));
  const other = await runnerOf(work('found', async () => undefined));
  runner.start();
  await other.enqueueNow('found', [job('now'), { ...job('later'), startAfter: new Date(Date.now() + 1_000) }]);
  await until(() => ran.length === 2);
  expect(ran).toEqual(['now', 'later']);
});

test('a job that fails is tried again', async () => {
  let attempts = 0;
  const runner = await runnerOf(
    work('again', async () => {
      if ((attempts += 1) === 1) throw new Error('Not yet');
    }),
  );
  runner.start();
  await runner.enqueueNow('again', [job('x')]);
  await until(() => attempts === 2);
  await until(async () => (await left('again')) === 0);
  expect(attempts).toBe(2);
});

test('a job that failed for the last time is shown to its organisation, with its reason', async () => {
  const runner = await runnerOf(
    work(
      'hopeless',
      async () => {
        throw new Error('The door is shut');
      },
      { retryLimit: 0 },
    ),
  );
  await runner.enqueueNow('hopeless', [job('x')]);
  await runner.drain();
  expect(await deadJobs(db, 'org', 10)).toMatchObject([
    { queue: 'hopeless', data: { item: 'x' }, error: 'The door is shut', diedAt: expect.any(Date) },
  ]);
  expect(await deadJobs(db, 'another', 10)).toEqual([]);
  expect(await countDeadJobs(db)).toEqual([{ queue: 'hopeless', jobs: 1 }]);
});

describe('stopping', () => {
  test('waits for what runs, and begins nothing more', async () => {
    const [began, go] = [signal(), signal()];
    const ended: string[] = [];
    const runner = await runnerOf(
      work(
        'stopping',
        async ({ item }) => {
          began.fire();
          await go.fired;
          ended.push(item);
        },
        { concurrency: 1 },
      ),
    );
    runner.start();
    await runner.enqueueNow('stopping', [job('first'), job('second')]);
    await began.fired;
    let stopped = false;
    const stop = runner.stop().then(() => (stopped = true));
    runners.length = 0;
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    go.fire();
    await stop;
    expect(ended).toEqual(['first']);
    const next = await runnerOf(work('stopping', async ({ item }) => void ended.push(item)));
    await next.drain();
    expect(ended).toEqual(['first', 'second']);
  });
});

describe('groups', () => {
  test('a slow group leaves room for the others', async () => {
    const go = signal();
    const running: string[] = [];
    const ended: string[] = [];
    const runner = await runnerOf(
      work(
        'groups',
        async ({ item }) => {
          running.push(item);
          if (item.startsWith('slow')) await go.fired;
          ended.push(item);
        },
        { concurrency: 6, groupConcurrency: 2 },
      ),
    );
    runner.start();
    const slow = Array.from({ length: 20 }, (_, index) => ({ ...job(`slow ${index}`), group: 'slow' }));
    await runner.enqueueNow('groups', [...slow, { ...job('quick 1'), group: 'quick' }, job('quick 2')]);
    await until(() => ended.length === 2);
    expect(ended.toSorted()).toEqual(['quick 1', 'quick 2']);
    expect(running.filter((item) => item.startsWith('slow'))).toHaveLength(2);
    go.fire();
    await until(() => ended.length === 22);
  });
});
