import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogModule } from '#catalog/module.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { testCatalogParts } from '#testing/catalog-parts.ts';
import { type ModuleServer, serveModules, testPerson } from '#testing/module-server.ts';
import { createChangeWatch } from '#platform/events/change-watch.ts';
import { historyModule } from './module.ts';

let server: ModuleServer;
beforeAll(async () => {
  server = await serveModules((core) => [
    catalogModule(core, testCatalogParts(core)),
    historyModule(core, createChangeWatch(core.db, core.log)),
  ]);
  await at('2026-05-01T00:00:00Z', 'POST', '/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: { properties: { cost: { type: 'number' }, lang: { type: 'string' } }, required: [] },
  });
  const path = '/v1/blueprints/service/entities';
  const cart = (cost: number) => ({ identifier: 'cart', title: 'Cart', properties: { cost, lang: 'Go' } });
  await at('2026-05-01T09:00:00Z', 'POST', path, cart(1));
  await at('2026-05-01T15:00:00Z', 'PATCH', `${path}/cart`, { properties: { cost: 2 } });
  await at('2026-05-03T09:00:00Z', 'PATCH', `${path}/cart`, { properties: { cost: 5 } });
  await at('2026-05-03T12:00:00Z', 'PATCH', `${path}/cart`, { identifier: 'basket' });
  await at('2026-05-03T18:00:00Z', 'PATCH', `${path}/basket`, { properties: { cost: 7 } });
  await at('2026-05-04T09:00:00Z', 'POST', path, { identifier: 'gone' });
  await at('2026-05-04T10:00:00Z', 'DELETE', `${path}/gone`);
});
afterAll(async () => server.close());

async function at(instant: string, method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<void> {
  server.clock.set(new Date(instant));
  const answer = await server.ask(method, path, body);
  if (!answer.body.ok) throw new Error(JSON.stringify(answer.body));
}

const asOf = async (entity: string, instant: string, as?: Actor) =>
  server.ask(
    'GET',
    `/api/v1/blueprints/service/entities/${entity}/as-of?at=${encodeURIComponent(instant)}`,
    undefined,
    as === undefined ? {} : { as },
  );

test.each([
  ['2026-05-01T10:00:00Z', 'cart', 1, '2026-05-01T15:00:00.000Z'],
  ['2026-05-01T15:00:00Z', 'cart', 2, '2026-05-03T09:00:00.000Z'],
  ['2026-05-03T13:00:00Z', 'basket', 5, '2026-05-03T18:00:00.000Z'],
  ['2026-05-09T13:00:00Z', 'basket', 7, null],
])('at %s the entity was %s with %i', async (instant, identifier, cost, until) => {
  const answer = await asOf('basket', instant);
  expect(answer).toMatchObject({ status: 200, body: { entity: { identifier, properties: { cost } }, until } });
  expect(answer.body['change']).toMatchObject({ resourceType: 'entity', trigger: { by: { name: 'Tests' } } });
});

test('before it was there, and of what never was, nothing is known', async () => {
  expect(await asOf('basket', '2026-05-01T08:59:59Z')).toMatchObject({ status: 404 });
  expect(await asOf('nothing', '2026-05-09T00:00:00Z')).toMatchObject({ status: 404 });
});

test('what was deleted is gone from then on', async () => {
  expect(await asOf('gone', '2026-05-04T09:30:00Z')).toMatchObject({ body: { entity: { identifier: 'gone' } } });
  expect(await asOf('gone', '2026-05-04T10:30:00Z')).toMatchObject({ body: { entity: null, until: null } });
});

test.each(['yesterday', '2026-13-40', ''])('"%s" is no instant', async (instant) => {
  expect(await asOf('basket', instant)).toMatchObject({ status: 422 });
});

test('the past is shown to who may read the present', async () => {
  const read = { users: ['ana@example.com'], roles: [], teams: [], ownedByTeam: false };
  const path = '/v1/blueprints/service/permissions';
  expect((await server.ask('PATCH', path, { entities: { read } })).status).toBe(200);
  expect(await asOf('basket', '2026-05-09T00:00:00Z', testPerson('eve', ['Member']))).toMatchObject({ status: 404 });
  expect(await asOf('basket', '2026-05-09T00:00:00Z', testPerson('ana', ['Member']))).toMatchObject({ status: 200 });
});

const history = async (body: object) =>
  server.ask('POST', '/v1/entities/properties-history', {
    blueprintIdentifier: 'service',
    entityIdentifier: 'basket',
    propertyNames: ['cost', 'lang'],
    timeInterval: 'day',
    timeRange: { preset: 'lastWeek', timeZone: 'UTC' },
    ...body,
  });

test('a number is what it was at the end of each day, under every name of the entity', async () => {
  server.clock.set(new Date('2026-05-05T12:00:00Z'));
  const answer = await history({});
  expect(answer.status).toBe(200);
  const { data } = answer.body['result'] as { data: readonly { date: number; cost?: number }[] };
  const shown = data.map(({ date, ...values }) => [new Date(date).toISOString().slice(5, 10), values]);
  expect(shown).toEqual([
    ['04-28', {}],
    ['04-29', {}],
    ['04-30', {}],
    ['05-01', { cost: 2 }],
    ['05-02', { cost: 2 }],
    ['05-03', { cost: 7 }],
    ['05-04', { cost: 7 }],
    ['05-05', { cost: 7 }],
  ]);
  const later = await history({ timeRange: { preset: 'today', timeZone: 'UTC' }, timeInterval: 'hour' });
  const points = (later.body['result'] as { data: readonly { cost?: number }[] }).data;
  expect(points.map((point) => point.cost)).toEqual(points.map(() => 7));
});

test('the history of an entity that is not there is refused', async () => {
  expect(await history({ entityIdentifier: 'nothing' })).toMatchObject({ status: 404 });
  expect(await history({ propertyNames: [] })).toMatchObject({ status: 422 });
});
