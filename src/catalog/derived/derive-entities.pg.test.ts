import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
  await server.teams('blue', 'red');
});
afterAll(async () => server.close());

type Shown = Readonly<Record<string, unknown>>;

async function properties(blueprint: string, identifier: string): Promise<Shown> {
  return (await server.read(blueprint, identifier))['properties'] as Shown;
}

async function chain(): Promise<{ readonly domain: string; readonly system: string; readonly service: string }> {
  const domain = await server.blueprint({
    schema: { properties: { tier: { type: 'string' }, cost: { type: 'number' } }, required: [] },
    ownership: { type: 'Direct' },
  });
  const system = await server.blueprint({
    schema: { properties: {}, required: [] },
    relations: { domain: { target: domain } },
    mirrorProperties: { tier: { path: 'domain.tier' } },
    calculationProperties: { shout: { type: 'string', calculation: '.title | ascii_upcase' } },
  });
  const service = await server.blueprint({
    schema: { properties: { ok: { type: 'number' }, total: { type: 'number' } }, required: [] },
    relations: { system: { target: system }, friends: { target: system, many: true } },
    ownership: { type: 'Inherited', path: 'system.domain' },
    mirrorProperties: {
      tier: { path: 'system.domain.tier' },
      systemTier: { path: 'system.tier' },
      systemName: { path: 'system.$title' },
      owners: { path: 'system.domain.$team' },
      friendNames: { path: 'friends.$identifier' },
      friendTiers: { path: 'friends.domain.tier' },
      shout: { path: 'system.shout' },
      nowhere: { path: 'system.nothing.at.all' },
    },
    calculationProperties: {
      slo: { type: 'number', calculation: '.properties.ok / .properties.total' },
      label: { type: 'string', calculation: '.properties.tier + "/" + .relations.system' },
      wrong: { type: 'number', calculation: '"a text"' },
      quoted: { type: 'string', calculation: "'x-' + .identifier" },
      nested: { type: 'string', calculation: '.properties.quoted' },
    },
  });
  return { domain, system, service };
}

