import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import type { Db } from '#platform/db/handles.ts';
import { problem } from '#platform/problem.ts';
import { addOrganisation, callerOf, testEvent, testRunner, wholeLog } from '#testing/event-log.ts';
import { uniqueName } from '#testing/start-app.ts';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';
import { createCommandRunner, maybeSilent } from './command-runner.ts';
import { deleteOldAnswers, type IdempotentRequest } from './idempotency.ts';
import type { WriteContext } from './write-context.ts';

let database: TestDatabase;
let db: Db;
let orgId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.database.kysely;
  await sql`create table thing (id text primary key, value int not null)`.execute(db);
  orgId = uniqueName('org');
  await addOrganisation(db, orgId);
});
afterAll(async () => database.drop());

async function thing(id = uniqueName('thing'), value = 0): Promise<string> {
  await sql`insert into thing values (${id}, ${value})`.execute(db);
  return id;
}

async function valueOf(id: string): Promise<number | undefined> {
  return (await sql<{ value: number }>`select value from thing where id = ${id}`.execute(db)).rows[0]?.value;
}

async function add(ctx: WriteContext, id: string): Promise<void> {
  await sql`update thing set value = value + 1 where id = ${id}`.execute(ctx.db);
}

/** Everybody waits until all have come. */
function gate(count: number): () => Promise<void> {
  let open: () => void = () => undefined;
  let missing = count;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return async () => {
    if ((missing -= 1) <= 0) open();
    await opened;
  };
}

describe('a command', () => {
  test('that loses a deadlock is run again from the start, once in effect', async () => {
    const [a, b] = [await thing(), await thing()];
    const meet = gate(2);
    const runs: string[] = [];
    const crosswise = async (first: string, second: string): Promise<void> =>
      testRunner(db).execute(
        callerOf(orgId),
        async (ctx) => {
          runs.push(first);
          await add(ctx, first);
          await meet();
          await add(ctx, second);
          ctx.emit(testEvent(`thing:${first}`));
        },
        undefined,
      );
    await Promise.all([crosswise(a, b), crosswise(b, a)]);
    // The loser may take its first row before the winner wakes, and lose once more.
    expect(runs.length).toBeGreaterThanOrEqual(3);
    expect([await valueOf(a), await valueOf(b)]).toEqual([2, 2]);
  });

  test('that loses a serialisation race is run again', async () => {
    const id = await thing();
    let attempts = 0;
    await testRunner(db).execute(
      callerOf(orgId),
      async (ctx) => {
        await sql`set transaction isolation level repeatable read`.execute(ctx.db);
        await sql`select value from thing where id = ${id}`.execute(ctx.db);
        if ((attempts += 1) === 1) await sql`update thing set value = 10 where id = ${id}`.execute(db);
        await add(ctx, id);
        ctx.emit(testEvent(`thing:${id}`));
      },
      undefined,
    );
    expect(attempts).toBe(2);
    expect(await valueOf(id)).toBe(11);
  });

  test('that announces nothing is refused, and what it did is undone', async () => {
    const id = await thing();
    await expect(
      testRunner(db).execute(callerOf(orgId), async (ctx: WriteContext) => add(ctx, id), undefined),
    ).rejects.toThrow('without announcing it');
    expect(await valueOf(id)).toBe(0);
  });

  test('that may be silent is let pass, and wakes nobody', async () => {
    const woken: string[] = [];
    const runner = testRunner(db, (org) => woken.push(org));
    expect(
      await runner.execute(
        callerOf(orgId),
        maybeSilent(async () => 'as before'),
        undefined,
      ),
    ).toBe('as before');
    expect(woken).toEqual([]);
  });

  test('leaves nothing when its event cannot be written', async () => {
    const id = await thing();
    const stranger = callerOf(uniqueName('org-without-counter'));
    await expect(
      testRunner(db).execute(
        stranger,
        async (ctx) => {
          await add(ctx, id);
          ctx.emit(testEvent(`thing:${id}`));
        },
        undefined,
      ),
    ).rejects.toThrow('null value in column "number"');
    expect(await valueOf(id)).toBe(0);
  });

  test('that is refused is recorded as a failure after its rollback, when somebody can say what it was', async () => {
    const own = uniqueName('org');
    await addOrganisation(db, own);
    const id = await thing();
    const refuse = async (ctx: WriteContext): Promise<void> => {
      await add(ctx, id);
      throw problem('invalid', 'not_allowed', 'The value may not grow.');
    };
    const runner = testRunner(db);
    await expect(runner.execute(callerOf(own), refuse, undefined)).rejects.toThrow('may not grow');
    expect(await wholeLog(db, own)).toEqual([]);
    const describeRefusal = () => testEvent(`thing:${id}`);
    await expect(runner.execute(callerOf(own), refuse, undefined, { describeRefusal })).rejects.toThrow('may not grow');
    expect(await valueOf(id)).toBe(0);
    expect(await wholeLog(db, own)).toMatchObject([
      { status: 'FAILURE', message: 'The value may not grow.', subject: `thing:${id}`, after: null },
    ]);
  });
});

