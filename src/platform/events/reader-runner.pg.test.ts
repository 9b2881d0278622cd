import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import type { Db } from '#platform/db/handles.ts';
import { openDatabase } from '#platform/db/open-database.ts';
import { problem } from '#platform/problem.ts';
import { addOrganisation, callerOf, testEvent, testRunner, wholeLog, write } from '#testing/event-log.ts';
import { uniqueName } from '#testing/start-app.ts';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';
import type { LoggedEvent } from './event.ts';
import type { Reader } from './reader.ts';
import { createReaderRunner, readerLag, type ReaderRunner } from './reader-runner.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.database.kysely;
  // What a reader enqueues, without a queue: one row a job, in the cursor's transaction.
  await sql`create table enqueued (ordinal bigserial, reader text, org_id text, number bigint)`.execute(db);
});
afterAll(async () => database.drop());

async function organisation(): Promise<string> {
  const orgId = uniqueName('org');
  await addOrganisation(db, orgId);
  return orgId;
}

/** A reader that enqueues one job an event. */
function recording(name: string, extra: Partial<Reader> = {}): Reader {
  return {
    name,
    handle: async (ctx, events) => {
      for (const event of events) {
        await sql`insert into enqueued (reader, org_id, number)
          values (${name}, ${ctx.orgId}, ${event.number})`.execute(ctx.db);
      }
    },
    ...extra,
  };
}

function runnerOf(readers: readonly Reader[], options: { pollMs?: number; on?: Db } = {}): ReaderRunner {
  return createReaderRunner({
    db: options.on ?? db,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    readers,
    enqueue: async () => undefined,
    pollMs: options.pollMs ?? 5,
  });
}

async function seenBy(reader: string, orgId: string): Promise<number[]> {
  const found = await sql<{ number: number }>`
    select number from enqueued where reader = ${reader} and org_id = ${orgId} order by ordinal`.execute(db);
  return found.rows.map((row) => row.number);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  await expect.poll(condition, { timeout: 20_000, interval: 10 }).toBe(true);
}

describe('numbers', () => {
  test.each(['one entity', 'eight entities'])(
    'of eight concurrent writers on %s are gap-free, and every reader sees each event once, in order',
    async (kind) => {
      const orgId = await organisation();
      const [first, second] = [recording(uniqueName('reader')), recording(uniqueName('reader'))];
      const readers = runnerOf([first, second]);
      readers.start();
      const runner = testRunner(db, () => readers.wake());
      const perWriter = 25;
      await Promise.all(
        upTo(8).map(async (writer) => {
          for (const count of upTo(perWriter)) {
            await write(runner, orgId, kind === 'one entity' ? 'thing:1' : `thing:${writer}`, { writer, count });
          }
        }),
      );
      await until(async () => (await seenBy(second.name, orgId)).length >= 8 * perWriter);
      await until(async () => (await seenBy(first.name, orgId)).length >= 8 * perWriter);
      await readers.stop();
      expect(await seenBy(first.name, orgId)).toEqual(upTo(8 * perWriter));
      expect(await seenBy(second.name, orgId)).toEqual(upTo(8 * perWriter));
      const log = await wholeLog(db, orgId);
      expect(log.map((event) => event.number)).toEqual(upTo(8 * perWriter));
      for (const writer of upTo(8)) {
        const own = log.map((event) => event.after?.['value'] as { writer: number; count: number });
        expect(own.filter((value) => value.writer === writer).map((value) => value.count)).toEqual(upTo(perWriter));
      }
    },
  );

  test('are shared out in the order of commits, whichever transaction began first', async () => {
    const orgId = await organisation();
    const runner = testRunner(db);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let begun: () => void = () => undefined;
    const beginning = new Promise<void>((resolve) => (begun = resolve));
    const late = runner.execute(
      callerOf(orgId),
      async (ctx) => {
        await sql`select 1`.execute(ctx.db);
        begun();
        await held;
        ctx.emit(testEvent('thing:late', 'late'));
      },
      undefined,
    );
    await beginning;
    const reader = recording(uniqueName('reader'));
    const readers = runnerOf([reader]);
    await write(runner, orgId, 'thing:early', 'early');
    await readers.drain();
    expect(await seenBy(reader.name, orgId)).toEqual([1]);
    release();
    await late;
    await readers.drain();
    expect(await seenBy(reader.name, orgId)).toEqual([1, 2]);
    expect((await wholeLog(db, orgId)).map((event) => event.after?.['value'])).toEqual(['early', 'late']);
  });

  test('do not wait for an idle writer in another database of the cluster', async () => {
    const other = await createTestDatabase();
    const orgId = await organisation();
    const reader = recording(uniqueName('reader'));
    const client = await other.database.pool.connect();
    try {
      await client.query('begin');
      await client.query('create table held (id int)');
      await write(testRunner(db), orgId, 'thing:1');
      await runnerOf([reader]).drain();
      expect(await seenBy(reader.name, orgId)).toEqual([1]);
    } finally {
      await client.query('rollback');
      client.release();
      await other.drop();
    }
  });
});