describe('mirrors and calculations', () => {
  test('are right in the answer of the write itself, over several relations', async () => {
    const { domain, system, service } = await chain();
    await server.entity(domain, { identifier: 'd1', team: ['blue'], properties: { tier: 'gold' } });
    await server.entity(system, { identifier: 's1', title: 'Shop', relations: { domain: 'd1' } });
    await server.entity(system, { identifier: 's2' });
    const written = await server.entity(service, {
      identifier: 'a',
      properties: { ok: 1, total: 4, tier: 'ignored' },
      relations: { system: 's1', friends: ['s2', 's1'] },
    });
    expect(written).toMatchObject({ team: ['blue'] });
    expect(written['properties']).toEqual({
      ok: 1,
      total: 4,
      tier: 'gold',
      systemTier: 'gold',
      systemName: 'Shop',
      owners: ['blue'],
      friendNames: ['s2', 's1'],
      friendTiers: ['gold'],
      shout: 'SHOP',
      slo: 0.25,
      label: 'gold/s1',
      quoted: 'x-a',
    });
    expect(await server.read(service, 'a')).toEqual(written);
    const bare = await server.ask('GET', `/v1/blueprints/${service}/entities/a?exclude_calculated_properties=true`);
    expect((bare.body['entity'] as Shown)['properties']).toEqual({ ok: 1, total: 4 });
  });

  test('follow what they depend on, and one event tells of each change', async () => {
    const { domain, system, service } = await chain();
    await server.entity(domain, { identifier: 'd1', team: ['blue'], properties: { tier: 'gold' } });
    await server.entity(domain, { identifier: 'd2', team: ['red'], properties: { tier: 'silver' } });
    await server.entity(system, { identifier: 's1', title: 'Shop', relations: { domain: 'd1' } });
    await server.entity(service, { identifier: 'a', relations: { system: 's1' } });
    await server.settle();
    const events = await server.eventsOf(async () => {
      await server.entity(domain, { identifier: 'd1', properties: { tier: 'bronze' } }, '?upsert=true&merge=true');
      await server.settle();
    });
    expect(events.map((event) => event.subject).toSorted()).toEqual(
      [`entity:${domain}/d1`, `entity:${service}/a`, `entity:${system}/s1`].toSorted(),
    );
    expect(await properties(service, 'a')).toMatchObject({ tier: 'bronze', systemTier: 'bronze', label: 'bronze/s1' });

    await server.entity(system, { identifier: 's1', relations: { domain: 'd2' } }, '?upsert=true&merge=true');
    await server.settle();
    expect(await server.read(service, 'a')).toMatchObject({ team: ['red'], properties: { tier: 'silver' } });

    await server.ask('PUT', `/v1/blueprints/${system}/entities/s1`, { identifier: 's9', relations: { domain: 'd2' } });
    await server.settle();
    expect(await properties(service, 'a')).toMatchObject({ label: 'silver/s9', systemName: 's9', shout: 'S9' });

    await server.ask('DELETE', `/v1/blueprints/${system}/entities/s9`);
    await server.settle();
    expect(await server.read(service, 'a')).toMatchObject({ team: [], relations: { system: null } });
    expect(await properties(service, 'a')).toEqual({ friendNames: [], friendTiers: [], label: '/', quoted: 'x-a' });
    expect(await server.eventsOf(server.settle)).toEqual([]);
  });

  test('an upsert that changes nothing writes nothing, a merge keeps what is computed', async () => {
    const { domain, system } = await chain();
    await server.entity(domain, { identifier: 'd1', properties: { tier: 'gold' } });
    const entity = { identifier: 's1', title: 'x', relations: { domain: 'd1' } };
    await server.entity(system, entity);
    expect(await server.eventsOf(async () => server.entity(system, entity, '?upsert=true'))).toEqual([]);
    const merged = await server.entity(system, { identifier: 's1', title: 'y' }, '?upsert=true&merge=true');
    expect(merged['properties']).toEqual({ tier: 'gold', shout: 'Y' });
  });

  test('entities of one call see each other', async () => {
    const kind = await server.blueprint({
      relations: { parent: { target: 'kind-self' } },
      identifier: 'kind-self',
      mirrorProperties: { up: { path: 'parent.$title' }, upUp: { path: 'parent.up' } },
    });
    const entities = [
      { identifier: 'a', title: 'A' },
      { identifier: 'b', title: 'B', relations: { parent: 'a' } },
      { identifier: 'c', title: 'C', relations: { parent: 'b' } },
    ];
    await server.ask('POST', `/v1/blueprints/${kind}/entities/bulk`, { entities });
    expect(await properties(kind, 'c')).toEqual({ up: 'B', upUp: 'A' });
  });

  test('an expression that does not compile is refused when it is saved', async () => {
    const kind = await server.blueprint();
    const patch = { calculationProperties: { bad: { type: 'string', calculation: '.a | ' } } };
    const refused = await server.ask('PATCH', `/v1/blueprints/${kind}`, patch);
    expect(refused).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
    expect(refused.body.message).toContain('calculationProperties.bad.calculation');
  });

  test('one that never ends has no value and stops nobody', async () => {
    const kind = await server.blueprint({
      calculationProperties: {
        endless: { type: 'number', calculation: '[range(1e9)] | length' },
        fine: { type: 'string', calculation: '.title' },
      },
    });
    expect((await server.entity(kind, { identifier: 'a' }))['properties']).toEqual({ fine: 'a' });
    expect((await server.entity(kind, { identifier: 'b' }))['properties']).toEqual({ fine: 'b' });
  });

  test('blueprints that change have their entities computed anew', async () => {
    const { domain, system, service } = await chain();
    await server.entity(domain, { identifier: 'd1', properties: { tier: 'gold', cost: 7 } });
    await server.entity(system, { identifier: 's1', relations: { domain: 'd1' } });
    await server.entity(service, { identifier: 'a', relations: { system: 's1' } });
    await server.ask('PATCH', `/v1/blueprints/${system}`, {
      mirrorProperties: { cost: { path: 'domain.cost' }, tier: null },
      calculationProperties: { shout: { type: 'string', calculation: '"changed"' } },
    });
    await server.settle();
    expect(await properties(system, 's1')).toEqual({ cost: 7, shout: 'changed' });
    expect(await properties(service, 'a')).toMatchObject({ tier: 'gold', shout: 'changed' });
    expect(await properties(service, 'a')).not.toHaveProperty('systemTier');
    await server.ask('PATCH', `/v1/blueprints/${system}`, { relations: { domain: null } });
    await server.settle();
    expect(await properties(service, 'a')).not.toHaveProperty('tier');
  });

  test('values that feed each other in a circle come to rest', async () => {
    const kind = await server.blueprint({
      identifier: 'circle',
      relations: { next: { target: 'circle' } },
      mirrorProperties: { before: { path: 'next.count' } },
      calculationProperties: { count: { type: 'number', calculation: '(.properties.before // 0) + 1' } },
    });
    await server.entity(kind, { identifier: 'a' });
    await server.entity(kind, { identifier: 'b', relations: { next: 'a' } });
    await server.entity(kind, { identifier: 'a', relations: { next: 'b' } }, '?upsert=true');
    await server.settle();
    expect(Number((await properties(kind, 'a'))['count'])).toBeGreaterThan(10);
  });

  test('search, sort and count see them', async () => {
    const { domain, system, service } = await chain();
    await server.entity(domain, { identifier: 'd1', properties: { tier: 'gold' } });
    await server.entity(domain, { identifier: 'd2', properties: { tier: 'bronze' } });
    await server.entity(system, { identifier: 's1', relations: { domain: 'd1' } });
    await server.entity(system, { identifier: 's2', relations: { domain: 'd2' } });
    for (const [identifier, to] of [
      ['a', 's1'],
      ['b', 's2'],
      ['c', 's1'],
    ] as const) {
      await server.entity(service, { identifier, properties: { ok: 1, total: 2 }, relations: { system: to } });
    }
    const query = {
      combinator: 'and',
      rules: [
        { property: 'tier', operator: '=', value: 'gold' },
        { property: 'slo', operator: '>', value: 0.4 },
      ],
    };
    const found = await server.ask('POST', `/v1/blueprints/${service}/entities/search`, { query });
    expect((found.body['entities'] as Shown[]).map((entity) => entity['identifier'])).toEqual(['a', 'c']);
    const sorted = await server.ask('POST', `/v1/blueprints/${service}/entities/search`, {
      sort: { property: 'tier', order: 'asc' },
      limit: 2,
    });
    expect((sorted.body['entities'] as Shown[]).map((entity) => entity['identifier'])).toEqual(['b', 'a']);
    const rest = await server.ask('POST', `/v1/blueprints/${service}/entities/search`, {
      sort: { property: 'tier', order: 'asc' },
      from: sorted.body['next'],
    });
    expect((rest.body['entities'] as Shown[]).map((entity) => entity['identifier'])).toEqual(['c']);
  });

  test('a generated identifier is the one that expressions see', async () => {
    const kind = await server.blueprint({
      calculationProperties: { me: { type: 'string', calculation: '.identifier | ascii_downcase | ascii_upcase' } },
    });
    const written = await server.entity(kind, {});
    expect(written['properties']).toEqual({ me: String(written['identifier']).toUpperCase() });
  });
});

