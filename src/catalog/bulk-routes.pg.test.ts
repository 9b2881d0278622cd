import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
});
afterAll(() => server.close());

const schema = { properties: { n: { type: 'number' } }, required: [] };

function bulk(blueprint: string, entities: readonly unknown[], query = '') {
  return server.ask('POST', `/v1/blueprints/${blueprint}/entities/bulk${query}`, { entities });
}

async function identifiersOf(blueprint: string): Promise<readonly string[]> {
  const found = await sql<{ identifier: string }>`
    select identifier from entity where blueprint = ${blueprint} order by identifier`.execute(server.core.db);
  return found.rows.map((row) => row.identifier);
}

describe('bulk writes', () => {
  test('20 entities, of which 7 fail, each for its own reason', async () => {
    const blueprint = await server.blueprint({ schema });
    await server.blueprint({
      identifier: 'withsystem',
      schema,
      relations: { of: { target: blueprint, required: true } },
    });
    await server.entity(blueprint, { identifier: 'there' });
    const good = Array.from({ length: 13 }, (_, n) => ({
      identifier: `g${n}`,
      properties: { n },
      relations: { of: 'there' },
    }));
    const bad: [object | null, number, string, string][] = [
      [
        { identifier: 'b0', properties: { n: 'x' }, relations: { of: 'there' } },
        422,
        'blueprint_schema_mismatch',
        'b0',
      ],
      [{ identifier: 'b1' }, 422, 'required_relation', 'b1'],
      [{ identifier: 'b2', relations: { of: 'nowhere' } }, 404, 'not_found', 'b2'],
      [{ identifier: 'b3', relations: { nope: 'there', of: 'there' } }, 404, 'not_found', 'b3'],
      [{ identifier: 'b?4', relations: { of: 'there' } }, 422, 'invalid_request', 'b?4'],
      [{ identifier: { combinator: 'and', rules: [] } }, 422, 'invalid_request', 'unknown'],
      [null, 422, 'invalid_request', 'unknown'],
    ];
    const entities = good.flatMap((entity, index) => [entity, ...(bad[index] === undefined ? [] : [bad[index][0]])]);
    const events = await server.eventsOf(async () => {
      const answer = await bulk('withsystem', entities);
      expect(answer.status).toBe(207);
      const ok = answer.body['entities'] as { index: number; identifier: string }[];
      expect(ok).toHaveLength(13);
      for (const item of ok) expect(item).toEqual({ ...item, created: true, additionalData: {} });
      for (const item of ok) expect((entities[item.index] as { identifier: string }).identifier).toBe(item.identifier);
      const errors = bad.map(([entity, statusCode, error, identifier]) => ({
        index: entities.indexOf(entity as never),
        identifier,
        statusCode,
        error,
      }));
      expect(answer.body['errors']).toMatchObject(errors);
      for (const { message } of answer.body['errors'] as { message: string }[]) expect(message).not.toBe('');
    });
    expect(await identifiersOf('withsystem')).toEqual(good.map((entity) => entity.identifier).toSorted());
    expect(events.map((event) => event.kind)).toEqual(good.map(() => 'entity.created'));
  });

  test('answers 200 when all succeed, and says which were there before', async () => {
    const blueprint = await server.blueprint({ schema });
    await server.entity(blueprint, { identifier: 'a' });
    expect(
      await bulk(blueprint, [{ identifier: 'a', properties: { n: 1 } }, { identifier: 'b' }], '?upsert=true'),
    ).toMatchObject({
      status: 200,
      body: {
        ok: true,
        entities: [
          { index: 0, identifier: 'a', created: false },
          { index: 1, identifier: 'b', created: true },
        ],
        errors: [],
      },
    });
    expect(await bulk(blueprint, [{ identifier: 'a' }])).toMatchObject({
      status: 207,
      body: { entities: [], errors: [{ index: 0, statusCode: 409, error: 'identifier_taken' }] },
    });
  });

  test('one entity twice in a call is one write and one event', async () => {
    const blueprint = await server.blueprint({ schema });
    const events = await server.eventsOf(async () => {
      const answer = await bulk(
        blueprint,
        [
          { identifier: 'x', title: 'One' },
          { identifier: 'x', properties: { n: 2 } },
        ],
        '?upsert=true&merge=true',
      );
      expect(answer.body['entities']).toMatchObject([{ created: true }, { created: false }]);
    });
    expect(events).toMatchObject([{ kind: 'entity.created', after: { title: 'One', properties: { n: 2 } } }]);
    expect(await bulk(blueprint, [{ identifier: 'y' }, { identifier: 'y' }])).toMatchObject({
      status: 207,
      body: { errors: [{ index: 1, error: 'identifier_taken' }] },
    });
  });

  test('entities may refer to those before them in the call', async () => {
    const blueprint = await server.blueprint({ identifier: 'tree' });
    await server.ask('PATCH', `/v1/blueprints/${blueprint}`, { relations: { parent: { target: blueprint } } });
    expect(
      await bulk(blueprint, [
        { identifier: 'root', relations: { parent: 'root' } },
        { identifier: 'leaf', relations: { parent: 'root' } },
        { identifier: 'early', relations: { parent: 'late' } },
        { identifier: 'late' },
      ]),
    ).toMatchObject({ status: 207, body: { errors: [{ index: 2, error: 'not_found' }] } });
    expect(await server.read(blueprint, 'leaf')).toMatchObject({ relations: { parent: 'root' } });
  });

  test('an upsert of 20 unchanged entities writes and emits nothing', async () => {
    const blueprint = await server.blueprint({ schema });
    const entities = Array.from({ length: 20 }, (_, n) => ({ identifier: `e${n}`, properties: { n } }));
    await bulk(blueprint, entities, '?upsert=true');
    const events = await server.eventsOf(async () => {
      expect((await bulk(blueprint, entities, '?upsert=true')).status).toBe(200);
    });
    expect(events).toEqual([]);
  });

  test('validation_only keeps nothing', async () => {
    const blueprint = await server.blueprint({ schema });
    expect(
      await bulk(blueprint, [{ identifier: 'a' }, { properties: { n: 'x' } }], '?validation_only=true'),
    ).toMatchObject({ status: 207, body: { entities: [{ index: 0 }], errors: [{ index: 1 }] } });
    expect(await identifiersOf(blueprint)).toEqual([]);
  });

  test('more than 20, none, or another key is refused as a whole', async () => {
    const blueprint = await server.blueprint();
    const many = Array.from({ length: 21 }, () => ({}));
    expect((await bulk(blueprint, many)).status).toBe(422);
    expect((await bulk(blueprint, [])).status).toBe(422);
    const extra = await server.ask('POST', `/v1/blueprints/${blueprint}/entities/bulk`, { entities: [{}], other: 1 });
    expect(extra.status).toBe(422);
    const large = await server.ask('POST', `/v1/blueprints/${blueprint}/entities/bulk`, {
      entities: [{ title: 'x'.repeat(1_100_000) }],
    });
    expect(large).toMatchObject({ status: 413, body: { ok: false, error: 'bad_request' } });
  });
});

