import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { testPerson } from '#testing/module-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
  await server.blueprint({
    identifier: 'service',
    title: 'Service',
    schema: { properties: { good: { type: 'number' }, all: { type: 'number' } }, required: [] },
    calculationProperties: { twice: { type: 'number', calculation: '.properties.good * 2' } },
  });
  await server.blueprint({ identifier: 'empty' });
  await server.entity('service', { identifier: 'b', title: 'Beta', properties: { good: 1, all: 4 } });
  await server.entity('service', { identifier: 'a', title: 'Alpha', properties: { good: 3, all: 4 } });
});
afterAll(async () => server.close());

const path = '/api/v1/blueprints/service/calculations/test';
const tried = async (body: object) => (await server.ask('POST', path, body)).body;

describe('POST …/calculations/test', () => {
  test('evaluates over the named entity, else the first', async () => {
    const body = { calculation: '.properties.good / .properties.all', type: 'number' };
    expect(await tried({ ...body, entity: 'b' })).toMatchObject({
      entity: { identifier: 'b' },
      value: 0.25,
      fits: true,
    });
    expect(await tried(body)).toMatchObject({
      entity: { identifier: 'a', title: 'Alpha' },
      value: 0.75,
      problem: null,
    });
  });

  test.each([
    ['a value of another type', '.title', { value: 'Alpha', fits: false, problem: null }],
    ['no value', 'empty', { value: null, fits: false, problem: null }],
    ['another calculation, which is missing', '.properties.twice', { value: null, fits: false }],
    ['what does not compile', '.properties | |', { value: null, fits: false, problem: expect.any(String) }],
    ['what fails', '.title.x', { value: null, fits: false, problem: expect.any(String) }],
    ['what never ends', 'def f: f; f', { value: null, fits: false, problem: expect.any(String) }],
  ])('tells %s', async (_, calculation, expected) => {
    expect(await tried({ calculation, type: 'number' })).toMatchObject({ ok: true, ...expected });
  });

  test('is for those who may change blueprints, over entities that exist', async () => {
    const body = { calculation: '.title', type: 'string' };
    const as = testPerson('reader', ['Member']);
    expect((await server.ask('POST', path, body, { as })).status).toBe(403);
    expect((await server.ask('POST', path, { ...body, entity: 'missing' })).status).toBe(404);
    expect((await server.ask('POST', '/api/v1/blueprints/empty/calculations/test', body)).status).toBe(404);
    expect((await server.ask('POST', path, { ...body, type: 'colour' })).status).toBe(422);
  });
});
