import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testCatalogParts } from '#testing/catalog-parts.ts';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { type Answer, testPerson } from '#testing/module-server.ts';
import { cancelBulk } from './cancel-bulk.ts';
import { runBulk } from './run-bulk.ts';
import { startBulk } from './start-bulk.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
});
afterAll(async () => server.close());

const schema = {
  properties: { tier: { type: 'number', minimum: 1, maximum: 3 }, lang: { type: 'string' }, size: { type: 'number' } },
  required: [],
};
const edit = (properties: object) => ({ kind: 'edit', properties });
const removal = (dependents: 'refuse' | 'delete') => ({ kind: 'delete', dependents });
const rule = (property: string, operator: string, value: unknown) => ({
  combinator: 'and',
  rules: [{ property, operator, value }],
});

interface Preview {
  readonly state: string;
  readonly count: number;
  readonly changed: number;
  readonly refused: number;
  readonly changes: readonly { identifier: string; changes: readonly { key: string; after: unknown }[] }[];
  readonly refusals: readonly { identifier: string }[];
}

async function preview(blueprint: string, scope: object, change: object): Promise<Preview> {
  const answer = await server.ask('POST', `/api/v1/blueprints/${blueprint}/bulk-previews`, { scope, change });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body['preview'] as Preview;
}

async function start(blueprint: string, scope: object, change: object, state?: string): Promise<Answer> {
  const body = { scope, change, ...(state === undefined ? {} : { state }) };
  return server.ask('POST', `/api/v1/blueprints/${blueprint}/bulk-changes`, body);
}

async function all(blueprint: string): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const answer = await server.ask('POST', `/api/v1/blueprints/${blueprint}/rows`, { limit: 500 });
  const entities = answer.body['entities'] as readonly Readonly<Record<string, unknown>>[];
  return new Map(entities.map((entity) => [String(entity['identifier']), entity]));
}