describe('missing related entities', () => {
  test('are created when asked, with their defaults, unless something about them is required', async () => {
    const easy = await server.blueprint({ schema: { properties: { n: { type: 'number', default: 7 } } } });
    const hard = await server.blueprint({ schema: { properties: { n: { type: 'number' } }, required: ['n'] } });
    const source = await server.blueprint({
      relations: { easy: { target: easy }, hard: { target: hard, many: true } },
    });
    const events = await server.eventsOf(async () => {
      const answer = await bulk(
        source,
        [
          { identifier: 'a', relations: { easy: 'new' } },
          { identifier: 'b', relations: { easy: 'new' } },
          { identifier: 'c', relations: { easy: 'other', hard: ['h'] } },
        ],
        '?create_missing_related_entities=true',
      );
      expect(answer).toMatchObject({
        status: 207,
        body: { errors: [{ index: 2, statusCode: 422, error: 'blueprint_schema_mismatch' }] },
      });
    });
    expect(events.map((event) => event.subject)).toEqual([
      `entity:${easy}/new`,
      `entity:${source}/a`,
      `entity:${source}/b`,
    ]);
    expect(await server.read(easy, 'new')).toMatchObject({ title: 'new', properties: { n: 7 } });
    expect(await identifiersOf(easy)).toEqual(['new']);
  });
});