test('what the guide shows can be done', async () => {
  const page = await readFile(new URL('../../../docs/guide/model-your-catalog.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```json\n([^]*?)```/g)].map(([, text]) => JSON.parse(text ?? '') as Shown);
  expect(examples).toHaveLength(5);
  const [domain, system, service, cost, checkout] = examples;
  for (const blueprint of [domain, system, service]) {
    expect((await server.ask('POST', '/v1/blueprints', blueprint)).body).toMatchObject({ ok: true });
  }
  expect((await server.ask('PATCH', '/v1/blueprints/domain', cost)).body).toMatchObject({ ok: true });
  await server.entity('domain', { identifier: 'sales', team: 'blue', properties: { tier: 'gold' } });
  await server.entity('system', { identifier: 'shop', title: 'Shop', relations: { domain: 'sales' } });
  const written = await server.entity('service', { ...checkout, properties: { ok: 99, total: 100, cost: 5 } });
  expect(written).toMatchObject({
    team: ['blue'],
    relations: { system: 'shop' },
    properties: { tier: 'gold', availability: 99 },
  });
  await server.settle();
  expect(await properties('domain', 'sales')).toMatchObject({ goldCost: 5 });
});

describe('aggregations', () => {
  test('count and compute over what is related, in either direction, over any number of relations', async () => {
    const { owner, middle, item } = await aggregated();
    for (const [identifier, cost, parent] of [
      ['i1', 4, 'm1'],
      ['i2', 10, 'm1'],
      ['i3', 1, 'm2'],
      ['i4', 99, 'm3'],
    ] as const) {
      await server.entity(item, {
        identifier,
        properties: { cost, kind: cost > 5 ? 'big' : 'small' },
        relations: { middle: parent },
      });
    }
    await server.settle();
    expect(await properties(owner, 'o1')).toMatchObject({
      count: 3,
      sum: 15,
      min: 1,
      max: 10,
      median: 4,
      average: 5,
      big: 1,
      perDay: 3,
      costPerHour: 15,
      direct: 2,
      double: 30,
    });
    expect(await properties(owner, 'o2')).toEqual({
      count: 1,
      sum: 99,
      min: 99,
      max: 99,
      median: 99,
      average: 99,
      big: 1,
      perDay: 1,
      costPerHour: 99,
      direct: 1,
      double: 198,
    });
    expect(await properties(item, 'i1')).toMatchObject({ owners: 1 });
    // Switch, delete and change.
    await server.entity(middle, { identifier: 'm2', relations: { owner: 'o2' } }, '?upsert=true&merge=true');
    await server.ask('DELETE', `/v1/blueprints/${item}/entities/i2`);
    await server.entity(item, { identifier: 'i1', properties: { cost: 5 } }, '?upsert=true&merge=true');
    await server.settle();
    expect(await properties(owner, 'o1')).toMatchObject({ count: 1, sum: 5, big: 0 });
    expect(await properties(owner, 'o2')).toMatchObject({ count: 2, sum: 100 });
    await server.ask('DELETE', `/v1/blueprints/${middle}/entities/m1`);
    await server.settle();
    expect(await properties(owner, 'o1')).toEqual({ count: 0, sum: 0, big: 0, direct: 0, double: 0 });
    expect(await properties(item, 'i1')).toMatchObject({ owners: 0 });
  });

  test('what depends on time is computed anew as time passes', async () => {
    const item = await server.blueprint({
      schema: { properties: { until: { type: 'string', format: 'timer' } }, required: [] },
      calculationProperties: { isOver: { type: 'boolean', calculation: '(.properties.until | fromdate) < now' } },
    });
    const owner = await server.blueprint({
      aggregationProperties: {
        open: {
          title: 'Open',
          target: item,
          calculationSpec: { calculationBy: 'entities', func: 'count' },
          query: { combinator: 'and', rules: [{ property: 'until', operator: 'isNotExpired' }] },
        },
      },
    });
    await server.ask('PATCH', `/v1/blueprints/${item}`, { relations: { owner: { target: owner } } });
    await server.entity(owner, { identifier: 'o' });
    const until = new Date(server.clock.now().getTime() + 50_000).toISOString().replace('.000Z', 'Z');
    const written = await server.entity(item, { identifier: 'i', properties: { until }, relations: { owner: 'o' } });
    expect(written['properties']).toMatchObject({ isOver: false });
    await server.settle();
    expect(await properties(owner, 'o')).toEqual({ open: 1 });
    server.clock.advance(60_000);
    await server.passTime();
    expect(await properties(item, 'i')).toMatchObject({ isOver: true });
    expect(await properties(owner, 'o')).toEqual({ open: 0 });
  });

  test('definitions that cannot be computed are refused at the place', async () => {
    const refused = await server.ask('POST', '/v1/blueprints', {
      identifier: 'wrong',
      title: 'Wrong',
      schema: { properties: {} },
      aggregationProperties: {
        a: { title: 'A', target: 'x', calculationSpec: { calculationBy: 'entities', func: 'median' } },
        b: { title: 'B', target: 'x', calculationSpec: { calculationBy: 'property', func: 'sum' } },
        c: {
          title: 'C',
          target: 'x',
          calculationSpec: { calculationBy: 'entities', func: 'count' },
          query: { combinator: 'xor' },
        },
        d: {
          title: 'D',
          target: 'x',
          calculationSpec: { calculationBy: 'entities', func: 'count' },
          pathFilter: [{}, {}],
        },
      },
    });
    expect(refused.status).toBe(422);
    const paths = ((refused.body as Shown)['details'] as { errors: { path: string }[] }).errors.map(({ path }) => path);
    expect(paths).toEqual([
      'aggregationProperties.a.calculationSpec',
      'aggregationProperties.b.calculationSpec',
      'aggregationProperties.c.query',
      'aggregationProperties.d.pathFilter',
    ]);
  });
});

async function aggregated(): Promise<{ readonly owner: string; readonly middle: string; readonly item: string }> {
  const owner = await server.blueprint();
  const middle = await server.blueprint({ relations: { owner: { target: owner } } });
  const item = await server.blueprint({
    schema: { properties: { cost: { type: 'number' }, kind: { type: 'string' } }, required: [] },
    relations: { middle: { target: middle } },
    aggregationProperties: {
      owners: { title: 'Owners', target: owner, calculationSpec: { calculationBy: 'entities', func: 'count' } },
    },
  });
  const by = (spec: object, rest: object = {}) => ({ title: 'x', target: item, calculationSpec: spec, ...rest });
  const cost = (func: string, rest: object = {}) => by({ calculationBy: 'property', property: 'cost', func, ...rest });
  const count = { calculationBy: 'entities', func: 'count' };
  const big = { combinator: 'and', rules: [{ property: 'kind', operator: '=', value: 'big' }] };
  await server.ask('PATCH', `/v1/blueprints/${owner}`, {
    aggregationProperties: {
      count: by(count),
      sum: cost('sum'),
      min: cost('min'),
      max: cost('max'),
      median: cost('median'),
      average: cost('average', { averageOf: 'total' }),
      big: by(count, { query: big }),
      perDay: by({ calculationBy: 'entities', func: 'average', averageOf: 'day' }),
      costPerHour: cost('average', { averageOf: 'hour', measureTimeBy: '$createdAt' }),
      direct: { ...by(count), target: middle, pathFilter: [{ path: ['owner'], fromBlueprint: middle }] },
    },
    calculationProperties: { double: { type: 'number', calculation: '.properties.sum * 2' } },
  });
  for (const identifier of ['o1', 'o2']) await server.entity(owner, { identifier });
  for (const [identifier, parent] of [
    ['m1', 'o1'],
    ['m2', 'o1'],
    ['m3', 'o2'],
  ] as const) {
    await server.entity(middle, { identifier, relations: { owner: parent } });
  }
  return { owner, middle, item };
}
