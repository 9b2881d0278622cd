import fc from 'fast-check';
import { readSeed } from '#seeds/read-seed.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import type { Answer } from '#testing/module-server.ts';

let server: CatalogServer;
/** Runs inside a write, after everything was checked. */
let beforeWrite: (() => Promise<void>) | undefined;
beforeAll(async () => {
  server = await serveCatalog({
    scores: async () => {
      await beforeWrite?.();
      return null;
    },
  });
});
afterAll(() => server.close());

const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
const schema = { properties: Object.fromEntries(keys.map((key) => [key, { type: 'number' }])), required: [] };

function upsert(blueprint: string, entity: object, merge = true) {
  return server.ask('POST', `/v1/blueprints/${blueprint}/entities?upsert=true&merge=${String(merge)}`, entity);
}

describe('writers at the same time', () => {
  test('merging into an entity that none of them knew loses no key', async () => {
    const blueprint = await server.blueprint({ schema });
    for (let round = 0; round < 10; round += 1) {
      const identifier = `new${round}`;
      const answers = await Promise.all(keys.map((key) => upsert(blueprint, { identifier, properties: { [key]: 1 } })));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(keys.length - 1);
      const entity = await server.read(blueprint, identifier);
      expect(entity['properties']).toEqual(Object.fromEntries(keys.map((key) => [key, 1])));
    }
  });

  test('creating the same entity is won by one', async () => {
    const blueprint = await server.blueprint();
    const path = `/v1/blueprints/${blueprint}/entities`;
    const answers = await Promise.all(keys.map(() => server.ask('POST', path, { identifier: 'one' })));
    expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([
      201, 409, 409, 409, 409, 409,
    ]);
  });

  test('with the same If-Match only one goes through', async () => {
    const blueprint = await server.blueprint({ schema });
    await server.entity(blueprint, { identifier: 'v' });
    const headers = { 'if-match': '"1"' };
    const answers = await Promise.all(
      keys.map((key) =>
        server.ask('PATCH', `/v1/blueprints/${blueprint}/entities/v`, { properties: { [key]: 1 } }, { headers }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(keys.length - 1);
  });

  test('overlapping bulk calls in any order all succeed, and events tell each step', async () => {
    const blueprint = await server.blueprint({ schema });
    const entities = Array.from({ length: 20 }, (_, n) => `e${n}`);
    const orders = [entities, entities.toReversed(), entities.toSorted()];
    const events = await server.eventsOf(async () => {
      const answers = await Promise.all(
        orders.map((order, writer) =>
          server.ask('POST', `/v1/blueprints/${blueprint}/entities/bulk?upsert=true&merge=true`, {
            entities: order.map((identifier) => ({ identifier, properties: { [keys[writer] ?? 'a']: writer } })),
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    });
    expect(events).toHaveLength(60);
    const one = events.filter((event) => event.subject === `entity:${blueprint}/e7`);
    expect(one.map((event) => event.kind)).toEqual(['entity.created', 'entity.updated', 'entity.updated']);
    expect(one.at(-1)?.after).toMatchObject({ properties: { a: 0, b: 1, c: 2 } });
  });

  test('a relation never points at an entity that went meanwhile', async () => {
    const target = await server.blueprint();
    const source = await server.blueprint({ relations: { to: { target } } });
    for (let round = 0; round < 15; round += 1) {
      const gone = `t${round}`;
      await server.entity(target, { identifier: gone });
      const [written, deleted] = await Promise.all([
        upsert(source, { identifier: 's', relations: { to: gone } }),
        server.ask('DELETE', `/v1/blueprints/${target}/entities/${gone}`),
      ]);
      expect(deleted.status).toBe(200);
      expect([200, 201, 404]).toContain(written.status);
      const entity = await server.ask('GET', `/v1/blueprints/${source}/entities/s`);
      if (entity.status === 200) expect(entity.body['entity']).toMatchObject({ relations: { to: null } });
    }
    const rows = await sql`select from entity_relation where blueprint = ${source}`.execute(server.core.db);
    expect(rows.rows).toEqual([]);
  });

  test('a blueprint that changes between the check and the write waits for the write', async () => {
    const blueprint = await server.blueprint({ schema: { properties: { p: { type: 'string' } } } });
    let change: Promise<Answer> | undefined;
    beforeWrite = async () => {
      beforeWrite = undefined;
      change = server.ask('PATCH', `/v1/blueprints/${blueprint}`, { schema: { properties: { p: null } } });
      await Promise.race([change, somebodyWaits()]);
    };
    expect((await upsert(blueprint, { identifier: 'r', properties: { p: 'text' } })).status).toBe(201);
    expect((await change)?.status).toBe(200);
    const found = await sql<{ properties: object }>`
      select properties from entity where blueprint = ${blueprint}`.execute(server.core.db);
    expect(found.rows).toEqual([{ properties: {} }]);
    expect((await upsert(blueprint, { identifier: 'r', properties: { p: 'text' } })).status).toBe(422);
  });
});

/** Until a statement in this database waits for a lock. */
async function somebodyWaits(): Promise<void> {
  for (;;) {
    const found = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      server.core.db,
    );
    if (found.rows.length > 0) return;
  }
}

describe('laws', () => {
  const value = fc.option(fc.integer({ min: 0, max: 3 }), { nil: null });
  const part = fc.dictionary(fc.constantFrom(...keys), value, { noNullPrototype: true });

  test('any sequence of merges leaves what overwriting key by key leaves', async () => {
    const blueprint = await server.blueprint({ schema });
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
        made += 1;
        const identifier = `m${made}`;
        for (const properties of parts) {
          expect((await upsert(blueprint, { identifier, properties })).status).toBeLessThan(300);
        }
        const merged = Object.entries(Object.assign({}, ...parts) as object);
        const entity = await server.read(blueprint, identifier);
        expect(entity['properties']).toEqual(Object.fromEntries(merged.filter(([, item]) => item !== null)));
      }),
      { numRuns: 30 },
    );
  });

  test('a bulk call leaves what its entities written one by one leave', async () => {
    const blueprint = await server.blueprint({ schema });
    let made = 0;
    const call = fc.array(fc.tuple(fc.constantFrom('x', 'y', 'z'), part), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(call, fc.boolean(), async (items, merge) => {
        made += 1;
        const named = (prefix: string) =>
          items.map(([name, properties]) => ({ identifier: `${prefix}${made}${name}`, title: name, properties }));
        await server.ask('POST', `/v1/blueprints/${blueprint}/entities/bulk?upsert=true&merge=${String(merge)}`, {
          entities: named('bulk'),
        });
        for (const entity of named('single')) await upsert(blueprint, entity, merge);
        for (const [name] of items) {
          const bulk = await server.read(blueprint, `bulk${made}${name}`);
          const single = await server.read(blueprint, `single${made}${name}`);
          expect(bulk).toEqual({ ...single, identifier: bulk['identifier'] });
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('the documents of the guides', () => {
  const deploymentConfig = readSeed('deployment-config-blueprint', {
    YOUR_WEBHOOK_URL: 'https://example.com/changelog',
  });

  test('deployment config: blueprint and entity come back as they were sent', async () => {
    const { body } = await server.ask('POST', '/v1/blueprints', deploymentConfig);
    expect(body['blueprint']).toMatchObject(deploymentConfig);
    const entity = readSeed('deployment-config-entity');
    expect(await server.entity('deploymentConfig', entity)).toMatchObject(entity);
    const path = '/v1/blueprints/deploymentConfig/entities/notification-service-prod';
    const [event] = await server.eventsOf(() =>
      server.ask('PATCH', path, { properties: { healthStatus: 'Degraded' } }),
    );
    expect(event).toMatchObject({
      kind: 'entity.updated',
      after: { properties: { healthStatus: 'Degraded', cpuUtil: 25 } },
      changed: expect.arrayContaining([[['properties', 'healthStatus'], 'Healthy']]),
    });
  });

  test('microservice: created by a run, with a title of blanks and an identifier of underscores', async () => {
    const blueprint = {
      identifier: 'microservice',
      description: 'This blueprint represents service in our software catalog',
      title: 'Service',
      icon: 'Microservice',
      schema: { properties: { region: { type: 'string', title: 'Region' } }, required: [] },
      mirrorProperties: {},
      calculationProperties: {},
      relations: {},
    };
    expect((await server.ask('POST', '/v1/blueprints', blueprint)).body['blueprint']).toMatchObject(blueprint);
    const body = { identifier: 'my_microservice', title: 'my microservice', properties: { region: 'eu-west-1' } };
    const answer = await server.ask('POST', '/v1/blueprints/microservice/entities?run_id=r_1&upsert=true', body);
    expect(answer).toMatchObject({ status: 201, body: { entity: { ...body, icon: null, relations: {} } } });
  });
});