test('what the preview of an edit says is what is then written', async () => {
  const entities = fc.array(fc.record({ tier: fc.integer({ min: 1, max: 3 }), locked: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(entities, fc.integer({ min: 0, max: 4 }), fc.boolean(), async (given, tier, byQuery) => {
      const blueprint = await server.blueprint({ schema });
      const strict = { ...schema, required: ['lang'] };
      for (const [index, { tier: own, locked }] of given.entries()) {
        const properties = { tier: own, ...(locked ? {} : { lang: 'Go' }) };
        await server.entity(blueprint, { identifier: `e${index}`, properties });
      }
      // Whoever lacks what is required by now is refused.
      await server.ask('PATCH', `/v1/blueprints/${blueprint}`, { schema: strict });
      const scope = byQuery
        ? { query: rule('tier', '>=', 2), except: ['e0'] }
        : { identifiers: ['e0', 'e1', 'e2', 'nobody'] };
      const change = edit({ tier, size: 1 });
      const told = await preview(blueprint, scope, change);
      const before = await all(blueprint);
      const answer = await start(blueprint, scope, change, told.state);
      expect(answer.status).toBe(told.refused > 0 ? 207 : 200);
      expect(answer.body['change']).toMatchObject({
        status: 'completed',
        total: told.count,
        done: told.changed,
        failed: told.refused,
      });
      const refused = (answer.body['failures'] as readonly { identifier: string }[]).map((one) => one.identifier);
      expect(refused).toEqual(told.refusals.map((one) => one.identifier));
      const touched = new Set(told.changes.map((one) => one.identifier));
      for (const [identifier, entity] of await all(blueprint)) {
        if (!touched.has(identifier)) expect(entity).toEqual(before.get(identifier));
        else expect(entity['properties']).toMatchObject({ tier, size: 1 });
      }
    }),
    { numRuns: 10 },
  );
});

test('nothing is touched when something else would be by now', async () => {
  const blueprint = await server.blueprint({ schema });
  await server.entity(blueprint, { identifier: 'a', properties: { tier: 1 } });
  const { state } = await preview(blueprint, {}, edit({ tier: 2 }));
  await server.entity(blueprint, { identifier: 'b', properties: { tier: 1 } });
  const refused = await start(blueprint, {}, edit({ tier: 2 }), state);
  expect(refused).toMatchObject({ status: 409, body: { error: 'changed_since_preview', details: { count: 2 } } });
  expect((await all(blueprint)).get('a')).toMatchObject({ properties: { tier: 1 } });
});

test('many are edited a batch at a time, with one event each, and one that begins and one that ends it', async () => {
  const blueprint = await server.blueprint({ schema });
  for (let from = 0; from < 240; from += 20) {
    const entities = Array.from({ length: 20 }, (_, n) => ({ identifier: `e${from + n}`, properties: { size: from } }));
    await server.ask('POST', `/v1/blueprints/${blueprint}/entities/bulk`, { entities });
  }
  const events = await server.eventsOf(async () => {
    const answer = await start(blueprint, { query: rule('size', '>=', 20) }, edit({ lang: 'Go' }));
    const { id } = answer.body['change'] as { id: string };
    const parts = testCatalogParts(server.core);
    await runBulk(server.core, parts, { ...caller(), id });
    const done = await server.ask('GET', `/api/v1/bulk-changes/${id}`);
    expect(done.body['change']).toMatchObject({ status: 'completed', total: 220, done: 220, failed: 0 });
  });
  expect(events.filter((event) => event.kind === 'entity.updated')).toHaveLength(220);
  expect(events.filter((event) => event.kind.startsWith('bulk-change.')).map((event) => event.kind)).toEqual([
    'bulk-change.created',
    'bulk-change.updated',
  ]);
});

const caller = () => ({
  actor: { kind: 'credential', orgId: server.orgId, id: 'test-client', name: 'Tests' } as const,
  origin: 'API' as const,
  requestId: null,
});

test('what was refused is told with the reason and can be tried again', async () => {
  const blueprint = await server.blueprint({ schema });
  await server.entity(blueprint, { identifier: 'a' });
  await server.entity(blueprint, { identifier: 'b', properties: { lang: 'Go' } });
  await server.ask('PATCH', `/v1/blueprints/${blueprint}`, { schema: { ...schema, required: ['lang'] } });
  const answer = await start(blueprint, {}, edit({ tier: 1 }));
  expect(answer).toMatchObject({
    status: 207,
    body: {
      change: { done: 1, failed: 1 },
      failures: [{ identifier: 'a', statusCode: 422, error: 'blueprint_schema_mismatch' }],
    },
  });
  const { id } = answer.body['change'] as { id: string };
  await server.ask('PATCH', `/v1/blueprints/${blueprint}`, { schema });
  await server.ask('PUT', `/v1/blueprints/${blueprint}`, { title: 'Kind', schema });
  const again = await server.ask('POST', `/api/v1/bulk-changes/${id}/retries`);
  expect(again, JSON.stringify(again.body)).toMatchObject({ status: 200, body: { change: { total: 1, done: 1 } } });
  expect((await all(blueprint)).get('a')).toMatchObject({ properties: { tier: 1 } });
});

test('each entity is judged by who may change it', async () => {
  const blueprint = await server.blueprint({ schema });
  await server.entity(blueprint, { identifier: 'mine', team: ['web'] });
  await server.entity(blueprint, { identifier: 'theirs', team: ['ops'] });
  const permissions = { entities: { update: { ownedByTeam: true }, unregister: { ownedByTeam: true } } };
  await server.ask('PATCH', `/v1/blueprints/${blueprint}/permissions`, permissions);
  const as = testPerson('ann', ['Member'], ['web']);
  const path = `/api/v1/blueprints/${blueprint}`;
  const change = edit({ tier: 2 });
  const told = await server.ask('POST', `${path}/bulk-previews`, { scope: {}, change }, { as });
  expect(told.body['preview']).toMatchObject({ changed: 1, refused: 1, refusals: [{ identifier: 'theirs' }] });
  const done = await server.ask('POST', `${path}/bulk-changes`, { scope: {}, change }, { as });
  expect(done).toMatchObject({ status: 207, body: { failures: [{ identifier: 'theirs', statusCode: 403 }] } });
  const going = { scope: {}, change: removal('delete') };
  const foretold = await server.ask('POST', `${path}/bulk-previews`, going, { as });
  expect(foretold.body['preview']).toMatchObject({ changed: 1, refusals: [{ identifier: 'theirs', statusCode: 403 }] });
  const gone = await server.ask('POST', `${path}/bulk-changes`, going, { as });
  expect(gone).toMatchObject({ status: 207, body: { change: { done: 1, failed: 1 } } });
  expect([...(await all(blueprint)).keys()]).toEqual(['theirs']);
  const { id } = gone.body['change'] as { id: string };
  expect(
    (await server.ask('GET', `/api/v1/bulk-changes/${id}`, undefined, { as: testPerson('bob', ['Member']) })).status,
  ).toBe(404);
});

test('a deletion goes as the preview says, whatever requires what', async () => {
  const edges = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), { maxLength: 7 });
  const picked = fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      edges,
      picked,
      fc.constantFrom('refuse' as const, 'delete' as const),
      async (links, chosen, how) => {
        const blueprint = await server.blueprint();
        const relations = { needs: { target: blueprint, required: true } };
        for (let n = 0; n <= 5; n += 1) await server.entity(blueprint, { identifier: `e${n}` });
        await server.ask('PATCH', `/v1/blueprints/${blueprint}`, { relations });
        // Each requires at most one other, by its first link; the rest requires itself.
        for (let n = 0; n <= 5; n += 1) {
          const to = links.find(([from]) => from === n)?.[1] ?? n;
          await server.ask('PATCH', `/v1/blueprints/${blueprint}/entities/e${n}`, { relations: { needs: `e${to}` } });
        }
        const scope = { identifiers: chosen.map((n) => `e${n}`) };
        const told = await preview(blueprint, scope, removal(how));
        const answer = await start(blueprint, scope, removal(how), told.state);
        const left = [...(await all(blueprint)).keys()];
        const refused = told.refusals.map((one) => one.identifier).toSorted();
        expect(left.filter((one) => scope.identifiers.includes(one)).toSorted()).toEqual(refused);
        expect(answer.body['change']).toMatchObject({ failed: told.refused });
        const { deleted } = (told as unknown as { deletion: { deleted: readonly { count: number }[] } }).deletion;
        const others = deleted.reduce((sum, one) => sum + one.count, 0);
        expect(left).toHaveLength(6 - told.changed - others);
      },
    ),
    { numRuns: 12 },
  );
});

