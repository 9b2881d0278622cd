import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { testPerson } from '#testing/module-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
});
afterAll(async () => server.close());

type Shown = Readonly<Record<string, unknown>>;
const strings = (...keys: readonly string[]) => ({
  properties: Object.fromEntries(keys.map((key) => [key, { type: 'string' }])),
  required: [],
});

async function begin(sourceBlueprint: string, mapping: object): Promise<string> {
  const answer = await server.ask('POST', '/v1/migrations', { sourceBlueprint, mapping });
  expect(answer).toMatchObject({
    status: 200,
    body: { migration: { sourceBlueprint, mapping, actor: 'test-client' } },
  });
  return (answer.body['migration'] as { id: string }).id;
}

const stateOf = async (id: string): Promise<Shown> =>
  (await server.ask('GET', `/v1/migrations/${id}`)).body['migration'] as Shown;

async function entities(blueprint: string): Promise<readonly Shown[]> {
  return (await server.ask('GET', `/v1/blueprints/${blueprint}/entities`)).body['entities'] as readonly Shown[];
}

test('writes what jq makes of each entity, over more than one step, and counts what failed', async () => {
  const source = await server.blueprint({ schema: strings('lang', 'tier') });
  const target = await server.blueprint({
    schema: { properties: { language: { type: 'string' }, rank: { type: 'number' } }, required: [] },
    relations: { twin: { target: source } },
  });
  const names = Array.from({ length: 130 }, (_, index) => `s${String(index).padStart(3, '0')}`);
  for (let from = 0; from < names.length; from += 20) {
    const some = names.slice(from, from + 20).map((identifier, at) => ({
      identifier,
      title: identifier.toUpperCase(),
      properties: { lang: 'Go', tier: from === 0 && at === 0 ? 'none' : '7' },
    }));
    expect((await server.ask('POST', `/v1/blueprints/${source}/entities/bulk`, { entities: some })).status).toBe(200);
  }
  const id = await begin(source, {
    blueprint: target,
    filter: '.identifier != "s001" # not this one',
    entity: {
      identifier: '"t-" + .identifier',
      title: '.title',
      properties: {
        language: '.properties.lang',
        rank: 'if .properties.tier == "none" then "none" else .properties.tier | tonumber end',
      },
      relations: { twin: '.identifier' },
    },
  });
  await server.settle();
  expect(await stateOf(id)).toMatchObject({ status: 'COMPLETED', successCount: 130, failureCount: 1 });
  const written = await entities(target);
  expect(written).toHaveLength(128);
  expect(written[0]).toMatchObject({
    identifier: 't-s002',
    title: 'S002',
    properties: { language: 'Go', rank: 7 },
    relations: { twin: 's002' },
  });
});

test('makes several of one by its items, merges with what is there, and comes to an end in its own blueprint', async () => {
  const source = await server.blueprint({ schema: { properties: { parts: { type: 'array' } }, required: [] } });
  const target = await server.blueprint({ schema: strings('kept', 'of') });
  await server.entity(source, { identifier: 'x', properties: { parts: ['a', 'b'] } });
  await server.entity(source, { identifier: 'y', properties: {} });
  await server.entity(target, { identifier: 'x-a', properties: { kept: 'yes' } });
  const entity = { identifier: '.identifier + "-" + .item', properties: { of: '.identifier', kept: 'null' } };
  await begin(source, { blueprint: target, itemsToParse: '.properties.parts', entity });
  await server.settle();
  expect((await entities(target)).map(({ identifier, properties }) => [identifier, properties])).toEqual([
    ['x-a', { kept: 'yes', of: 'x' }],
    ['x-b', { of: 'x' }],
  ]);
  server.clock.advance(1_000);
  const id = await begin(target, { blueprint: target, entity: { identifier: '.identifier + "z"' } });
  await server.settle();
  expect(await stateOf(id)).toMatchObject({ status: 'COMPLETED', successCount: 2 });
  expect(await entities(target)).toHaveLength(4);
});

test('is for who may change blueprints; what jq cannot read is told with its place', async () => {
  const source = await server.blueprint();
  const mapping = { blueprint: source, entity: { identifier: '.identifier' } };
  const as = testPerson('mia', ['Member']);
  expect((await server.ask('POST', '/v1/migrations', { sourceBlueprint: source, mapping }, { as })).status).toBe(403);
  for (const [body, field] of [
    [{ sourceBlueprint: source, mapping: { ...mapping, filter: '.[' } }, 'mapping.filter'],
    [
      { sourceBlueprint: source, mapping: { ...mapping, entity: { identifier: '.a', properties: { x: '|' } } } },
      'properties.x',
    ],
    [{ sourceBlueprint: source, mapping: { ...mapping, more: 1 } }, 'more'],
    [{ sourceBlueprint: source, mapping: { blueprint: source, entity: {} } }, 'identifier'],
  ] as const) {
    const answer = await server.ask('POST', '/v1/migrations', body);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(field);
  }
  const lost = { sourceBlueprint: source, mapping: { ...mapping, blueprint: 'absent' } };
  expect((await server.ask('POST', '/v1/migrations', lost)).status).toBe(404);
});

test('goes on after a crash, and stops when it is cancelled', async () => {
  const source = await server.blueprint();
  const target = await server.blueprint();
  for (const identifier of ['a', 'b']) await server.entity(source, { identifier });
  const mapping = { blueprint: target, entity: { identifier: '.identifier' } };
  // Nobody takes the job.
  const crashed = await begin(source, mapping);
  server.clock.advance(61_000);
  await server.passTime();
  expect(await stateOf(crashed)).toMatchObject({ status: 'COMPLETED', successCount: 2 });
  const cancelled = await begin(source, mapping);
  await server.ask('POST', `/v1/migrations/${cancelled}/cancel`, {});
  await server.settle();
  expect(await stateOf(cancelled)).toMatchObject({ status: 'CANCELLED', failureCount: 0 });
});