describe('an Idempotency-Key', () => {
  const request = (key: string, bodyHash = 'body'): IdempotentRequest => ({ key, route: 'POST /things', bodyHash });
  const create = (id: string) => async (ctx: WriteContext) => {
    await sql`insert into thing values (${id}, 1)
      on conflict (id) do update set value = thing.value + 1`.execute(ctx.db);
    ctx.emit(testEvent(`thing:${id}`));
    return { id, token: Math.random(), at: ctx.now };
  };

  test('sent fifty times at once has one effect and one answer', async () => {
    const id = uniqueName('thing');
    const runner = testRunner(db);
    const before = (await wholeLog(db, orgId)).length;
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () =>
        runner.execute(callerOf(orgId), create(id), undefined, { idempotency: request(id) }),
      ),
    );
    expect(await valueOf(id)).toBe(1);
    expect((await wholeLog(db, orgId)).length).toBe(before + 1);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers.at(-1)?.at).toBeInstanceOf(Date);
  });

  test('with another body is a conflict', async () => {
    const id = uniqueName('thing');
    const runner = testRunner(db);
    await runner.execute(callerOf(orgId), create(id), undefined, { idempotency: request(id) });
    await expect(
      runner.execute(callerOf(orgId), create(id), undefined, { idempotency: request(id, 'another') }),
    ).rejects.toMatchObject({ kind: 'conflict', code: 'idempotency_key_reused' });
    expect(await valueOf(id)).toBe(1);
  });

  test('of a request that failed may be used again', async () => {
    const id = uniqueName('thing');
    const runner = testRunner(db);
    const failing = async (): Promise<never> => {
      throw problem('conflict', 'busy', 'Busy');
    };
    const idempotency = request(id);
    await expect(runner.execute(callerOf(orgId), failing, undefined, { idempotency })).rejects.toThrow('Busy');
    await runner.execute(callerOf(orgId), create(id), undefined, { idempotency });
    expect(await valueOf(id)).toBe(1);
  });

  test('is one of its caller and organisation', async () => {
    const other = uniqueName('org');
    await addOrganisation(db, other);
    const id = uniqueName('thing');
    const runner = testRunner(db);
    const idempotency = request(id);
    await runner.execute(callerOf(orgId), create(id), undefined, { idempotency });
    await runner.execute(callerOf(other), create(id), undefined, { idempotency });
    expect(await valueOf(id)).toBe(2);
  });

  test('keeps its answer sealed, for a day', async () => {
    const sealed = createCommandRunner({
      db,
      clock: systemClock,
      onCommitted: () => undefined,
      answers: {
        seal: (text) => Buffer.from(text).toString('hex'),
        open: (text) => Buffer.from(text, 'hex').toString(),
      },
    });
    const id = uniqueName('canary');
    const idempotency = request(id);
    const first = await sealed.execute(callerOf(orgId), create(id), undefined, { idempotency });
    const stored = await sql<{ result: unknown }>`select result from idempotency_key where key = ${id}`.execute(db);
    expect(JSON.stringify(stored.rows)).not.toContain(id);
    expect(await sealed.execute(callerOf(orgId), create(id), undefined, { idempotency })).toEqual(first);
    await deleteOldAnswers(db, new Date(systemClock.now().getTime() + 86_400_001));
    await sealed.execute(callerOf(orgId), create(id), undefined, { idempotency });
    expect(await valueOf(id)).toBe(2);
  });
});
