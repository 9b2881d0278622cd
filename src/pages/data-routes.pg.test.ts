import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ModuleServer, testPerson } from '#testing/module-server.ts';
import { servePages } from '#testing/page-server.ts';

let server: ModuleServer;
const outsider = testPerson('outsider', ['Member']);
const keeper = testPerson('keeper', ['Member'], ['keepers']);
const boats = [
  { identifier: 'a', title: 'Anna', team: ['keepers'], properties: { kind: 'sail', length: 10, log: '# Anna' } },
  { identifier: 'b', title: 'Berta', team: [], properties: { kind: 'sail', length: 20 } },
  { identifier: 'c', title: 'Carla', team: [], properties: { kind: 'motor', length: 60 }, relations: { berth: 'p1' } },
  { identifier: 'd', title: 'Dora', team: [], properties: {} },
];

beforeAll(async () => {
  server = await servePages();
  const make = async (path: string, body: object): Promise<void> => {
    expect(await server.ask('POST', path, body)).toMatchObject({ body: { ok: true } });
  };
  const text = { type: 'string' };
  await make('/v1/blueprints', { identifier: 'berth', title: 'Berth', schema: { properties: {}, required: [] } });
  await make('/v1/blueprints', {
    identifier: 'boat',
    title: 'Boat',
    schema: { properties: { kind: text, length: { type: 'number' }, log: text }, required: [] },
    relations: { berth: { target: 'berth' } },
  });
  await make('/v1/blueprints/berth/entities', { identifier: 'p1' });
  for (const boat of boats) await make('/v1/blueprints/boat/entities', boat);
});
afterAll(async () => server.close());

const about = { blueprint: 'boat' };
const rule = (property: string, operator: string, value?: unknown): object => ({
  combinator: 'and',
  rules: [{ property, operator, ...(value === undefined ? {} : { value }) }],
});

async function preview(widget: object, rest: object = {}): Promise<unknown> {
  const answer = await server.ask('POST', '/api/v1/widget-previews', { widget, ...rest });
  expect(answer).toMatchObject({ status: 200, body: { ok: true } });
  return answer.body['widget'];
}

describe('a number', () => {
  const number = { type: 'entities-number-chart', ...about };
  test.each([
    [{ func: 'count' }, 4],
    [{ func: 'sum', property: 'length', calculationBy: 'property' }, 90],
    [{ func: 'average', property: 'length', calculationBy: 'property' }, 30],
    [{ func: 'median', property: 'length' }, 20],
    [{ func: 'count', dataset: rule('kind', '=', 'sail') }, 2],
    [{ func: 'count', dataset: [{ property: 'kind', operator: '=', value: 'sail' }] }, 2],
    [{ func: 'count', blueprint: undefined, dataset: { combinator: 'and', rules: [] } }, 5],
    [{ func: 'max', property: 'kind' }, null],
  ])('%j', async (rest, figure) => {
    expect(await preview({ ...number, ...rest })).toEqual({ ok: true, kind: 'number', figure });
  });
});

test('a pie counts by value, with those that have none', async () => {
  const pie = { type: 'entities-pie-chart', ...about };
  expect(await preview({ ...pie, property: 'kind' })).toEqual({
    ok: true,
    kind: 'values',
    blueprint: 'boat',
    total: 4,
    values: [
      { value: 'sail', count: 2 },
      { value: 'motor', count: 1 },
      { value: null, count: 1 },
    ],
  });
  expect(await preview({ ...pie, property: 'berth' })).toMatchObject({
    values: [
      { value: null, count: 3 },
      { value: 'p1', count: 1 },
    ],
  });
});

test('a line counts over time, or follows the numbers of one entity', async () => {
  const line = { type: 'line-chart', ...about, timeRange: { preset: 'lastWeek' }, timeInterval: 'day' };
  const counted = await preview({
    ...line,
    chartType: 'countEntities',
    func: 'count',
    measureTimeBy: '$createdAt',
    breakdownProperty: 'kind',
  });
  expect(counted).toMatchObject({ ok: true, kind: 'series' });
  const { series } = counted as { series: { data: readonly Record<string, number>[] } };
  expect(series.data).toHaveLength(8);
  expect(series.data.at(-1)).toMatchObject({ sail: 2, motor: 1 });
  const history = { ...line, chartType: 'propertiesValueHistory', properties: ['length'], entity: 'b' };
  expect(await preview(history)).toMatchObject({ series: { data: expect.arrayContaining([]) as unknown } });
});

test('a table has the first rows in the order that was set, and how many there are', async () => {
  const sortSettings = { sortBy: [{ property: 'length', order: 'desc' }] };
  const table = { type: 'table-entities-explorer', ...about, dataset: rule('kind', 'isNotEmpty') };
  const shown = await preview({ ...table, blueprintConfig: { boat: { sortSettings } } });
  expect(shown).toMatchObject({ kind: 'rows', count: 3, blueprint: 'boat' });
  const { entities } = shown as { entities: readonly { identifier: string }[] };
  expect(entities.map((entity) => entity.identifier)).toEqual(['c', 'b', 'a']);
});

