import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
});
afterAll(async () => server.close());

const where = (property: string, operator: string, value: unknown) => ({
  combinator: 'and',
  rules: [{ property, operator, value }],
});
const entities = (blueprint: string, query = '') => `/v1/blueprints/${blueprint}/entities${query}`;
const refused = (answer: { readonly body: object }) =>
  answer.body as { readonly error: string; readonly message: string };

async function related(): Promise<{ readonly target: string; readonly source: string }> {
  const target = await server.blueprint({
    schema: { properties: { pager: { type: 'string' }, kind: { type: 'string' } }, required: [] },
    calculationProperties: { loud: { type: 'string', calculation: '.title' } },
  });
  const source = await server.blueprint({
    schema: { properties: { note: { type: 'string' } }, required: [] },
    relations: { one: { target }, some: { target, many: true }, must: { target } },
    calculationProperties: { me: { type: 'string', calculation: '.identifier + "!"' } },
  });
  for (const [identifier, pager, kind] of [
    ['a', 'PA', 'x'],
    ['b', 'PB', 'x'],
    ['c', 'PC', 'y'],
  ]) {
    await server.entity(target, { identifier, properties: { pager, kind } });
  }
  return { target, source };
}

test('relations may be named by what is to be found', async () => {
  const { source } = await related();
  const written = await server.entity(source, {
    relations: { one: where('pager', '=', 'PB'), some: where('kind', 'in', ['x']), must: where('pager', '=', 'none') },
  });
  expect(written['relations']).toEqual({ one: 'b', some: ['a', 'b'], must: null });
  expect(written['properties']).toEqual({ me: `${String(written['identifier'])}!` });
});

test('an identifier may be named by what is to be found, where exactly one entity is', async () => {
  const { target } = await related();
  const upsert = entities(target, '?upsert=true&merge=true');
  const found = await server.ask('POST', upsert, { identifier: where('pager', '=', 'PC'), title: 'See' });
  expect(found).toMatchObject({ status: 200, body: { entity: { identifier: 'c', title: 'See' } } });
  const none = await server.ask('POST', upsert, { identifier: where('pager', '=', 'PX') });
  expect(none).toMatchObject({ status: 404, body: { error: 'not_found' } });
  const two = await server.ask('POST', upsert, { identifier: where('kind', '=', 'x') });
  expect(two).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
  const bulk = await server.ask('POST', entities(target, '/bulk?upsert=true&merge=true'), {
    entities: [{ identifier: where('pager', '=', 'PX') }, { identifier: where('pager', '=', 'PA'), title: 'Ay' }],
  });
  expect(bulk).toMatchObject({
    status: 207,
    body: {
      entities: [{ index: 1, identifier: 'a', created: false }],
      errors: [{ index: 0, identifier: 'unknown', statusCode: 404, error: 'not_found' }],
    },
  });
});

test.each([
  ['no rule', { combinator: 'and', rules: [] }, 'at least one rule'],
  ['another operator', where('pager', '>', 3), 'may use only'],
  ['a computed value', where('loud', '=', 'A'), 'computed'],
  ['something that is no query', { rules: 1 }, 'combinator'],
])('a query with %s is refused', async (_, query, words) => {
  const { source } = await related();
  const answer = await server.ask('POST', entities(source), { relations: { one: query } });
  expect(answer.status).toBe(422);
  expect(refused(answer).message).toContain(words);
});

test('a single relation refuses several matches, an unknown relation is a 404', async () => {
  const { source } = await related();
  const several = await server.ask('POST', entities(source), { relations: { one: where('kind', '=', 'x') } });
  expect(several).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
  const unknown = await server.ask('POST', entities(source), { relations: { none: where('kind', '=', 'x') } });
  expect(unknown).toMatchObject({ status: 404, body: { error: 'not_found' } });
});
