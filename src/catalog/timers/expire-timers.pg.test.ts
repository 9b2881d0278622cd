import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, type LoggedRow, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
});
afterAll(async () => server.close());

const minute = 60_000;
const inMinutes = (count: number): string => new Date(server.clock.now().getTime() + count * minute).toISOString();
const timers = { ttl: { type: 'string', format: 'timer' }, rest: { type: 'string', format: 'timer' } };
const schema = { properties: { ...timers, note: { type: 'string' } }, required: [] };

/** What is told when readers and chores have looked. */
async function told(): Promise<readonly string[]> {
  await server.settle();
  const rows = await server.eventsOf(async () => server.passTime());
  return rows.filter((row) => row.kind === 'entity.timer-expired').map(nameOf);
}

function nameOf({ context }: LoggedRow): string {
  return `${String(context['entity'])}.${String(context['propertyIdentifier'])}`;
}

test('a timer that expires is told once, at its instant, with the entity as it is then', async () => {
  const blueprint = await server.blueprint({ schema });
  await server.entity(blueprint, { identifier: 'a', properties: { ttl: inMinutes(10), rest: inMinutes(20) } });
  await server.entity(blueprint, { identifier: 'b', properties: { ttl: inMinutes(10) } });
  await server.entity(blueprint, { identifier: 'past', properties: { ttl: inMinutes(-10) } });
  expect(await told()).toEqual([]);
  server.clock.advance(10 * minute);
  await server.settle();
  const rows = await server.eventsOf(async () => server.passTime());
  const first = rows.find((row) => row.kind === 'entity.timer-expired');
  expect(first).toMatchObject({
    subject: `entity:${blueprint}/a`,
    context: { blueprint, entity: 'a', propertyIdentifier: 'ttl' },
    after: { identifier: 'a', blueprint },
  });
  expect(rows.map(nameOf)).toEqual(['a.ttl', 'b.ttl']);
  // What is written without touching the timer does not begin it anew.
  await server.ask('PATCH', `/v1/blueprints/${blueprint}/entities/a`, { properties: { note: 'x' } });
  expect(await told()).toEqual([]);
  server.clock.advance(10 * minute);
  expect(await told()).toEqual(['a.rest']);
});

test('a timer that was moved, cleared or taken away with its entity is not told at the old instant', async () => {
  const blueprint = await server.blueprint({ schema });
  const path = `/v1/blueprints/${blueprint}/entities`;
  const ttl = inMinutes(5);
  for (const identifier of ['moved', 'cleared', 'deleted', 'renamed']) {
    await server.entity(blueprint, { identifier, properties: { ttl } });
  }
  await server.settle();
  await server.ask('PATCH', `${path}/cleared`, { properties: { ttl: null } });
  await server.ask('DELETE', `${path}/deleted`);
  await server.ask('PATCH', `${path}/renamed`, { identifier: 'anew' });
  server.clock.advance(5 * minute);
  // Moved when it is due already, and before any reader has seen that.
  await server.ask('PATCH', `${path}/moved`, { properties: { ttl: inMinutes(5) } });
  expect(await told()).toEqual(['anew.ttl']);
  server.clock.advance(5 * minute);
  expect(await told()).toEqual(['moved.ttl']);
});

test('a property that becomes a timer is one for the entities that have it; one that is none any more is silent', async () => {
  const blueprint = await server.blueprint({
    schema: { properties: { late: { type: 'string', format: 'date-time' }, ...timers }, required: [] },
  });
  const [ttl, late] = [inMinutes(5), inMinutes(5)];
  await server.entity(blueprint, { identifier: 'a', properties: { ttl, late } });
  await server.settle();
  const properties = { late: { type: 'string', format: 'timer' }, ttl: { type: 'string', format: 'date-time' } };
  const changed = await server.ask('PATCH', `/v1/blueprints/${blueprint}`, { schema: { properties } });
  expect(changed.status).toBe(200);
  server.clock.advance(5 * minute);
  expect(await told()).toEqual(['a.late']);
});

test('what expired long ago, while nobody was there, is told no more', async () => {
  const blueprint = await server.blueprint({ schema });
  await server.entity(blueprint, { identifier: 'a', properties: { ttl: inMinutes(1) } });
  await server.settle();
  server.clock.advance(2 * 24 * 60 * minute);
  expect(await told()).toEqual([]);
  const left = await sql`select from entity_timer where told_at is null`.execute(server.core.db);
  expect(left.rows).toEqual([]);
});