describe('bulk deletes', () => {
  test('take all or none', async () => {
    const target = await server.blueprint();
    const source = await server.blueprint({ relations: { to: { target, required: true } } });
    await bulk(target, [{ identifier: 'a' }, { identifier: 'b' }]);
    await server.entity(source, { identifier: 's', relations: { to: 'b' } });
    const path = `/v1/blueprints/${target}/bulk/entities/delete`;
    expect(await server.ask('POST', path, { entities: ['a', 'b', 'absent'] })).toMatchObject({
      status: 403,
      body: { error: 'has_dependents', details: { dependents: [`${source}/s`] } },
    });
    expect(await identifiersOf(target)).toEqual(['a', 'b']);
    const done = await server.ask('POST', `${path}?delete_dependents=true`, { entities: ['b', 'a', 'absent'] });
    expect(done).toMatchObject({ status: 200, body: { ok: true } });
    expect(new Set(done.body['deletedEntities'] as string[])).toEqual(new Set(['a', 'b']));
    expect(await identifiersOf(source)).toEqual([]);
    expect((await server.ask('POST', path, { entities: Array.from({ length: 101 }, () => 'x') })).status).toBe(422);
    expect(await server.ask('DELETE', `/v1/blueprints/${target}/bulk/entities`, { entities: ['x'] })).toMatchObject({
      body: { deletedEntities: [] },
    });
  });
});

describe('all-entities', () => {
  test('deletes everything and leaves a completed migration that can be read', async () => {
    const blueprint = await server.blueprint();
    await server.ask('PATCH', `/v1/blueprints/${blueprint}`, {
      relations: { next: { target: blueprint, required: true } },
    });
    await sql`
      insert into entity (org_id, blueprint, identifier, title, team, properties, relations, datasource, version,
        created_at, created_by, updated_at, updated_by)
      select ${server.orgId}, ${blueprint}, 'e' || n, 'T', '{}', '{}', jsonb_build_object('next', 'e' || (n + 1) % 450), '',
        1, now(), 'x', now(), 'x'
      from generate_series(0, 449) n`.execute(server.core.db);
    await sql`
      insert into entity_relation (org_id, blueprint, identifier, relation, target_blueprint, target)
      select org_id, blueprint, identifier, 'next', blueprint, relations ->> 'next' from entity
      where blueprint = ${blueprint}`.execute(server.core.db);
    const answer = await server.ask('DELETE', `/v1/blueprints/${blueprint}/all-entities?delete_blueprint=true`);
    expect(answer).toMatchObject({
      status: 200,
      body: { ok: true, migrationId: expect.stringMatching(/^migration_/) },
    });
    const { body } = await server.ask('GET', `/v1/migrations/${String(answer.body['migrationId'])}`);
    expect(body['migration']).toMatchObject({
      id: answer.body['migrationId'],
      actor: 'test-client',
      sourceBlueprint: blueprint,
      mapping: {},
      status: 'COMPLETED',
      deleteBlueprint: true,
    });
    expect(await identifiersOf(blueprint)).toEqual([]);
    expect((await server.ask('GET', `/v1/blueprints/${blueprint}`)).status).toBe(404);
    expect((await server.ask('GET', '/v1/migrations')).body['migrations']).toHaveLength(1);
  });

  test('is refused while entities of another blueprint require some', async () => {
    const target = await server.blueprint();
    const source = await server.blueprint({ relations: { to: { target, required: true } } });
    await server.entity(target, { identifier: 'a' });
    await server.entity(source, { identifier: 's', relations: { to: 'a' } });
    expect(await server.ask('DELETE', `/v1/blueprints/${target}/all-entities`)).toMatchObject({
      status: 403,
      body: { error: 'has_dependents' },
    });
    expect(await identifiersOf(target)).toEqual(['a']);
  });
});
