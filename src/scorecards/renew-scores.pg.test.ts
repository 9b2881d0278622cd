import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ScorecardServer, serveScorecards } from '#testing/scorecard-server.ts';

let server: ScorecardServer;
beforeAll(async () => {
  server = await serveScorecards();
});
afterAll(async () => server.close());

const minute = 60_000;
const day = 1_440 * minute;
const instant = { type: 'string', format: 'date-time' };
const properties = { seen: instant, until: { type: 'string', format: 'timer' }, note: { type: 'string' } };

const spans = 'Day Week 2Weeks Month 3Months'.split(' ');
const presets = ['yesterday', 'today', 'tomorrow', ...spans.flatMap((span) => [`last${span}`, `next${span}`])];
const property = fc.constantFrom('seen', 'until', 'note', '$createdAt', '$updatedAt');
const condition = fc.oneof(
  fc.record({
    property,
    operator: fc.constantFrom('between', 'notBetween', '=', '!='),
    value: fc.record({ preset: fc.constantFrom(...presets) }),
  }),
  fc.record({ property, operator: fc.constantFrom('isExpired', 'isNotExpired') }),
  fc.constant({ property: 'note', operator: 'isNotEmpty' }),
);
const query = fc.record({
  combinator: fc.constantFrom('and', 'or'),
  conditions: fc.array(condition, { minLength: 1, maxLength: 3 }),
});
const scorecard = fc.record(
  {
    filter: query,
    rules: fc.array(query, { minLength: 1, maxLength: 4 }).map((queries) =>
      queries.map((one, index) => ({
        identifier: `r${index}`,
        title: 'R',
        level: ['Bronze', 'Silver'][index % 2],
        query: one,
      })),
    ),
  },
  { requiredKeys: ['rules'] },
);
/** From now, in milliseconds; whole days and the edges of days among them. */
const distance = fc.oneof(
  fc.integer({ min: -100 * day, max: 100 * day }),
  fc.integer({ min: -100, max: 100 }).map((days) => days * day),
  fc.integer({ min: -10, max: 10 }).map((days) => days * day - 1),
);
const step = fc.oneof(
  fc.integer({ min: 1, max: 40 * day }),
  fc.constantFrom(1, minute, day, 7 * day, 14 * day, 30 * day),
);

function at(milliseconds: number): string {
  return new Date(server.clock.now().getTime() + milliseconds).toISOString();
}

async function save(blueprint: string, body: object): Promise<void> {
  const card = { identifier: 'Fresh', title: 'Fresh', ...body };
  const answer = await server.ask('PUT', `/v1/blueprints/${blueprint}/scorecards`, [card]);
  expect(answer.body).toMatchObject({ ok: true });
}

async function rescored(): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*) as count from event where kind = 'entity.updated'`.execute(server.core.db);
  return found.rows[0]?.count ?? 0;
}

test('scores are at every time what scoring from scratch gives', async () => {
  const entity = fc.record({ seen: fc.option(distance), until: fc.option(distance), note: fc.boolean() });
  const entities = fc.array(entity, { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(scorecard, entities, fc.array(step, { minLength: 1, maxLength: 4 }), async (card, made, steps) => {
      const blueprint = await server.blueprint(properties);
      await save(blueprint, card);
      for (const [index, { seen, until, note }] of made.entries()) {
        const values = {
          ...(seen === null ? {} : { seen: at(seen) }),
          ...(until === null ? {} : { until: at(until) }),
          ...(note ? { note: at(0) } : {}),
        };
        await server.entity(blueprint, { identifier: `e${index}`, properties: values });
      }
      for (const [index, milliseconds] of steps.entries()) {
        server.clock.advance(milliseconds);
        await server.passTime();
        const before = await rescored();
        // A scorecard that is saved anew scores everything, and announces what is other than it was.
        await save(blueprint, { ...card, title: `Fresh ${index}` });
        await server.settle();
        expect(await rescored()).toBe(before);
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('only what is due is looked at, and what was written carries its instant', async () => {
  const blueprint = await server.blueprint(properties);
  const recent = { property: 'seen', operator: 'between', value: { preset: 'lastWeek' } };
  const rule = { identifier: 'r', title: 'R', level: 'Gold', query: { combinator: 'and', conditions: [recent] } };
  await save(blueprint, { rules: [rule] });
  for (let days = 0; days < 5; days += 1) {
    await server.entity(blueprint, { identifier: `e${days}`, properties: { seen: at(-days * day) } });
  }
  const states = async (): Promise<readonly object[]> => {
    const found = await sql<object>`
      select identifier, xmin::text as written, scores_change_at as "changeAt" from entity
      where blueprint = ${blueprint} order by identifier`.execute(server.core.db);
    return found.rows;
  };
  const before = await states();
  expect(before).toMatchObject(
    Array.from({ length: 5 }, (_, days) => ({
      changeAt: new Date(server.clock.now().getTime() + (7 - days) * day + 1),
    })),
  );
  server.clock.advance(4 * day);
  await server.passTime();
  const after = await states();
  // The last instant of the range belongs to it.
  expect(after.slice(0, 4)).toEqual(before.slice(0, 4));
  expect(after[4]).toMatchObject({ changeAt: null });
  await save(blueprint, { rules: [] });
  await server.settle();
  expect((await states()).map((state) => (state as { changeAt: unknown }).changeAt)).toEqual(Array(5).fill(null));
});
