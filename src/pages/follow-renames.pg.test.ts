import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModuleServer } from '#testing/module-server.ts';
import { servePages } from '#testing/page-server.ts';

let server: ModuleServer;
beforeAll(async () => {
  server = await servePages();
  const schema = { properties: { old: { type: 'string' }, size: { type: 'number' } }, required: [] };
  for (const identifier of ['boat', 'buoy']) {
    await server.ask('POST', '/v1/blueprints', { identifier, title: identifier, schema });
  }
});
afterAll(async () => server.close());

const query = (name: string) => ({ combinator: 'and', rules: [{ property: name, operator: '=', value: 'old' }] });
const widgets = (name: string, other: string) => [
  { id: 'pie', type: 'entities-pie-chart', title: 'old', blueprint: 'boat', property: name, dataset: query(name) },
  {
    id: 'tabs',
    type: 'grouper',
    groups: [
      {
        title: 'old',
        widgets: [
          {
            id: 'table',
            type: 'table-entities-explorer',
            blueprint: 'boat',
            blueprintConfig: {
              boat: {
                filterSettings: { filterBy: query(name) },
                groupSettings: { groupBy: [name] },
                sortSettings: { sortBy: [{ property: name, order: 'desc' }] },
                propertiesSettings: { shown: ['$title', name], hidden: [name], order: [name] },
              },
              buoy: { propertiesSettings: { shown: [other] } },
            },
            excludedFields: [name],
          },
        ],
      },
    ],
  },
  {
    id: 'text',
    type: 'markdown',
    source: 'property',
    blueprintIdentifier: 'boat',
    entityIdentifier: 'b',
    propertyIdentifier: name,
  },
  { id: 'other', type: 'entities-pie-chart', blueprint: 'buoy', property: other, dataset: query(other) },
];
const filters = (name: string) => [{ identifier: 'f', title: 'old', query: query(name) }];

test('widgets and filters show a renamed property under the new key, and no other is touched', async () => {
  const pages = {
    both: { widgets: widgets('old', 'old'), pageFilters: filters('old') },
    alone: { widgets: widgets('old', 'old').slice(0, 3), pageFilters: filters('old') },
    apart: { widgets: widgets('old', 'old').slice(3) },
  };
  for (const [identifier, page] of Object.entries(pages)) {
    const made = await server.ask('POST', '/v1/pages', { identifier, type: 'dashboard', title: 'Fleet', ...page });
    expect(made.body).toMatchObject({ ok: true });
  }
  const renamed = await server.ask('PATCH', '/v1/blueprints/boat/properties/old/rename', { newPropertyName: 'new' });
  expect(renamed.status).toBe(200);
  const read = async (identifier: string) => server.ask('GET', `/v1/pages/${identifier}`);
  expect((await read('both')).body['page']).toMatchObject({
    widgets: widgets('new', 'old'),
    pageFilters: filters('old'),
  });
  expect((await read('alone')).body['page']).toMatchObject({
    widgets: widgets('new', 'old').slice(0, 3),
    pageFilters: filters('new'),
  });
  const apart = await read('apart');
  expect(apart.body['page']).toMatchObject(pages.apart);
  expect(apart.headers.get('etag')).toBe('"1"');
  expect((await read('both')).headers.get('etag')).toBe('"2"');
});
