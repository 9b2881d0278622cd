import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { testPerson } from '#testing/module-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
});
afterAll(async () => server.close());

async function named(): Promise<{ readonly target: string; readonly source: string }> {
  const target = await server.blueprint();
  const source = await server.blueprint({
    schema: {
      properties: { first: { type: 'string' }, old: { type: 'string' }, last: { type: 'string' } },
      required: ['old'],
    },
    relations: { to: { target } },
    mirrorProperties: { name: { path: 'to.$title' } },
  });
  await server.entity(target, { identifier: 't', title: 'Target' });
  await server.entity(source, { identifier: 's', properties: { first: '1', old: '2' }, relations: { to: 't' } });
  return { target, source };
}

test('a property keeps its place, its values, its permissions and that it is required', async () => {
  const { source } = await named();
  const grant = { users: ['x@example.com'], roles: [], teams: [], ownedByTeam: false };
  await server.ask('PATCH', `/v1/blueprints/${source}/permissions`, { entities: { updateProperties: { old: grant } } });
  const path = `/v1/blueprints/${source}/properties/old/rename`;
  const answer = await server.ask('PATCH', path, { newPropertyName: 'new' });
  expect(answer).toMatchObject({ status: 200, body: { blueprint: { schema: { required: ['new'] } } } });
  const { schema } = answer.body['blueprint'] as { readonly schema: { readonly properties: object } };
  expect(Object.keys(schema.properties)).toEqual(['first', 'new', 'last']);
  expect((await server.read(source, 's'))['properties']).toEqual({ first: '1', new: '2', name: 'Target' });
  const permissions = await server.ask('GET', `/v1/blueprints/${source}/permissions`);
  expect(permissions.body['permissions']).toMatchObject({ entities: { updateProperties: { new: grant } } });
});

test('a mirror and a relation move with their values; what was computed over the relation is empty then', async () => {
  const { target, source } = await named();
  const mirror = `/v1/blueprints/${source}/mirror/name/rename`;
  expect((await server.ask('PATCH', mirror, { newMirrorName: 'called' })).status).toBe(200);
  expect((await server.read(source, 's'))['properties']).toMatchObject({ called: 'Target' });
  const relation = `/v1/blueprints/${source}/relations/to/rename`;
  expect((await server.ask('PATCH', relation, { newRelationIdentifier: 'onto' })).status).toBe(200);
  await server.settle();
  const read = await server.read(source, 's');
  expect(read).toMatchObject({ relations: { onto: 't' } });
  expect(read['properties']).toEqual({ first: '1', old: '2' });
  const rows = await sql<{ relation: string }>`
    select relation from entity_relation where blueprint = ${source}`.execute(server.core.db);
  expect(rows.rows).toEqual([{ relation: 'onto' }]);
  expect((await server.ask('DELETE', `/v1/blueprints/${target}/entities/t`)).status).toBe(200);
  expect(await server.read(source, 's')).toMatchObject({ relations: { onto: null } });
});

test.each([
  ['properties/none', { newPropertyName: 'x' }, 404, 'not_found'],
  ['properties/old', { newPropertyName: 'first' }, 409, 'identifier_taken'],
  ['properties/old', { newPropertyName: 'to' }, 409, 'identifier_taken'],
  ['properties/old', { newPropertyName: 'a b' }, 422, 'invalid_request'],
  ['properties/old', { newPropertyName: '__proto__' }, 422, 'invalid_request'],
  ['properties/old', { newMirrorName: 'x' }, 422, 'invalid_request'],
  ['mirror/old', { newMirrorName: 'x' }, 404, 'not_found'],
  ['relations/name', { newRelationIdentifier: 'x' }, 404, 'not_found'],
])('%s with %j is refused with %i %s', async (key, body, status, error) => {
  const { source } = await named();
  const answer = await server.ask('PATCH', `/v1/blueprints/${source}/${key}/rename`, body);
  expect(answer).toMatchObject({ status, body: { error } });
});

test('needs permission to change blueprints', async () => {
  const { source } = await named();
  const path = `/v1/blueprints/${source}/properties/old/rename`;
  const as = testPerson('mia', ['Member']);
  expect((await server.ask('PATCH', path, { newPropertyName: 'new' }, { as })).status).toBe(403);
});