async function keepCredential(client: string, name: string): Promise<void> {
  await sql`
    insert into credential (org_id, id, name, client_id, sealed_secret, created_at, created_by, updated_at)
    values (${server.orgId}, ${`cred_${client}`}, ${name}, ${client}, '', now(), '', now())`.execute(server.core.db);
}

test('one that runs can be stopped between batches, and is taken up when its process died', async () => {
  const blueprint = await server.blueprint({ schema });
  for (const n of [1, 2, 3]) await server.entity(blueprint, { identifier: `e${n}` });
  const parts = testCatalogParts(server.core);
  const { id, name } = caller().actor;
  await keepCredential(id, name);
  const input = { blueprint, scope: {}, change: edit({ tier: 1 }) as never, state: null };
  const stopped = await server.core.runner.execute(caller(), startBulk(parts.blueprints), input);
  await server.core.runner.execute(caller(), cancelBulk, { id: stopped.id });
  await runBulk(server.core, parts, { ...caller(), id: stopped.id });
  const seen = await server.ask('GET', `/api/v1/bulk-changes/${stopped.id}`);
  expect(seen.body['change']).toMatchObject({ status: 'cancelled', done: 0 });
  expect((await server.ask('POST', `/api/v1/bulk-changes/${stopped.id}/cancellation`)).status).toBe(409);

  const left = await server.core.runner.execute(caller(), startBulk(parts.blueprints), input);
  server.clock.advance(120_000);
  await server.passTime();
  expect((await server.ask('GET', `/api/v1/bulk-changes/${left.id}`)).body['change']).toMatchObject({
    status: 'completed',
    done: 3,
  });
});

