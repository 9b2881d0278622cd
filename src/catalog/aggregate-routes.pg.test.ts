import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
const all = { combinator: 'and', rules: [] };
const incidents = [
  { identifier: 'i1', team: ['a'], properties: { cost: 10, kind: 'bug', at: '2026-05-01T09:00:00Z', tags: ['x'] } },
  {
    identifier: 'i2',
    team: ['a', 'b'],
    properties: { cost: 20, kind: 'bug', at: '2026-05-01T21:30:00Z', tags: ['x', 'y'] },
  },
  { identifier: 'i3', team: [], properties: { cost: 40, kind: 'outage', at: '2026-05-03T10:00:00Z' } },
  { identifier: 'i4', properties: { kind: 'bug', at: '2026-03-01T10:00:00Z' }, relations: { cause: 'i1' } },
];

beforeAll(async () => {
  server = await serveCatalog();
  await server.blueprint({
    identifier: 'incident',
    schema: {
      properties: {
        cost: { type: 'number' },
        kind: { type: 'string' },
        at: { type: 'string', format: 'date-time' },
        tags: { type: 'array' },
      },
      required: [],
    },
    relations: { cause: { target: 'incident' } },
  });
  await server.blueprint({ identifier: 'other', schema: { properties: {}, required: [] } });
  await server.entity('other', { identifier: 'o' });
  for (const incident of incidents) await server.entity('incident', incident);
});
afterAll(async () => server.close());

const figure = async (body: object): Promise<unknown> => {
  const answer = await server.ask('POST', '/v1/entities/aggregate', { query: all, ...body });
  expect(answer).toMatchObject({ status: 200, body: { ok: true, failedBlueprints: [] } });
  return answer.body['entities'];
};

describe('POST /v1/entities/aggregate', () => {
  test('counts, over all blueprints that can match', async () => {
    expect(await figure({ func: 'count' })).toBe(5);
    const query = { combinator: 'and', rules: [{ property: 'kind', operator: '=', value: 'bug' }] };
    const answer = await server.ask('POST', '/v1/entities/aggregate', { func: 'count', query });
    expect(answer.body).toMatchObject({ entities: 3, matchingBlueprints: ['incident'] });
  });

  test.each([
    ['sum', 70],
    ['min', 10],
    ['max', 40],
    ['median', 20],
    ['average', 70 / 3],
  ])('%s of a property', async (func, expected) => {
    expect(await figure({ func, property: 'cost' })).toBeCloseTo(expected as number, 9);
  });

  test('nothing to compute from is 0 for a sum and null for the rest', async () => {
    expect(await figure({ func: 'sum', property: 'nothing' })).toBe(0);
    for (const func of ['min', 'max', 'median', 'average']) expect(await figure({ func, property: 'kind' })).toBeNull();
  });

  test('averages per span since the first, a span begun counting as whole', async () => {
    // The clock says 2026-05-04T10:00Z: 64 days and no hour since the first.
    const measured = { func: 'average', averageOf: 'day', measureTimeBy: 'at' };
    expect(await figure(measured)).toBeCloseTo(4 / 64, 9);
    expect(await figure({ ...measured, averageOf: 'month', property: 'cost' })).toBeCloseTo(70 / 3, 9);
  });

  test('counts by value: of lists by item, of relations, teams and meta properties', async () => {
    expect(await figure({ func: 'countValues', property: 'kind' })).toEqual({ bug: 3, outage: 1 });
    expect(await figure({ func: 'countValues', property: 'tags' })).toEqual({ x: 2, y: 1 });
    expect(await figure({ func: 'countValues', relation: 'cause' })).toEqual({ i1: 1 });
    expect(await figure({ func: 'countValues', property: '$team' })).toEqual({ a: 2, b: 1 });
    expect(await figure({ func: 'countValues', property: '$blueprint' })).toEqual({ incident: 4, other: 1 });
  });

  test.each([
    [{ func: 'sum' }, 'property'],
    [{ func: 'countValues' }, 'property'],
    [
      { func: 'count', query: { combinator: 'and', rules: [{ property: 'a', operator: 'like' }] } },
      'query.rules[0].operator',
    ],
  ])('%j is refused at %s', async (body, path) => {
    const answer = await server.ask('POST', '/v1/entities/aggregate', { query: all, ...body });
    expect(answer).toMatchObject({ status: 422, body: { details: { errors: [{ path }] } } });
  });

  test('figures too large for JSON are none', async () => {
    const blueprint = await server.blueprint({ schema: { properties: { huge: { type: 'number' } }, required: [] } });
    for (const identifier of ['a', 'b']) await server.entity(blueprint, { identifier, properties: { huge: 1.7e308 } });
    expect(await figure({ func: 'sum', property: 'huge' })).toBeNull();
  });
});

