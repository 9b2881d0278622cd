import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog({
    scores: async () => ({
      scores: sql`jsonb_build_object('Linked', jsonb_build_object('level',
      case when e.relations ? 'maybe' then 'Gold' else 'Basic' end))`,
      changeAt: null,
    }),
  });
});
afterAll(() => server.close());

function path(blueprint: string, identifier: string): string {
  return `/v1/blueprints/${blueprint}/entities/${encodeURIComponent(identifier)}`;
}

/** A target, and a source blueprint with a required, an optional and a many relation to it. */
async function related(): Promise<{ target: string; source: string }> {
  const target = await server.blueprint();
  const source = await server.blueprint({
    relations: {
      must: { target, required: true },
      maybe: { target },
      many: { target, many: true },
    },
  });
  for (const identifier of ['a', 'b', 'c']) await server.entity(target, { identifier });
  return { target, source };
}

async function relationRows(blueprint: string): Promise<readonly unknown[]> {
  const found = await sql<{ source: string; relation: string; target: string }>`
    select identifier as source, relation, target from entity_relation where blueprint = ${blueprint}
    order by identifier, relation, target`.execute(server.core.db);
  return found.rows.map((row) => `${row.source}.${row.relation}=${row.target}`);
}

test('a deleted entity leaves an event with what it was', async () => {
  const { target } = await related();
  const before = await server.read(target, 'a');
  const events = await server.eventsOf(() => server.ask('DELETE', path(target, 'a')));
  expect(events).toMatchObject([
    { kind: 'entity.deleted', subject: `entity:${target}/a`, after: null, changed: [[[], before]] },
  ]);
});

test('optional relations let go, each changed source with its event and new scores', async () => {
  const { target, source } = await related();
  await server.entity(source, {
    identifier: 's',
    relations: { must: 'c', maybe: 'a', many: ['b', 'a', 'c'] },
  });
  await server.entity(source, { identifier: 'untouched', relations: { must: 'c' } });
  const events = await server.eventsOf(() => server.ask('DELETE', path(target, 'a')));
  expect(events.map((event) => [event.kind, event.subject])).toEqual([
    ['entity.updated', `entity:${source}/s`],
    ['entity.deleted', `entity:${target}/a`],
  ]);
  const now = await server.read(source, 's');
  expect(now).toMatchObject({
    relations: { must: 'c', maybe: null, many: ['b', 'c'] },
    scorecards: { Linked: { level: 'Basic' } },
  });
  expect(events[0]?.after).toEqual(now);
  expect(await relationRows(source)).toEqual(['s.many=b', 's.many=c', 's.must=c', 'untouched.must=c']);
});

test('a required relation refuses with 403, and takes its source along when asked', async () => {
  const { target, source } = await related();
  const third = await server.blueprint({ relations: { of: { target: source, required: true } } });
  await server.entity(source, { identifier: 's', relations: { must: 'a' } });
  await server.entity(third, { identifier: 't', relations: { of: 's' } });
  const refused = await server.ask('DELETE', path(target, 'a'));
  expect(refused).toMatchObject({ status: 403, body: { error: 'has_dependents' } });
  expect(await server.read(target, 'a')).toMatchObject({ identifier: 'a' });
  const events = await server.eventsOf(() => server.ask('DELETE', `${path(target, 'a')}?delete_dependents=true`));
  expect(events.map((event) => event.kind)).toEqual(Array.from({ length: 3 }, () => 'entity.deleted'));
  for (const [blueprint, identifier] of [
    [target, 'a'],
    [source, 's'],
    [third, 't'],
  ] as const) {
    expect((await server.ask('GET', path(blueprint, identifier))).status).toBe(404);
  }
  expect(await relationRows(source)).toEqual([]);
});

