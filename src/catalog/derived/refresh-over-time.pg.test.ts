import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, type LoggedRow, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
});
afterAll(async () => server.close());

const minutes = (count: number): string =>
  new Date(server.clock.now().getTime() + count * 60_000).toISOString().replace('.000Z', 'Z');
const properties = async (blueprint: string, identifier: string): Promise<unknown> =>
  (await server.read(blueprint, identifier))['properties'];
const subjects = (rows: readonly LoggedRow[]): readonly string[] => rows.map((row) => row.subject).toSorted();

/** Which versions of rows there are, and who locked them last. */
async function rowsNow(blueprint: string): Promise<unknown> {
  const found = await sql`
    select identifier, xmin::text, xmax::text from entity where blueprint = ${blueprint}
    order by identifier`.execute(server.core.db);
  return found.rows;
}

async function ownersAndItems(aggregationProperties: (item: string) => object) {
  const owner = await server.blueprint();
  const item = await server.blueprint({
    schema: {
      properties: { until: { type: 'string', format: 'timer' }, born: { type: 'string', format: 'date-time' } },
      required: [],
    },
    relations: { owner: { target: owner } },
  });
  await server.ask('PATCH', `/v1/blueprints/${owner}`, { aggregationProperties: aggregationProperties(item) });
  await server.settle();
  return { owner, item };
}

const count = { calculationBy: 'entities', func: 'count' };
const query = (...rules: readonly object[]) => ({ combinator: 'and', rules });

test('only the entities whose instant has come are computed anew; until then nothing is written', async () => {
  const { owner, item } = await ownersAndItems((target) => ({
    open: { target, calculationSpec: count, query: query({ property: 'until', operator: 'isNotExpired' }) },
    today: {
      target,
      calculationSpec: count,
      query: query({ property: 'born', operator: 'between', value: { preset: 'lastDay' } }),
    },
  }));
  for (const [index, identifier] of ['o1', 'o2', 'o3'].entries()) {
    await server.entity(owner, { identifier });
    const until = minutes(60 * (index + 1));
    await server.entity(item, {
      identifier,
      properties: { until, born: minutes(-30) },
      relations: { owner: identifier },
    });
  }
  await server.settle();
  const before = await rowsNow(owner);
  expect(await server.eventsOf(server.passTime)).toEqual([]);
  server.clock.advance(59 * 60_000);
  expect(await server.eventsOf(server.passTime)).toEqual([]);
  expect(await rowsNow(owner)).toEqual(before);
  server.clock.advance(2 * 60_000);
  const first = await server.eventsOf(server.passTime);
  expect(subjects(first).filter((one) => one.includes(owner))).toEqual([`entity:${owner}/o1`]);
  expect(await properties(owner, 'o1')).toEqual({ open: 0, today: 1 });
  expect(await properties(owner, 'o2')).toEqual({ open: 1, today: 1 });
  server.clock.advance(24 * 3_600_000);
  await server.passTime();
  for (const name of ['o1', 'o2', 'o3']) expect(await properties(owner, name)).toEqual({ open: 0, today: 0 });
  const left = await sql`
    select from entity where blueprint = ${owner} and derived_change_at is not null`.execute(server.core.db);
  expect(left.rows).toHaveLength(0);
});

test('an average over intervals changes when another one has begun', async () => {
  const spec = { calculationBy: 'entities', func: 'average', averageOf: 'hour', measureTimeBy: '$createdAt' };
  const { owner, item } = await ownersAndItems((target) => ({ perHour: { target, calculationSpec: spec } }));
  await server.entity(owner, { identifier: 'o' });
  for (const identifier of ['a', 'b']) await server.entity(item, { identifier, relations: { owner: 'o' } });
  await server.settle();
  expect(await properties(owner, 'o')).toEqual({ perHour: 2 });
  server.clock.advance(3_599_000);
  expect(await server.eventsOf(server.passTime)).toEqual([]);
  for (const [passed, perHour] of [
    [2_000, 1],
    [3_600_000, 2 / 3],
    [3_600_000, 0.5],
  ] as const) {
    server.clock.advance(passed);
    await server.passTime();
    const shown = (await properties(owner, 'o')) as { readonly perHour: number };
    expect(shown.perHour).toBeCloseTo(perHour, 9);
  }
});