describe('POST /v1/entities/aggregate-over-time', () => {
  const counted = {
    blueprint: 'incident',
    timeRange: { preset: 'lastWeek' },
    timeInterval: 'day',
    query: all,
    measureTimeBy: 'at',
    aggregationType: 'countEntities',
    func: 'count',
  };
  const ask = async (body: object): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await server.ask('POST', '/v1/entities/aggregate-over-time', { ...counted, ...body });
    expect(answer).toMatchObject({ status: 200 });
    return answer.body['result'] as Readonly<Record<string, unknown>>;
  };
  const points = async (body: object): Promise<readonly unknown[]> =>
    ((await ask(body))['data'] as readonly Record<string, number>[]).map(({ date, ...values }) => [
      new Date(date ?? 0).toISOString().slice(0, 16),
      values,
    ]);

  test('counts per day, with days of none', async () => {
    const result = await ask({});
    expect(result['maxDate']).toBe(Date.parse('2026-05-04T10:00:00Z'));
    const found = await points({});
    expect(found).toHaveLength(8);
    expect(found.slice(3, 7)).toEqual([
      ['2026-04-30T00:00', { count: 0 }],
      ['2026-05-01T00:00', { count: 2 }],
      ['2026-05-02T00:00', { count: 0 }],
      ['2026-05-03T00:00', { count: 1 }],
    ]);
  });

  test('days begin at midnight of the time zone', async () => {
    const found = await points({ timeRange: { preset: 'lastWeek', timeZone: 'Asia/Shanghai' } });
    expect(found).toContainEqual(['2026-04-30T16:00', { count: 1 }]);
    expect(found).toContainEqual(['2026-05-01T16:00', { count: 1 }]);
    expect(await points({ timeRange: { preset: 'today', timeZone: 'Asia/Shanghai' }, timeInterval: 'day' })).toEqual([
      ['2026-05-03T16:00', { count: 0 }],
    ]);
  });

  test('breaks down by a property, and averages by the parts of the interval', async () => {
    const found = await points({ timeInterval: 'isoWeek', breakdownProperty: 'kind' });
    expect(found).toEqual([
      ['2026-04-27T00:00', { bug: 2, outage: 1 }],
      ['2026-05-04T00:00', { bug: 0, outage: 0 }],
    ]);
    expect(await points({ timeInterval: 'isoWeek', func: 'average' })).toContainEqual([
      '2026-04-27T00:00',
      { count: 3 / 7 },
    ]);
  });

  test.each([
    ['sum', 30],
    ['last', 20],
    ['median', 15],
  ])('%s of properties', async (func, cost) => {
    const body = { aggregationType: 'aggregatePropertiesValues', func, properties: ['cost', 'nothing'] };
    const found = await points(body);
    expect(found).toContainEqual(['2026-05-01T00:00', { cost }]);
    expect(found).toContainEqual(['2026-05-02T00:00', {}]);
  });

  test.each([
    [{ timeRange: { preset: 'last2Years' } }, 'timeInterval'],
    [{ timeRange: { preset: 'today', timeZone: 'Moon/Base' } }, 'timeRange.timeZone'],
    [{ func: 'sum' }, 'func'],
    [{ aggregationType: 'aggregatePropertiesValues', func: 'sum' }, 'properties'],
  ])('%j is refused at %s', async (body, path) => {
    const answer = await server.ask('POST', '/v1/entities/aggregate-over-time', { ...counted, ...body });
    expect(answer).toMatchObject({ status: 422, body: { details: { errors: [{ path }] } } });
  });
});

test('pages read while others write give nothing twice and everything that was there', async () => {
  const blueprint = await server.blueprint({ schema: { properties: { n: { type: 'number' } }, required: [] } });
  const path = `/v1/blueprints/${blueprint}/entities`;
  const write = async (identifier: string, n: number) => server.ask('POST', path, { identifier, properties: { n } });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 8 }),
      fc.constantFrom('$identifier', '$title', '$createdAt', 'n'),
      fc.constantFrom('asc', 'desc'),
      async (before, during, property, order) => {
        round += 1;
        const old = before.map((_, index) => `${round}-old${index}`);
        for (const [index, n] of before.entries()) await write(`${round}-old${index}`, n);
        const query = {
          combinator: 'and',
          rules: [{ property: '$identifier', operator: 'beginsWith', value: `${round}-` }],
        };
        const found: string[] = [];
        for (let from: unknown, page = 0; ; page += 1) {
          const body = { query, sort: { property, order }, limit: 2, ...(from === undefined ? {} : { from }) };
          const answer = await server.ask('POST', `${path}/search`, body);
          found.push(...(answer.body['entities'] as readonly { identifier: string }[]).map((one) => one.identifier));
          from = answer.body['next'];
          if (from === undefined) break;
          const n = during[page];
          if (n !== undefined) await write(`${round}-new${page}`, n);
        }
        expect(new Set(found).size).toBe(found.length);
        expect(found).toEqual(expect.arrayContaining(old));
      },
    ),
    { numRuns: 25 },
  );
});
