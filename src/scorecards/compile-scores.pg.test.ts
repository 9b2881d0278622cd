import fc from 'fast-check';
import { CompiledQuery, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ScorecardServer, serveScorecards } from '#testing/scorecard-server.ts';

let server: ScorecardServer;
beforeAll(async () => {
  server = await serveScorecards();
});
afterAll(async () => server.close());

const isTrue = (property: string) => ({ property, operator: '=', value: true });
const rule = (identifier: string, level: string, ...conditions: readonly object[]) => ({
  identifier,
  title: identifier,
  level,
  query: { combinator: 'and', conditions: conditions.length === 0 ? [isTrue(identifier)] : conditions },
});

async function save(blueprint: string, scorecard: object): Promise<void> {
  const path = `/v1/blueprints/${blueprint}/scorecards`;
  const answer = await server.ask('PUT', path, [{ identifier: 'Ready', title: 'Ready', ...scorecard }]);
  expect(answer.body).toMatchObject({ ok: true });
}

type Scores = Readonly<Record<string, { level: string; rules: readonly { identifier: string; status: string }[] }>>;

async function scored(blueprint: string, entity: object): Promise<Scores | undefined> {
  return (await server.entity(blueprint, entity))['scorecards'] as Scores | undefined;
}

const flags = Object.fromEntries(['a', 'b', 'c', 'd'].map((key) => [key, { type: 'boolean' }]));

describe('levels', () => {
  test.each([
    ['nothing passes', ['a:Bronze', 'b:Silver'], '', 'Basic'],
    ['Bronze passes', ['a:Bronze', 'b:Silver'], 'a', 'Bronze'],
    ['Silver alone stays below a failing Bronze', ['a:Bronze', 'b:Silver'], 'b', 'Basic'],
    ['all of Bronze and Silver is Silver, not Gold', ['a:Bronze', 'b:Silver'], 'ab', 'Silver'],
    ['rules on Gold alone lead to Gold', ['a:Gold'], 'a', 'Gold'],
    ['a level without rules does not block', ['a:Bronze', 'b:Gold'], 'ab', 'Gold'],
    ['every rule of a level counts', ['a:Bronze', 'b:Bronze', 'c:Gold'], 'ac', 'Basic'],
    ['without rules everybody stays on the first', [], 'abc', 'Basic'],
  ])('%s', async (_, rules, passing, level) => {
    const blueprint = await server.blueprint(flags);
    await save(blueprint, { rules: rules.map((text) => rule(text.charAt(0), text.slice(2))) });
    const properties = Object.fromEntries(passing.split('').map((key) => [key, true]));
    const scores = await scored(blueprint, { identifier: 'e', properties });
    expect(scores?.['Ready']?.level).toBe(level);
    expect(scores?.['Ready']?.rules).toEqual(
      rules.map((text) => ({
        identifier: text.charAt(0),
        status: passing.includes(text.charAt(0)) ? 'SUCCESS' : 'FAILURE',
        level: text.slice(2),
      })),
    );
  });

  test('follow the walk for any levels and rules', async () => {
    const blueprint = await server.blueprint(flags);
    const titles = ['L0', 'L1', 'L2', 'L3'];
    const rules = fc.array(
      fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), level: fc.integer({ min: 1, max: 3 }) }),
      {
        maxLength: 7,
      },
    );
    await fc.assert(
      fc.asyncProperty(rules, fc.array(fc.constantFrom('a', 'b', 'c', 'd')), async (drawn, passing) => {
        const made = drawn.map(({ key, level }, index) => rule(`r${index}`, `L${level}`, isTrue(key)));
        await save(blueprint, { rules: made, levels: titles.map((title) => ({ title, color: 'red' })) });
        const properties = Object.fromEntries(passing.map((key) => [key, true]));
        const scores = await scored(blueprint, { identifier: 'e', properties });
        let level = 'L0';
        for (const [index, title] of titles.entries()) {
          const own = drawn.filter((one) => one.level === index);
          if (!own.every((one) => passing.includes(one.key))) break;
          if (own.length > 0) level = title;
        }
        expect(scores?.['Ready']?.level).toBe(level);
      }),
      { numRuns: 60 },
    );
  });
});