test('text is that of a property', async () => {
  const text = { type: 'markdown', source: 'property', blueprintIdentifier: 'boat', propertyIdentifier: 'log' };
  expect(await preview({ ...text, entityIdentifier: 'a' })).toEqual({ ok: true, kind: 'text', text: '# Anna' });
  expect(await preview({ ...text, entityIdentifier: 'none' })).toMatchObject({ ok: false, error: 'not_found' });
});

test.each([
  [{ type: 'entities-number-chart', blueprint: 'none' }, 'not_found'],
  [{ type: 'entities-number-chart', ...about, func: 'sum' }, 'invalid_request'],
  [{ type: 'entities-number-chart', ...about, func: '__proto__' }, 'invalid_request'],
  [{ type: 'bar-chart', property: 'kind' }, 'invalid_request'],
  [{ type: 'line-chart', ...about, chartType: 'aggregatePropertiesValues' }, 'invalid_request'],
  [{ type: 'bar-chart', ...about, property: 'kind', dataset: rule('kind', 'like', 1) }, 'invalid_request'],
  [{ type: 'links-widget', links: [] }, 'invalid_request'],
])('%j says why it shows nothing', async (widget, error) => {
  expect(await preview(widget)).toMatchObject({ ok: false, error, message: expect.any(String) as string });
});

describe('a page', () => {
  const number = (id: string, rest: object = {}): object => ({ id, type: 'entities-number-chart', ...about, ...rest });
  const data = async (identifier: string, body: object = {}, as?: ReturnType<typeof testPerson>): Promise<object> => {
    const answer = await server.ask('POST', `/api/v1/pages/${identifier}/data`, body, as === undefined ? {} : { as });
    expect(answer.body).toMatchObject({ ok: true });
    return answer.body['widgets'] as object;
  };

  test('shows all its widgets, and one that fails leaves the others', async () => {
    const inside = {
      id: 'd',
      type: 'dashboard-widget',
      layout: [],
      widgets: [number('n'), number('bad', { blueprint: 'x' })],
    };
    const text = { id: 't', type: 'markdown', markdown: 'needs nothing' };
    await server.ask('POST', '/v1/pages', { identifier: 'all', type: 'dashboard', widgets: [inside, text] });
    expect(await data('all')).toEqual({
      n: { ok: true, kind: 'number', figure: 4 },
      bad: { ok: false, error: 'not_found', message: expect.any(String) as string },
    });
    expect(await data('all', { widgets: ['n'] })).toEqual({ n: { ok: true, kind: 'number', figure: 4 } });
  });

  test('is narrowed by its filters, and by those that are given instead; others are left as they are', async () => {
    const widgets = [number('boats'), number('berths', { blueprint: 'berth' })];
    const pageFilters = [{ identifier: 'sail', title: 'Sail', query: rule('kind', '=', 'sail') }];
    await server.ask('POST', '/v1/pages', { identifier: 'narrow', type: 'dashboard', widgets, pageFilters });
    const figures = async (body: object): Promise<unknown> =>
      Object.values(await data('narrow', body)).map((one) => (one as { figure: number }).figure);
    expect(await figures({})).toEqual([2, 1]);
    expect(await figures({ filters: [] })).toEqual([4, 1]);
    expect(await figures({ filters: [rule('kind', '=', 'motor'), rule('length', '>', 70)] })).toEqual([0, 1]);
  });

  test('refuses filters that cannot be read, also when it is saved', async () => {
    const broken = rule('kind', 'like', 1);
    const answer = await server.ask('POST', '/api/v1/pages/narrow/data', { filters: [broken] });
    expect(answer).toMatchObject({ status: 422 });
    const pageFilters = [{ query: broken }];
    const saved = await server.ask('PATCH', '/v1/pages/narrow', { pageFilters });
    expect(saved).toMatchObject({ status: 422 });
    expect(JSON.stringify(saved.body)).toContain('pageFilters[0].query.rules[0].operator');
  });

  test('shows everybody what they may see', async () => {
    await server.ask('POST', '/v1/pages', { identifier: 'mine', type: 'dashboard', widgets: [number('n')] });
    const read = { users: [], roles: ['Admin'], teams: [], ownedByTeam: true };
    await server.ask('PATCH', '/v1/blueprints/boat/permissions', { entities: { read } });
    expect(await data('mine', {}, keeper)).toMatchObject({ n: { figure: 1 } });
    expect(await data('mine', {}, outsider)).toMatchObject({ n: { figure: 0 } });
    await server.ask('PATCH', '/v1/pages/mine/permissions', { read: { roles: [] } });
    const hidden = await server.ask('POST', '/api/v1/pages/mine/data', {}, { as: keeper });
    expect(hidden.status).toBe(404);
  });
});
