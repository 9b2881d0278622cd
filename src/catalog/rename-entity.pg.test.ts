import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
let kind: string;
beforeAll(async () => {
  server = await serveCatalog();
  kind = await server.blueprint();
  await server.ask('PATCH', `/v1/blueprints/${kind}`, {
    relations: { one: { target: kind }, many: { target: kind, many: true } },
  });
});
afterAll(() => server.close());

function path(identifier: string): string {
  return `/v1/blueprints/${kind}/entities/${encodeURIComponent(identifier)}`;
}

test('relations follow a renamed entity, its own to itself too', async () => {
  await server.entity(kind, { identifier: 'old', relations: { one: 'old' } });
  await server.entity(kind, { identifier: 'other' });
  await server.entity(kind, { identifier: 'source', relations: { one: 'old', many: ['other', 'old'] } });
  const events = await server.eventsOf(async () => {
    const answer = await server.ask('PUT', path('old'), { identifier: 'new', relations: { one: 'old' } });
    expect(answer).toMatchObject({ status: 200, body: { entity: { identifier: 'new', relations: { one: 'new' } } } });
  });
  expect(events.map((event) => [event.kind, event.subject, event.context['renamedFrom']])).toEqual([
    ['entity.updated', `entity:${kind}/source`, undefined],
    ['entity.updated', `entity:${kind}/new`, 'old'],
  ]);
  expect((await server.ask('GET', path('old'))).status).toBe(404);
  expect(await server.read(kind, 'source')).toMatchObject({ relations: { one: 'new', many: ['other', 'new'] } });
  const rows = await sql<{ row: string }>`
    select identifier || '.' || relation || '=' || target as row from entity_relation
    where blueprint = ${kind} order by 1`.execute(server.core.db);
  expect(rows.rows.map(({ row }) => row)).toEqual([
    'new.one=new',
    'source.many=new',
    'source.many=other',
    'source.one=new',
  ]);
  expect((await server.ask('DELETE', path('new'))).status).toBe(200);
  expect(await server.read(kind, 'source')).toMatchObject({ relations: { one: null, many: ['other'] } });
});

test('a title that was the identifier follows it, a given one stays', async () => {
  await server.entity(kind, { identifier: 'untitled' });
  expect(await server.ask('PATCH', path('untitled'), { identifier: 'named' })).toMatchObject({
    body: { entity: { identifier: 'named', title: 'named' } },
  });
  await server.entity(kind, { identifier: 'titled', title: 'T' });
  expect(await server.ask('PATCH', path('titled'), { identifier: 'titled2' })).toMatchObject({
    body: { entity: { title: 'T' } },
  });
});

test('a taken identifier is refused, also to the slower of two', async () => {
  await server.entity(kind, { identifier: 'x' });
  await server.entity(kind, { identifier: 'y' });
  expect(await server.ask('PATCH', path('x'), { identifier: 'y' })).toMatchObject({
    status: 409,
    body: { error: 'identifier_taken' },
  });
  const answers = await Promise.all(['x', 'y'].map((from) => server.ask('PATCH', path(from), { identifier: 'z' })));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  expect(await server.ask('PATCH', path('z'), { identifier: 'a?' })).toMatchObject({ status: 422 });
});
