import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { testCatalogParts } from '#testing/catalog-parts.ts';
import { testPerson } from '#testing/module-server.ts';
import { startDeletion } from './delete-all-entities.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
});
afterAll(async () => server.close());

type Shown = Readonly<Record<string, unknown>>;

/** A deletion whose process dies before its first step. */
async function abandoned(): Promise<{ readonly blueprint: string; readonly migration: string }> {
  const blueprint = await server.blueprint();
  for (const identifier of ['a', 'b', 'c']) await server.entity(blueprint, { identifier });
  const actor = testPerson('ada', ['Admin']);
  const migration = await server.core.runner.execute(
    { actor, origin: 'UI', requestId: null },
    startDeletion(testCatalogParts(server.core)),
    { blueprint, deleteBlueprint: true, runId: null },
  );
  return { blueprint, migration };
}

async function migrations(query: string): Promise<readonly Shown[]> {
  return (await server.ask('GET', `/v1/migrations?${query}`)).body['migrations'] as Shown[];
}

test('a deletion whose process died is finished by another, on behalf of who asked', async () => {
  const { blueprint, migration } = await abandoned();
  await server.passTime();
  expect(await migrations(`blueprint=${blueprint}`)).toMatchObject([{ status: 'RUNNING', successCount: 0 }]);
  server.clock.advance(61_000);
  await server.passTime();
  expect(await migrations('status=COMPLETED&status=FAILURE&actor=user_ada')).toMatchObject([
    { id: migration, sourceBlueprint: blueprint, successCount: 3, mapping: {} },
  ]);
  expect((await server.ask('GET', `/v1/blueprints/${blueprint}`)).status).toBe(404);
  const told = await sql<{ actor: Shown; kind: string }>`
    select actor, kind from event where context ->> 'blueprint' = ${blueprint} and kind = 'entity.deleted'`.execute(
    server.core.db,
  );
  expect(told.rows).toHaveLength(3);
  expect(told.rows[0]?.actor).toMatchObject({ id: 'user_ada' });
  expect(await server.eventsOf(server.passTime)).toEqual([]);
});

test('what runs can be cancelled, by who may change blueprints; what has ended cannot', async () => {
  const { blueprint, migration } = await abandoned();
  const cancel = `/v1/migrations/${migration}/cancel`;
  const as = testPerson('mia', ['Member']);
  expect((await server.ask('POST', cancel, {}, { as })).status).toBe(403);
  expect((await server.ask('POST', cancel, { why: 1 })).status).toBe(422);
  const asked = await server.ask('POST', cancel, { reason: 'wrong one' });
  expect(asked.body['migration']).toMatchObject({ status: 'PENDING_CANCELLATION', reason: 'wrong one' });
  server.clock.advance(61_000);
  await server.passTime();
  expect(await migrations(`blueprint=${blueprint}`)).toMatchObject([{ status: 'CANCELLED', successCount: 0 }]);
  expect((await server.ask('GET', `/v1/blueprints/${blueprint}/entities-count`)).body['count']).toBe(3);
  expect(await server.ask('POST', cancel, {})).toMatchObject({ status: 409, body: { error: 'migration_ended' } });
  expect((await server.ask('POST', '/v1/migrations/none/cancel', {})).status).toBe(404);
});

test('a blueprint with many entities is computed anew in steps that can be read, and taken up again', async () => {
  const blueprint = await server.blueprint({ schema: { properties: { n: { type: 'number' } } } });
  await sql`
    insert into entity (org_id, blueprint, identifier, title, team, properties, relations, datasource, version,
      created_at, created_by, updated_at, updated_by)
    select ${server.orgId}, ${blueprint}, 'e' || n, 'T', '{}', jsonb_build_object('n', n), '{}', '', 1, now(), 'x',
      now(), 'x'
    from generate_series(1, 250) n`.execute(server.core.db);
  await server.ask('PATCH', `/v1/blueprints/${blueprint}`, {
    calculationProperties: { twice: { type: 'number', calculation: '.properties.n * 2' } },
  });
  await server.settle();
  expect(await migrations(`blueprint=${blueprint}`)).toMatchObject([{ status: 'COMPLETED', successCount: 250 }]);
  const query = { combinator: 'and', rules: [{ property: 'twice', operator: '>', value: 0 }] };
  const count = await server.ask('POST', `/v1/blueprints/${blueprint}/entities/search/count`, { query });
  expect(count.body['count']).toBe(250);
  // As if it had died after its second step.
  await sql`
    update catalog_migration set work = jsonb_build_object('kind', 'rebuild', 'blueprint', ${blueprint}::text,
      'after', 'e5'), document = document || '{"status": "RUNNING"}', advanced_at = ${server.clock.now()}
    where document ->> 'sourceBlueprint' = ${blueprint}`.execute(server.core.db);
  await sql`update entity set properties = properties - 'twice' where blueprint = ${blueprint}`.execute(server.core.db);
  server.clock.advance(61_000);
  await server.passTime();
  expect(await migrations(`blueprint=${blueprint}`)).toMatchObject([{ status: 'COMPLETED' }]);
  expect((await server.read(blueprint, 'e99'))['properties']).toEqual({ n: 99, twice: 198 });
  expect((await server.read(blueprint, 'e1'))['properties']).toEqual({ n: 1 });
});
