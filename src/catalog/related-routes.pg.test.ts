import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { testPerson } from '#testing/module-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
  const none = { properties: {}, required: [] };
  await server.blueprint({ identifier: 'domain', title: 'Domain', schema: none });
  await server.blueprint({
    identifier: 'service',
    title: 'Service',
    schema: none,
    relations: { domain: { target: 'domain' }, dependsOn: { target: 'service', many: true } },
  });
  await server.blueprint({
    identifier: 'deployment',
    title: 'Deployment',
    schema: none,
    relations: { service: { target: 'service', required: true } },
  });
  await server.blueprint({
    identifier: 'log',
    title: 'Log',
    schema: none,
    relations: { deployment: { target: 'deployment', required: true } },
  });
  await server.entity('domain', { identifier: 'pay', title: 'Payments' });
  await server.entity('service', { identifier: 'a', title: 'Alpha', relations: { domain: 'pay' } });
  await server.entity('service', { identifier: 'b', title: 'Beta', relations: { domain: 'pay', dependsOn: ['a'] } });
  for (const name of ['d1', 'd2', 'd3']) {
    await server.entity('deployment', { identifier: name, title: name.toUpperCase(), relations: { service: 'a' } });
  }
  await server.entity('log', { identifier: 'l1', relations: { deployment: 'd1' } });
});
afterAll(async () => server.close());

describe('GET …/related', () => {
  test('tells both directions with counts, the first by title', async () => {
    const answer = await server.ask('GET', '/api/v1/blueprints/service/entities/a/related?limit=2');
    expect(answer.status).toBe(200);
    expect(answer.body['related']).toEqual([
      {
        direction: 'out',
        blueprint: 'domain',
        relation: 'domain',
        count: 1,
        entities: [{ identifier: 'pay', title: 'Payments', icon: null }],
      },
      {
        direction: 'in',
        blueprint: 'deployment',
        relation: 'service',
        count: 3,
        entities: [
          { identifier: 'd1', title: 'D1', icon: null },
          { identifier: 'd2', title: 'D2', icon: null },
        ],
      },
      {
        direction: 'in',
        blueprint: 'service',
        relation: 'dependsOn',
        count: 1,
        entities: [{ identifier: 'b', title: 'Beta', icon: null }],
      },
    ]);
  });

  test('says nothing of entities that may not be read', async () => {
    await server.ask('PATCH', '/v1/blueprints/deployment/permissions', {
      entities: { read: { roles: ['Admin'], users: [], teams: [], ownedByTeam: false } },
    });
    const as = testPerson('reader', ['Member']);
    const answer = await server.ask('GET', '/api/v1/blueprints/service/entities/a/related', undefined, { as });
    const names = (answer.body['related'] as { blueprint: string }[]).map(({ blueprint }) => blueprint);
    expect(names).toEqual(['domain', 'service']);
    const deletion = await server.ask('GET', '/api/v1/blueprints/service/entities/a/deletion', undefined, { as });
    expect(JSON.stringify(deletion.body)).not.toContain('"d1"');
    const hidden = await server.ask('GET', '/api/v1/blueprints/deployment/entities/d1/related', undefined, { as });
    expect(hidden.status).toBe(404);
  });

  test.each([
    ['/api/v1/blueprints/service/entities/missing/related', 404],
    ['/api/v1/blueprints/nothing/entities/a/related', 404],
    ['/api/v1/blueprints/service/entities/a/related?limit=0', 422],
    ['/api/v1/blueprints/service/entities/missing/deletion', 404],
  ])('%s answers %i', async (path, status) => {
    expect((await server.ask('GET', path)).status).toBe(status);
  });
});

describe('GET …/deletion', () => {
  test('names what goes as well and what is let go of, as a deletion then does', async () => {
    const preview = await server.ask('GET', '/api/v1/blueprints/service/entities/a/deletion');
    expect(preview.body['deletion']).toEqual({
      deleted: [
        expect.objectContaining({ blueprint: 'deployment', count: 3 }),
        expect.objectContaining({ blueprint: 'log', count: 1 }),
      ],
      released: [
        {
          blueprint: 'service',
          relation: 'dependsOn',
          count: 1,
          entities: [{ identifier: 'b', title: 'Beta', icon: null }],
        },
      ],
      complete: true,
    });
    const gone = await server.ask('DELETE', '/v1/blueprints/service/entities/a?delete_dependents=true');
    expect(gone.status).toBe(200);
    expect((await server.ask('GET', '/v1/blueprints/deployment/entities-count')).body['count']).toBe(0);
    expect((await server.ask('GET', '/v1/blueprints/log/entities-count')).body['count']).toBe(0);
    expect((await server.read('service', 'b'))['relations']).toEqual({ domain: 'pay', dependsOn: [] });
  });
});