describe('readers', () => {
  test('that fail in the middle of a batch see it again, and what they enqueued stands once', async () => {
    const orgId = await organisation();
    const name = uniqueName('reader');
    let failures = 2;
    const attempts: number[][] = [];
    const reader: Reader = {
      name,
      handle: async (ctx, events) => {
        if (ctx.orgId !== orgId) return;
        attempts.push(events.map((event) => event.number));
        await recording(name).handle(ctx, events);
        if ((failures -= 1) >= 0) throw new Error('The process ends here');
      },
    };
    const runner = testRunner(db);
    for (const subject of ['thing:1', 'thing:2', 'thing:3']) await write(runner, orgId, subject);
    const readers = runnerOf([reader]);
    await expect(readers.drain()).rejects.toThrow('ends here');
    await expect(readers.drain()).rejects.toThrow('ends here');
    expect(await seenBy(name, orgId)).toEqual([]);
    await readers.drain();
    expect(await seenBy(name, orgId)).toEqual([1, 2, 3]);
    expect(attempts).toEqual([upTo(3), upTo(3), upTo(3)]);
  });

  test('that fail hold up neither other readers nor other organisations, and go on by themselves', async () => {
    const [broken, sound] = [await organisation(), await organisation()];
    let mended = false;
    const fails = recording(uniqueName('fails'));
    const failing: Reader = {
      name: fails.name,
      handle: async (ctx, events) => {
        if (ctx.orgId === broken && !mended) throw new Error('Not yet');
        await fails.handle(ctx, events);
      },
    };
    const other = recording(uniqueName('other'));
    const readers = runnerOf([failing, other]);
    const runner = testRunner(db);
    await write(runner, broken, 'thing:1');
    await write(runner, sound, 'thing:1');
    readers.start();
    await until(async () => (await seenBy(other.name, broken)).length === 1);
    await until(async () => (await seenBy(fails.name, sound)).length === 1);
    expect(await seenBy(fails.name, broken)).toEqual([]);
    expect((await readerLag(db, [failing])).at(0)?.events).toBeGreaterThanOrEqual(1);
    mended = true;
    await until(async () => (await seenBy(fails.name, broken)).length === 1);
    await readers.stop();
  });

  test('of two processes at once share the log out without doing anything twice', async () => {
    const orgId = await organisation();
    const reader = recording(uniqueName('reader'));
    const others = await Promise.all([createOther(), createOther()]);
    const runners = others.map((other) => runnerOf([reader], { pollMs: 1, on: other }));
    for (const each of runners) each.start();
    const runner = testRunner(db, () => runners.forEach((each) => each.wake()));
    await Promise.all(
      upTo(4).map(async () => {
        for (const count of upTo(30)) await write(runner, orgId, `thing:${count}`);
      }),
    );
    await until(async () => (await seenBy(reader.name, orgId)).length >= 120);
    await Promise.all(runners.map(async (each) => each.stop()));
    expect(await seenBy(reader.name, orgId)).toEqual(upTo(120));
  });

  test('are never handed a refused write, and pass by what does not concern them', async () => {
    const orgId = await organisation();
    const runner = testRunner(db);
    await write(runner, orgId, 'thing:1');
    const refused = runner.execute(
      callerOf(orgId),
      async () => {
        throw problem('invalid', 'not_so', 'Not so');
      },
      undefined,
      { describeRefusal: () => testEvent('thing:2') },
    );
    await expect(refused).rejects.toThrow('Not so');
    await write(runner, orgId, 'thing:3');
    const all = recording(uniqueName('all'));
    const third = recording(uniqueName('third'), { concerns: (event: LoggedEvent) => event.subject === 'thing:3' });
    await runnerOf([all, third]).drain();
    expect(await seenBy(all.name, orgId)).toEqual([1, 3]);
    expect(await seenBy(third.name, orgId)).toEqual([3]);
    expect(await wholeLog(db, orgId)).toMatchObject([
      { status: 'SUCCESS' },
      { status: 'FAILURE', message: 'Not so', subject: 'thing:2', context: { error: 'not_so' } },
      { status: 'SUCCESS' },
    ]);
    expect((await readerLag(db, [all, third])).map((lag) => lag.events)).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
  });

  test('at the same place share a transaction, unless they take long', async () => {
    const orgId = await organisation();
    const transactions = new Map<string, string>();
    const noting = (name: string, more: object = {}): Reader => ({
      name: uniqueName(name),
      ...more,
      async handle(ctx) {
        if (ctx.orgId !== orgId) return;
        const found = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(ctx.db);
        transactions.set(name, found.rows[0]?.id ?? '');
      },
    });
    await write(testRunner(db), orgId, 'thing:1');
    await runnerOf([noting('slow', { takesLong: true }), noting('one'), noting('two')]).drain();
    expect([...transactions.keys()]).toEqual(['one', 'two', 'slow']);
    expect(transactions.get('one')).toBe(transactions.get('two'));
    expect(transactions.get('slow')).not.toBe(transactions.get('one'));
  });

  test('lose no wake-up while they are busy', async () => {
    const orgId = await organisation();
    const reader = recording(uniqueName('reader'));
    // So rare a look that only wake-ups can explain progress.
    const readers = runnerOf([reader], { pollMs: 60_000 });
    readers.start();
    const runner = testRunner(db, () => readers.wake());
    for (const count of upTo(100)) {
      await write(runner, orgId, `thing:${count}`);
      if (count % 10 === 0) await until(async () => (await seenBy(reader.name, orgId)).length === count);
    }
    await readers.stop();
    expect(await seenBy(reader.name, orgId)).toEqual(upTo(100));
  });

  test('read a long log in batches', async () => {
    const orgId = await organisation();
    const sizes: number[] = [];
    const reader: Reader = {
      name: uniqueName('reader'),
      handle: async (ctx, events) => void (ctx.orgId === orgId && sizes.push(events.length)),
    };
    await testRunner(db).execute(
      callerOf(orgId),
      async (ctx) => upTo(450).forEach((count) => ctx.emit(testEvent(`thing:${count}`))),
      undefined,
    );
    await runnerOf([reader]).drain();
    expect(sizes).toEqual([200, 200, 50]);
  });
});

async function createOther(): Promise<Db> {
  const opened = openDatabase({ connectionString: database.connectionString, applicationName: 'other process' });
  others.push(opened);
  return opened.kysely;
}
const others: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const other of others) await other.close();
});