describe('scores of an entity', () => {
  test('are right in the answer of a write that follows the scorecard', async () => {
    const blueprint = await server.blueprint(flags);
    expect(await scored(blueprint, { identifier: 'e', properties: { a: true } })).toBeUndefined();
    await save(blueprint, { rules: [rule('a', 'Gold')] });
    expect(await scored(blueprint, { identifier: 'e', title: 'E', properties: { a: true } })).toMatchObject({
      Ready: { level: 'Gold' },
    });
    await save(blueprint, { rules: [rule('b', 'Gold')] });
    expect(await scored(blueprint, { identifier: 'f', properties: { a: true } })).toMatchObject({
      Ready: { level: 'Basic' },
    });
  });

  test('leave out what the filter leaves out', async () => {
    const blueprint = await server.blueprint({ ...flags, tier: { type: 'string' } });
    const filter = { combinator: 'and', conditions: [{ property: 'tier', operator: '=', value: '1' }] };
    await save(blueprint, { filter, rules: [rule('a', 'Gold')] });
    expect(await scored(blueprint, { identifier: 'e' })).toEqual({});
    expect(await scored(blueprint, { identifier: 'f', properties: { tier: '1' } })).toHaveProperty('Ready');
  });

  test('count blank values as empty, and take old conditions', async () => {
    const blueprint = await server.blueprint({
      text: { type: 'string' },
      list: { type: 'array' },
      thing: { type: 'object' },
    });
    const empty = (property: string) => rule(property, 'Gold', { operator: 'isEmpty', property, value: null });
    const filled = rule('old', 'Gold', { not: true, operator: 'isEmpty', property: 'text' });
    await save(blueprint, { rules: [empty('text'), empty('list'), empty('thing'), filled] });
    const statuses = async (properties: object) =>
      (await scored(blueprint, { identifier: 'e', properties }))?.['Ready']?.rules.map(
        (one) => one.status === 'SUCCESS',
      );
    expect(await statuses({ text: '', list: [], thing: {} })).toEqual([true, true, true, false]);
    expect(await statuses({})).toEqual([true, true, true, false]);
    expect(await statuses({ text: 'x', list: [0], thing: { a: 1 } })).toEqual([false, false, false, true]);
  });

  test('have room for more rules than a function has arguments', async () => {
    const blueprint = await server.blueprint(flags);
    const rules = Array.from({ length: 180 }, (_, index) => rule(`r${index}`, 'Gold', isTrue('a')));
    await save(blueprint, { rules });
    const scores = await scored(blueprint, { identifier: 'e', properties: { a: true } });
    expect(scores?.['Ready']?.level).toBe('Gold');
    expect(scores?.['Ready']?.rules.map((one) => one.identifier)).toEqual(rules.map((one) => one.identifier));
  });
});