test('an aggregation that is gone leaves no instant behind', async () => {
  const { owner, item } = await ownersAndItems((target) => ({
    open: { target, calculationSpec: count, query: query({ property: 'until', operator: 'isNotExpired' }) },
  }));
  await server.entity(owner, { identifier: 'o' });
  await server.entity(item, { identifier: 'i', properties: { until: minutes(5) }, relations: { owner: 'o' } });
  await server.settle();
  await server.ask('PATCH', `/v1/blueprints/${owner}`, { aggregationProperties: { open: null } });
  server.clock.advance(600_000);
  await server.passTime();
  await server.settle();
  expect(await properties(owner, 'o')).toEqual({});
  const left = await sql`
    select from entity where blueprint = ${owner} and derived_change_at is not null`.execute(server.core.db);
  expect(left.rows).toHaveLength(0);
});

test('expressions that ask for the time are asked of all, and written where they answer otherwise', async () => {
  const kind = await server.blueprint({
    schema: { properties: { until: { type: 'string', format: 'date-time' } }, required: [] },
    calculationProperties: { isOver: { type: 'boolean', calculation: '(.properties.until | fromdate) < now' } },
  });
  for (let first = 0; first < 600; first += 20) {
    const entities = Array.from({ length: 20 }, (_, index) => ({
      identifier: `e${first + index}`,
      properties: { until: minutes(first + index === 555 ? 10 : 100) },
    }));
    const made = await server.ask('POST', `/v1/blueprints/${kind}/entities/bulk`, { entities });
    expect(made.status).toBe(200);
  }
  await server.settle();
  const before = await rowsNow(kind);
  expect(await server.eventsOf(server.passTime)).toEqual([]);
  // Neither written nor locked.
  expect(await rowsNow(kind)).toEqual(before);
  server.clock.advance(11 * 60_000);
  expect(subjects(await server.eventsOf(server.passTime))).toEqual([`entity:${kind}/e555`]);
  expect(await properties(kind, 'e555')).toMatchObject({ isOver: true });
  server.clock.advance(90 * 60_000);
  const rest = subjects(await server.eventsOf(server.passTime)).filter((one) => one.startsWith(`entity:${kind}/`));
  expect(rest).toHaveLength(599);
});

test('of expressions whose next change can be told, only the entities whose instant has come are asked', async () => {
  const kind = await server.blueprint({
    schema: { properties: { until: { type: 'string', format: 'date-time' } }, required: [] },
    calculationProperties: { isOver: { type: 'boolean', calculation: '(.properties.until | fromdate) < now' } },
  });
  const told = async (): Promise<readonly string[]> =>
    subjects(await server.eventsOf(server.passTime)).filter((one) => one.startsWith(`entity:${kind}/`));
  const due = async (): Promise<readonly string[]> => {
    const found = await sql<{ identifier: string }>`
      select identifier from calculation_due where blueprint = ${kind} and due_at <= ${server.clock.now()}
      order by identifier`.execute(server.core.db);
    return found.rows.map(({ identifier }) => identifier);
  };
  await server.entity(kind, { identifier: 'far', properties: { until: minutes(60 * 24 * 90) } });
  await server.entity(kind, { identifier: 'near', properties: { until: minutes(30) } });
  await server.entity(kind, { identifier: 'over', properties: { until: minutes(-30) } });
  await server.settle();
  expect(await due()).toEqual(['far', 'near', 'over']);
  expect(await told()).toEqual([]);
  expect(await due()).toEqual([]);
  for (let minute = 0; minute < 30; minute += 1) {
    server.clock.advance(60_000);
    expect(await due()).not.toContain('far');
    expect(await told()).toEqual([]);
  }
  server.clock.advance(61_000);
  expect(await told()).toEqual([`entity:${kind}/near`]);
  expect(await properties(kind, 'near')).toMatchObject({ isOver: true });
  await server.ask('PATCH', `/v1/blueprints/${kind}/entities/far`, { properties: { until: minutes(1) } });
  await server.settle();
  expect(await due()).toContain('far');
  await server.passTime();
  server.clock.advance(120_000);
  expect(await told()).toEqual([`entity:${kind}/far`]);
  await server.ask('PATCH', `/v1/blueprints/${kind}`, {
    calculationProperties: { isOver: { type: 'boolean', calculation: '(.properties.until | fromdate) > now' } },
  });
  await server.settle();
  await server.passTime();
  expect(await properties(kind, 'near')).toMatchObject({ isOver: false });
  await server.ask('DELETE', `/v1/blueprints/${kind}/entities/over`);
  server.clock.advance(8 * 86_400_000);
  await server.passTime();
  const left = await sql<{ identifier: string }>`
    select identifier from calculation_due where blueprint = ${kind} order by 1`.execute(server.core.db);
  expect(left.rows.map(({ identifier }) => identifier)).toEqual(['far', 'near']);
});
