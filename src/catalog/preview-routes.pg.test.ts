import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { testPerson } from '#testing/module-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
  const properties = { tier: { type: 'number' }, cost: { type: 'number' } };
  await server.blueprint({ identifier: 'system', title: 'System', schema: { properties, required: [] } });
  await server.blueprint({
    identifier: 'service',
    title: 'Service',
    schema: { properties, required: [] },
    relations: { system: { target: 'system' } },
  });
  await server.blueprint({ identifier: 'island' });
  await server.entity('system', { identifier: 'pay', title: 'Payments', properties: { tier: 1 } });
  await server.entity('system', { identifier: 'idle', title: 'Idle' });
  await server.entity('service', { identifier: 'alone', title: 'Alone' });
  for (const [identifier, cost] of [
    ['a', 2],
    ['b', 5],
  ] as const) {
    await server.entity('service', {
      identifier,
      title: identifier,
      properties: { cost },
      relations: { system: 'pay' },
    });
  }
});
afterAll(async () => server.close());

const ask = async (blueprint: string, body: object, as?: ReturnType<typeof testPerson>) =>
  server.ask('POST', `/api/v1/blueprints/${blueprint}/previews`, body, as === undefined ? {} : { as });
const sum = { target: 'service', calculationSpec: { calculationBy: 'property', func: 'sum', property: 'cost' } };

describe('POST …/previews', () => {
  test('shows a mirror for entities that have the relation, and equals what is saved then', async () => {
    const path = 'system.tier';
    const { body } = await ask('service', { mirror: { path } });
    expect(body).toMatchObject({
      leads: true,
      values: [
        { entity: { identifier: 'a' }, value: 1 },
        { entity: { identifier: 'b' }, value: 1 },
      ],
    });
    expect((await ask('service', { mirror: { path }, entity: 'alone' })).body).toMatchObject({
      values: [{ entity: { title: 'Alone' }, value: null }],
    });
    const nowhere = await ask('service', { mirror: { path: 'system.nothing' } });
    expect(nowhere.body).toMatchObject({ leads: false, values: [{ value: null }, { value: null }] });
  });

  test('shows an aggregation, narrowed by its query', async () => {
    const all = {
      values: [
        { entity: { identifier: 'idle' }, value: 0 },
        { entity: { identifier: 'pay' }, value: 7 },
      ],
    };
    expect((await ask('system', { aggregation: sum })).body).toMatchObject({ leads: true, ...all });
    const query = { combinator: 'and', rules: [{ property: 'cost', operator: '>', value: 3 }] };
    const few = await ask('system', { aggregation: { ...sum, query }, entity: 'pay' });
    expect(few.body).toMatchObject({ values: [{ value: 5 }] });
    const far = await ask('system', { aggregation: { ...sum, target: 'island' } });
    expect(far.body).toMatchObject({ leads: false });
  });

  test('says what cannot be understood, changes nothing, and is for those who may change blueprints', async () => {
    const broken = { ...sum, calculationSpec: { calculationBy: 'property', func: 'most' } };
    expect(await ask('system', { aggregation: broken })).toMatchObject({
      status: 422,
      body: { details: { errors: [{ path: 'definition.calculationSpec' }] } },
    });
    expect((await ask('system', {})).status).toBe(422);
    expect((await ask('service', { mirror: { path: 'system.tier' }, entity: 'gone' })).status).toBe(404);
    expect((await ask('gone', { mirror: { path: 'system.tier' } })).status).toBe(404);
    expect((await ask('service', { mirror: { path: 'system.tier' } }, testPerson('reader', ['Member']))).status).toBe(
      403,
    );
    const stored = await server.ask('GET', '/v1/blueprints/service');
    expect(stored.body).toMatchObject({ blueprint: { mirrorProperties: {} } });
  });
});