describe('after a change of scorecards', () => {
  async function updates(): Promise<readonly string[]> {
    const found = await sql<{ subject: string }>`
      select subject from event where kind = 'entity.updated' order by number`.execute(server.core.db);
    return found.rows.map((row) => row.subject);
  }

  async function read(blueprint: string, identifier: string): Promise<{ scorecards?: Scores; updatedAt?: string }> {
    const answer = await server.ask('GET', `/v1/blueprints/${blueprint}/entities/${identifier}`);
    return answer.body['entity'] as { scorecards?: Scores };
  }

  test('entities follow, and only those whose scores changed are announced', async () => {
    const blueprint = await server.blueprint(flags);
    await server.entity(blueprint, { identifier: 'e', properties: { a: true } });
    await server.entity(blueprint, { identifier: 'f', properties: { b: true } });
    await save(blueprint, { rules: [rule('a', 'Gold')] });
    await server.settle();
    expect((await read(blueprint, 'e')).scorecards?.['Ready']?.level).toBe('Gold');
    const before = (await updates()).length;
    await save(blueprint, { title: 'Renamed', rules: [rule('a', 'Gold')] });
    await server.settle();
    expect(await updates()).toHaveLength(before);
    server.clock.advance(60_000);
    await save(blueprint, { rules: [rule('a', 'Gold', { property: '$identifier', operator: '=', value: 'f' })] });
    await server.settle();
    expect((await updates()).slice(before)).toEqual([`entity:${blueprint}/e`, `entity:${blueprint}/f`]);
    expect((await read(blueprint, 'f')).scorecards?.['Ready']?.level).toBe('Gold');
    // Nobody wrote the entity.
    expect((await read(blueprint, 'f')).updatedAt).toBe('2026-05-04T10:00:00.000Z');
    await server.ask('DELETE', `/v1/blueprints/${blueprint}/scorecards/Ready`);
    await server.settle();
    expect(await read(blueprint, 'f')).not.toHaveProperty('scorecards');
  });

  test('time alone can change scores', async () => {
    const blueprint = await server.blueprint({ seen: { type: 'string', format: 'date-time' } });
    const recent = { property: 'seen', operator: 'between', value: { preset: 'lastWeek' } };
    await save(blueprint, { rules: [rule('seen', 'Gold', recent)] });
    const seen = server.clock.now().toISOString();
    expect(await scored(blueprint, { identifier: 'e', properties: { seen } })).toMatchObject({
      Ready: { level: 'Gold' },
    });
    server.clock.advance(8 * 86_400_000);
    await server.passTime();
    expect((await read(blueprint, 'e')).scorecards?.['Ready']?.level).toBe('Basic');
  });

  test('no entity keeps old scores, whatever is written meanwhile', async () => {
    const blueprint = await server.blueprint(flags);
    const write = async (index: number): Promise<void> => {
      for (let turn = 0; turn < 12; turn += 1) {
        const identifier = `e${(index * 7 + turn * 5) % 40}`;
        await server.entity(blueprint, { identifier, properties: { a: turn % 2 === 0, b: turn % 3 === 0 } });
      }
    };
    const change = async (): Promise<void> => {
      for (let turn = 0; turn < 8; turn += 1) {
        await save(blueprint, {
          rules: [rule(turn % 2 === 0 ? 'a' : 'b', 'Gold'), rule(`c`, turn % 3 === 0 ? 'Bronze' : 'Gold')],
        });
        await server.settle();
      }
    };
    await Promise.all([change(), ...Array.from({ length: 4 }, async (_, index) => write(index))]);
    await server.settle();
    const found = await sql<{ identifier: string; properties: Record<string, unknown>; scorecards: Scores }>`
      select identifier, properties, scorecards from entity where blueprint = ${blueprint}`.execute(server.core.db);
    expect(found.rows.length).toBeGreaterThan(10);
    for (const row of found.rows) {
      const statuses = row.scorecards['Ready']?.rules.map((one) => [one.identifier, one.status === 'SUCCESS']);
      expect(statuses, row.identifier).toEqual([
        ['b', row.properties['b'] === true],
        ['c', false],
      ]);
    }
  });

  test('an entity that is being written when the scorecard is saved gets its scores', async () => {
    const blueprint = await server.blueprint(flags);
    const { db } = server.core;
    const began = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    // As a write does: it holds the blueprint, asked for scorecards already, and has not inserted yet.
    const writing = db.transaction().execute(async (tx) => {
      await sql`select from blueprint where identifier = ${blueprint} for key share`.execute(tx);
      began.resolve();
      await finish.promise;
      await tx.executeQuery(
        CompiledQuery.raw(
          `insert into entity (org_id, blueprint, identifier, title, team, properties, relations, datasource, version,
             created_at, created_by, updated_at, updated_by)
           values ($1, $2, 'late', 'Late', '{}', '{"a":true}', '{}', '', 1, now(), 'x', now(), 'x')`,
          [server.orgId, blueprint],
        ),
      );
    });
    await began.promise;
    const saving = save(blueprint, { rules: [rule('a', 'Gold')] });
    let saved = false;
    void saving.then(() => (saved = true));
    await waitsForLock();
    expect(saved).toBe(false);
    finish.resolve();
    await writing;
    await saving;
    await server.settle();
    expect((await read(blueprint, 'late')).scorecards?.['Ready']?.level).toBe('Gold');
  });

  async function waitsForLock(): Promise<void> {
    for (;;) {
      const found = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
        server.core.db,
      );
      if (found.rows.length > 0) return;
    }
  }

  test('many entities follow, stretch by stretch', async () => {
    const blueprint = await server.blueprint(flags);
    const { db } = server.core;
    await db.executeQuery(
      CompiledQuery.raw(
        `insert into entity (org_id, blueprint, identifier, title, team, properties, relations, datasource, version,
           created_at, created_by, updated_at, updated_by)
         select $1, $2, 'm' || n, 'M', '{}', '{"a":true}', '{}', '', 1, now(), 'x', now(), 'x' from generate_series(1, 3000) n`,
        [server.orgId, blueprint],
      ),
    );
    await save(blueprint, { rules: ['a', 'b', 'c', 'd'].map((key) => rule(key, 'Gold')) });
    const before = (await updates()).length;
    await server.settle();
    expect((await updates()).length - before).toBe(3000);
  });
});
