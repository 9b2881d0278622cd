import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
});
afterAll(async () => server.close());

const rule = (property: unknown, operator = 'isNotEmpty') => ({ property, operator });
const state = (name: string, relation: string) => ({
  columns: [{ key: '$title' }, { key: name, width: 90 }, { key: relation }, { key: `level:${name}` }],
  sort: `-${name}`,
  group: relation,
  filter: {
    combinator: 'and',
    rules: [
      rule(name),
      { combinator: 'or', rules: [rule('other'), { relation, operator: 'isEmpty' }] },
      { property: { path: [relation, 'old'] }, operator: 'matchAny', value: 'x' },
      { property: { path: ['old'], fromBlueprint: 'elsewhere' }, operator: 'matchAny', value: 'x' },
      { property: 'other', operator: '=', value: 'old' },
    ],
  },
});

test('views show a renamed property and relation under the new key, in columns, order, groups and filter', async () => {
  const target = await server.blueprint();
  const schema = { properties: { old: { type: 'string' }, other: { type: 'string' } }, required: [] };
  const relations = { up: { target } };
  const [kind, another] = [
    await server.blueprint({ schema, relations }),
    await server.blueprint({ schema, relations }),
  ];
  const views = (blueprint: string) => `/api/v1/blueprints/${blueprint}/views`;
  for (const blueprint of [kind, another]) {
    const made = await server.ask('POST', views(blueprint), { title: 'Mine', state: state('old', 'up') });
    expect(made.body).toMatchObject({ ok: true });
  }
  const events = await server.eventsOf(async () => {
    await server.ask('PATCH', `/v1/blueprints/${kind}/properties/old/rename`, { newPropertyName: 'new' });
    await server.ask('PATCH', `/v1/blueprints/${kind}/relations/up/rename`, { newRelationIdentifier: 'above' });
  });
  expect(events.map((event) => event.kind)).toEqual([
    'blueprint.updated',
    'view.updated',
    'blueprint.updated',
    'view.updated',
  ]);
  const stateOf = async (blueprint: string): Promise<unknown> =>
    ((await server.ask('GET', views(blueprint))).body['views'] as { readonly state: object }[])[0]?.state;
  const expected = state('new', 'above');
  expect(await stateOf(kind)).toEqual({
    ...expected,
    columns: [...expected.columns.slice(0, 3), { key: 'level:old' }],
  });
  expect(await stateOf(another)).toEqual(state('old', 'up'));
});