test('entities that require each other in a circle go together', async () => {
  const ring = await server.blueprint();
  await server.ask('PATCH', `/v1/blueprints/${ring}`, { relations: { next: { target: ring } } });
  for (const identifier of ['x', 'y', 'z']) await server.entity(ring, { identifier });
  for (const [from, to] of [
    ['x', 'y'],
    ['y', 'z'],
    ['z', 'x'],
  ] as const) {
    await server.ask('PATCH', path(ring, from), { relations: { next: to } });
  }
  await server.ask('PATCH', `/v1/blueprints/${ring}`, { relations: { next: { target: ring, required: true } } });
  expect((await server.ask('DELETE', path(ring, 'x'))).status).toBe(403);
  expect((await server.ask('DELETE', `${path(ring, 'x')}?delete_dependents=true`)).status).toBe(200);
  expect((await server.ask('GET', `/v1/blueprints/${ring}/entities-count`)).body['count']).toBe(0);
});

test('a blueprint can go right after its last entity', async () => {
  const { target, source } = await related();
  await server.entity(source, { identifier: 's', relations: { must: 'a' } });
  expect(await server.ask('DELETE', `/v1/blueprints/${source}`)).toMatchObject({
    status: 409,
    body: { error: 'has_dependents' },
  });
  expect((await server.ask('DELETE', path(source, 's'))).status).toBe(200);
  expect((await server.ask('DELETE', `/v1/blueprints/${source}`)).status).toBe(200);
  for (const identifier of ['a', 'b', 'c']) await server.ask('DELETE', path(target, identifier));
  expect((await server.ask('DELETE', `/v1/blueprints/${target}`)).status).toBe(200);
});

describe('required relations of a write', () => {
  test('422 without a value, 403 when a value would go', async () => {
    const { source } = await related();
    const entities = `/v1/blueprints/${source}/entities`;
    const missing = { status: 422, body: { error: 'required_relation' } };
    expect(await server.ask('POST', entities, { identifier: 's' })).toMatchObject(missing);
    expect(await server.ask('POST', entities, { identifier: 's', relations: { must: null } })).toMatchObject(missing);
    await server.entity(source, { identifier: 's', relations: { must: 'a' } });
    expect(await server.ask('PATCH', path(source, 's'), { relations: { must: null } })).toMatchObject({
      status: 403,
      body: { error: 'required_relation' },
    });
    expect(await server.ask('PUT', path(source, 's'), {})).toMatchObject(missing);
    expect((await server.ask('PATCH', path(source, 's'), { relations: { must: 'b', many: 'a' } })).status).toBe(200);
    expect(await server.read(source, 's')).toMatchObject({ relations: { must: 'b', many: ['a'] } });
  });
});

describe('a blueprint that changes around its entities', () => {
  test('a dropped property or relation takes its values along', async () => {
    const { target, source } = await related();
    const schema = { properties: { p: { type: 'string' }, q: { type: 'string' } } };
    await server.ask('PATCH', `/v1/blueprints/${source}`, { schema });
    await server.entity(source, {
      identifier: 's',
      properties: { p: '1', q: '2' },
      relations: { must: 'a', maybe: 'b' },
    });
    const changed = { schema: { properties: { p: null } }, relations: { maybe: null } };
    expect((await server.ask('PATCH', `/v1/blueprints/${source}`, changed)).status).toBe(200);
    expect(await server.read(source, 's')).toMatchObject({ properties: { q: '2' } });
    expect(await relationRows(source)).toEqual(['s.must=a']);
    await server.ask('PATCH', `/v1/blueprints/${source}`, {
      schema: { properties: { p: { type: 'number' } } },
      relations: { maybe: { target } },
    });
    const read = await server.read(source, 's');
    expect(read).toMatchObject({ relations: { must: 'a', maybe: null } });
    expect(read['properties']).toEqual({ q: '2' });
    expect((await server.ask('DELETE', path(target, 'b'))).status).toBe(200);
  });

  test('a relation in use keeps its target and its number', async () => {
    const { target, source } = await related();
    const other = await server.blueprint();
    await server.entity(source, { identifier: 's', relations: { must: 'a', maybe: 'b' } });
    for (const maybe of [{ target: other }, { target, many: true }]) {
      expect(await server.ask('PATCH', `/v1/blueprints/${source}`, { relations: { maybe } })).toMatchObject({
        status: 422,
        body: { error: 'relation_in_use' },
      });
    }
    await server.ask('PATCH', path(source, 's'), { relations: { maybe: null } });
    expect(
      (await server.ask('PATCH', `/v1/blueprints/${source}`, { relations: { maybe: { target: other } } })).status,
    ).toBe(200);
  });
});