test('what is taken up later may do what whoever asked may do by then', async () => {
  const blueprint = await server.blueprint({ schema });
  for (const n of [1, 2]) await server.entity(blueprint, { identifier: `e${n}` });
  const everybody = { users: [], teams: [], ownedByTeam: false, policy: null };
  const update = { ...everybody, roles: ['Admin'] };
  await server.ask('PATCH', `/v1/blueprints/${blueprint}/permissions`, { entities: { update } });
  const actor = testPerson('zoe', ['Admin']);
  const { id, email, orgId } = actor;
  await sql`
    insert into person (org_id, id, email, first_name, last_name, roles, status, created_at, updated_at)
    values (${orgId}, ${id}, ${email}, 'Zoe', '', '{Admin}', 'ACTIVE', now(), now())`.execute(server.core.db);
  const parts = testCatalogParts(server.core);
  const later = async (role: string, status: string): Promise<unknown> => {
    const input = { blueprint, scope: {}, change: edit({ tier: role === 'Admin' ? 3 : 2 }) as never, state: null };
    const by = { actor, origin: 'UI', requestId: null } as const;
    const asked = await server.core.runner.execute(by, startBulk(parts.blueprints), input);
    await sql`update person set roles = ${[role]}::text[], status = ${status} where id = ${id}`.execute(server.core.db);
    server.clock.advance(120_000);
    await server.passTime();
    return (await server.ask('GET', `/api/v1/bulk-changes/${asked.id}`)).body['change'];
  };
  expect(await later('Member', 'ACTIVE')).toMatchObject({ status: 'completed', done: 0, failed: 2 });
  expect(await later('Admin', 'DISABLED')).toMatchObject({ status: 'failed', done: 0 });
  expect(await server.read(blueprint, 'e1')).toMatchObject({ properties: {} });
  expect(await later('Admin', 'ACTIVE')).toMatchObject({ status: 'completed', done: 2 });
  expect(await server.read(blueprint, 'e1')).toMatchObject({ properties: { tier: 3 } });
});

test('what credentials asked for ends with them', async () => {
  const blueprint = await server.blueprint({ schema });
  await server.entity(blueprint, { identifier: 'e1' });
  const { orgId } = server;
  const actor = { kind: 'credential', orgId, id: 'client-of-bulk', name: 'Bulk' } as const;
  const parts = testCatalogParts(server.core);
  const later = async (tier: number): Promise<unknown> => {
    const input = { blueprint, scope: {}, change: edit({ tier }) as never, state: null };
    const by = { actor, origin: 'API', requestId: null } as const;
    const asked = await server.core.runner.execute(by, startBulk(parts.blueprints), input);
    server.clock.advance(120_000);
    await server.passTime();
    return (await server.ask('GET', `/api/v1/bulk-changes/${asked.id}`)).body['change'];
  };
  expect(await later(1)).toMatchObject({ status: 'failed', done: 0 });
  await keepCredential(actor.id, actor.name);
  expect(await later(2)).toMatchObject({ status: 'completed', done: 1 });
  await sql`delete from credential where client_id = ${actor.id}`.execute(server.core.db);
  expect(await later(3)).toMatchObject({ status: 'failed', done: 0 });
  expect(await server.read(blueprint, 'e1')).toMatchObject({ properties: { tier: 2 } });
});

test('what makes no sense is refused by name, also deleting people', async () => {
  const blueprint = await server.blueprint({ schema });
  expect((await start(blueprint, {}, { kind: 'edit' })).status).toBe(422);
  expect((await start(blueprint, { identifiers: [] }, edit({ tier: 1 }))).status).toBe(422);
  expect((await start('none', {}, edit({ tier: 1 }))).status).toBe(404);
  const query = { combinator: 'and', rules: [{ property: 'tier', operator: 'like', value: 1 }] };
  expect((await start(blueprint, { query }, edit({ tier: 1 }))).body).toMatchObject({
    details: { errors: [{ path: 'scope.query.rules[0].operator' }] },
  });
  expect((await start(blueprint, { query: 5 }, edit({ tier: 1 }))).status).toBe(422);
});
