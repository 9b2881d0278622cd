import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Method } from '#platform/http/route.ts';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
  const schema = { properties: { note: { type: 'string' } }, required: [] };
  await server.blueprint({ identifier: 'domain', schema });
  await server.blueprint({ identifier: 'system', schema, relations: { domain: { target: 'domain' } } });
  await server.blueprint({
    identifier: 'service',
    schema,
    relations: { system: { target: 'system' }, others: { target: 'system', many: true } },
    mirrorProperties: {
      name: { path: 'system.domain.$title' },
      names: { path: 'others.domain.$title' },
      same: { path: 'system.$identifier' },
      theirs: { path: 'system.note' },
    },
  });
  for (const name of ['pay', 'ship']) await server.entity('domain', { identifier: name, title: name.toUpperCase() });
  await server.entity('system', { identifier: 'a', relations: { domain: 'pay' } });
  await server.entity('system', { identifier: 'b', relations: { domain: 'ship' } });
  await server.entity('system', { identifier: 'alone' });
  const relations = { system: 'a', others: ['b', 'alone', 'a'] };
  await server.entity('service', { identifier: 'one', relations });
  await server.entity('service', { identifier: 'two', relations: { system: 'alone' } });
});
afterAll(async () => server.close());

const attached = {
  name: { identifier: 'pay', title: 'PAY' },
  names: expect.arrayContaining([
    { identifier: 'ship', title: 'SHIP' },
    { identifier: 'pay', title: 'PAY' },
  ]) as unknown,
  same: 'a',
};
const option = 'attach_identifier_to_title_mirror_properties';

test.each<[Method, string, object | undefined]>([
  ['GET', '/v1/blueprints/service/entities/one', undefined],
  ['GET', '/v1/blueprints/service/entities', undefined],
  [
    'POST',
    '/v1/entities/search',
    { combinator: 'and', rules: [{ property: '$identifier', operator: '=', value: 'one' }] },
  ],
  ['POST', '/v1/blueprints/service/entities/search', {}],
])('%s %s says on request whose title a mirror shows', async (method, path, body) => {
  const told = async (query: string): Promise<unknown> => {
    const answer = await server.ask(method, `${path}${query}`, body);
    const entities = (answer.body['entities'] ?? [answer.body['entity']]) as { properties: object }[];
    return entities[0]?.properties;
  };
  expect(await told(`?${option}=true`)).toMatchObject(attached);
  expect(await told('')).toMatchObject({ name: 'PAY', same: 'a' });
});

test('what leads nowhere stays missing, and what is left out stays out', async () => {
  const read = async (query: string): Promise<unknown> => {
    const answer = await server.ask('GET', `/v1/blueprints/service/entities/two?${option}=true${query}`);
    return (answer.body['entity'] as { properties: object }).properties;
  };
  expect(await read('')).not.toHaveProperty('name');
  expect(await read('&exclude_calculated_properties=true')).toEqual({});
});
