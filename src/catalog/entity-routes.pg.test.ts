import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problem } from '#platform/problem.ts';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { testPerson } from '#testing/module-server.ts';

let server: CatalogServer;
let system: string;

beforeAll(async () => {
  server = await serveCatalog({
    scores: async () => ({
      scores: sql`jsonb_build_object('Ready', jsonb_build_object(
      'rules', '[]'::jsonb, 'level', case when e.properties ? 'lang' then 'Gold' else 'Basic' end))`,
      changeAt: null,
    }),
    runGate: {
      assertOpen: async (_, __, runId) => {
        if (runId === 'r_open') return;
        throw problem('bad-request', 'run_exhausted', `Run ${runId} has ended.`);
      },
    },
  });
  system = await server.blueprint({ identifier: 'system' });
  await server.blueprint({
    identifier: 'service',
    schema: {
      properties: {
        lang: { type: 'string', enum: ['Go', 'Rust'] },
        tier: { type: 'number', minimum: 1, default: 3 },
        url: { type: 'string', format: 'url' },
        config: { type: 'object' },
        code: { type: 'string', pattern: '^[A-Z]{2,4}$' },
        tags: { type: 'array', items: { type: 'string' }, uniqueItems: true, maxItems: 3 },
      },
      required: [],
    },
    mirrorProperties: { systemTier: { path: 'system.tier' } },
    relations: {
      system: { target: 'system' },
      uses: { target: 'service', many: true },
    },
  });
  await server.entity(system, { identifier: 'shop', title: 'Shop' });
});
afterAll(() => server.close());

const path = (identifier = '') =>
  `/v1/blueprints/service/entities${identifier === '' ? '' : `/${encodeURIComponent(identifier)}`}`;

describe('POST', () => {
  test('creates, applies defaults, scores, and announces what GET returns', async () => {
    const [event] = await server.eventsOf(async () => {
      const answer = await server.ask('POST', path(), {
        identifier: 'checkout',
        blueprint: 'something-else',
        team: 'payments',
        properties: { lang: 'Go', url: null, systemTier: 5 },
        relations: { system: 'shop' },
      });
      expect(answer.status).toBe(201);
      expect(answer.headers.get('etag')).toBe('"1"');
      expect(answer.body['entity']).toEqual({
        identifier: 'checkout',
        title: 'checkout',
        icon: null,
        blueprint: 'service',
        team: ['payments'],
        properties: { lang: 'Go', tier: 3 },
        relations: { system: 'shop', uses: [] },
        scorecards: { Ready: { rules: [], level: 'Gold' } },
        createdAt: '2026-05-04T10:00:00.000Z',
        createdBy: 'test-client',
        updatedAt: '2026-05-04T10:00:00.000Z',
        updatedBy: 'test-client',
      });
    });
    const read = await server.read('service', 'checkout');
    expect(event).toMatchObject({
      kind: 'entity.created',
      subject: 'entity:service/checkout',
      context: { blueprint: 'service', entity: 'checkout' },
      after: read,
      status: 'SUCCESS',
    });
  });

  test.each([{}, { identifier: '' }, { identifier: null }])('makes an identifier for %j', async (body) => {
    const entity = await server.entity('service', body);
    expect(entity['identifier']).toMatch(/^e_[A-Za-z0-9]{16}$/);
  });

  test('takes an empty title as a title', async () => {
    expect(await server.entity('service', { identifier: 'untitled', title: '' }, '?upsert=true&run_id=')).toMatchObject(
      {
        title: '',
      },
    );
  });

  test('refuses a taken identifier with 409 and answers 200 to an upsert', async () => {
    await server.entity('service', { identifier: 'taken', icon: 'Box', properties: { lang: 'Go' } });
    expect(await server.ask('POST', path(), { identifier: 'taken' })).toMatchObject({
      status: 409,
      body: { ok: false, error: 'identifier_taken' },
    });
    expect(await server.ask('POST', `${path()}?merge=true`, { identifier: 'taken' })).toMatchObject({ status: 409 });
    expect(await server.ask('POST', `${path()}?upsert=True`, { identifier: 'taken' })).toMatchObject({
      status: 200,
      body: { entity: { icon: null, properties: {}, scorecards: { Ready: { level: 'Basic' } } } },
    });
  });

  test('upsert alone replaces without defaults, with merge it changes given keys and null clears', async () => {
    await server.entity('service', {
      identifier: 'm',
      team: ['a'],
      properties: { lang: 'Go', config: { a: 1, b: 2 } },
    });
    expect(
      await server.entity(
        'service',
        { identifier: 'm', properties: { lang: null, config: { c: 3 } } },
        '?upsert=true&merge=true',
      ),
    ).toMatchObject({ team: ['a'], properties: { config: { c: 3 }, tier: 3 } });
    const replaced = await server.entity('service', { identifier: 'm', properties: { lang: 'Rust' } }, '?upsert=true');
    expect(replaced).toMatchObject({ team: [], properties: { lang: 'Rust' } });
    expect(replaced['properties']).not.toHaveProperty('tier');
  });

  test.each([
    ['a value outside the enum', { properties: { lang: 'C' } }, 'blueprint_schema_mismatch', 'lang'],
    ['a wrong type', { properties: { tier: 'high' } }, 'blueprint_schema_mismatch', 'tier'],
    ['a number below the minimum', { properties: { tier: 0 } }, 'blueprint_schema_mismatch', 'tier'],
    ['an address without host', { properties: { url: 'javascript:alert(1)' } }, 'blueprint_schema_mismatch', 'url'],
    ['a text that does not match', { properties: { code: 'abc' } }, 'blueprint_schema_mismatch', 'code'],
    ['a list that is too long', { properties: { tags: ['a', 'b', 'c', 'd'] } }, 'blueprint_schema_mismatch', 'tags'],
    ['an item twice', { properties: { tags: ['a', 'a'] } }, 'blueprint_schema_mismatch', 'tags'],
    ['a wrong item', { properties: { tags: ['a', 1] } }, 'blueprint_schema_mismatch', 'tags'],
    ['an unknown property', { properties: { nope: 1 } }, 'blueprint_schema_mismatch', 'nope'],
    ['an unknown property that is null', { properties: { nope: null } }, 'blueprint_schema_mismatch', 'nope'],
    ['a NUL character', { title: 'a\u0000' }, 'invalid_request', 'NUL'],
    ['half a surrogate pair', { properties: { config: { a: '\ud800' } } }, 'invalid_request', 'surrogate'],
    ['an endless nest', { properties: { config: nest(100) } }, 'invalid_request', 'levels'],
    ['an identifier with odd characters', { identifier: 'a?b' }, 'invalid_request', 'identifier'],
    ['an identifier that is too long', { identifier: 'x'.repeat(1001) }, 'invalid_request', 'identifier'],
    ['a title that is a number', { title: 5 }, 'invalid_request', 'title'],
    ['a list for a single relation', { relations: { system: ['shop'] } }, 'relation_many_violation', 'system'],
    [
      'a search for an identifier',
      { identifier: { combinator: 'and', rules: [] } },
      'invalid_request',
      'at least one rule',
    ],
    ['a team that is a number', { team: 5 }, 'invalid_request', 'team'],
  ])('refuses %s with 422', async (_, body, error, word) => {
    const answer = await server.ask('POST', path(), { identifier: 'wrong', ...body });
    expect(answer).toMatchObject({ status: 422, body: { ok: false, error } });
    expect(answer.body.message).toContain(word);
    expect((await server.ask('GET', path('wrong'))).status).toBe(404);
  });

  test('a number too large for a number is refused', async () => {
    const answer = await server.ask('POST', path(), '{"identifier":"inf","properties":{"config":{"a":1e999}}}');
    expect(answer).toMatchObject({ status: 422 });
  });

  test('reports each wrong property', async () => {
    const { body } = await server.ask('POST', path(), { properties: { lang: 'C', tier: 0, nope: 1 } });
    expect((body['details'] as { errors: { property: string }[] }).errors.map(({ property }) => property)).toEqual([
      'lang',
      'tier',
      'nope',
    ]);
  });

  test('an unknown relation, target or blueprint is a 404', async () => {
    expect(await server.ask('POST', path(), { relations: { nope: 'x' } })).toMatchObject({
      status: 404,
      body: { error: 'not_found', details: { resource: 'relation', withValue: 'nope' } },
    });
    expect(await server.ask('POST', path(), { relations: { nope: null } })).toMatchObject({ status: 404 });
    expect(await server.ask('POST', path(), { relations: { system: 'nowhere' } })).toMatchObject({
      status: 404,
      body: { error: 'not_found', details: { resource: 'entity', withValue: 'nowhere' } },
    });
    expect(await server.ask('POST', '/v1/blueprints/nope/entities', {})).toMatchObject({
      status: 404,
      body: { error: 'not_found', details: { resource: 'blueprint' } },
    });
  });

  test('validation_only checks everything and keeps nothing', async () => {
    const events = await server.eventsOf(async () => {
      expect(
        await server.ask('POST', `${path()}?validation_only=true`, { identifier: 'dry', properties: { lang: 'Go' } }),
      ).toMatchObject({
        status: 201,
        body: { entity: { identifier: 'dry', scorecards: { Ready: { level: 'Gold' } } } },
      });
      expect(await server.ask('POST', `${path()}?validation_only=true`, { properties: { lang: 'C' } })).toMatchObject({
        status: 422,
      });
    });
    expect(events).toEqual([]);
    expect((await server.ask('GET', path('dry'))).status).toBe(404);
  });

  test('a refused write is recorded and changes nothing', async () => {
    const events = await server.eventsOf(() =>
      server.ask('POST', path(), { identifier: 'bad', properties: { lang: 'C' } }),
    );
    expect(events).toMatchObject([
      { kind: 'entity.created', status: 'FAILURE', context: { entity: 'bad', error: 'blueprint_schema_mismatch' } },
    ]);
  });
});

describe('runs', () => {
  test('a run in progress is named by the event, an ended one refused with 400, an empty one ignored', async () => {
    const [event] = await server.eventsOf(() => server.entity('service', { identifier: 'run1' }, '?run_id=r_open'));
    expect(event?.context).toEqual({ blueprint: 'service', entity: 'run1', run: 'r_open' });
    expect(await server.ask('POST', `${path()}?run_id=r_done`, { identifier: 'run2' })).toMatchObject({
      status: 400,
      body: { error: 'run_exhausted' },
    });
    expect(await server.ask('DELETE', `${path('run1')}?run_id=r_done`)).toMatchObject({ status: 400 });
    expect(await server.ask('DELETE', `${path('run1')}?run_id=`)).toMatchObject({ status: 200 });
  });
});

describe('an upsert that changes nothing', () => {
  test('writes nothing, emits nothing, yet remembers who wrote last', async () => {
    const body = {
      identifier: 'same',
      properties: { lang: 'Go', config: { b: 1, a: [1, 2] } },
      relations: { system: 'shop' },
    };
    await server.entity('service', body, '?upsert=true');
    const before = await server.read('service', 'same');
    server.clock.advance(1000);
    const events = await server.eventsOf(async () => {
      const answer = await server.ask('POST', `${path()}?upsert=true&merge=true`, body, {
        headers: { 'user-agent': 'port-ocean/github/1.0/main/exporter' },
      });
      expect(answer).toMatchObject({ status: 200, body: { entity: before } });
      expect(answer.headers.get('etag')).toBe('"1"');
    });
    expect(events).toEqual([]);
    expect(await server.read('service', 'same')).toEqual(before);
    const found = await sql<{ datasource: string }>`
      select datasource from entity where identifier = 'same'`.execute(server.core.db);
    expect(found.rows).toEqual([{ datasource: 'port-ocean/github/1.0/main/exporter' }]);
  });
});

describe('PUT and PATCH', () => {
  test('need the entity to be there', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'GET'] as const) {
      const body = method === 'PUT' || method === 'PATCH' ? {} : undefined;
      expect(await server.ask(method, path('absent'), body)).toMatchObject({
        status: 404,
        body: { error: 'not_found', details: { resource: 'entity', withValue: 'absent' } },
      });
    }
  });

  test('PUT replaces, PATCH keeps what is not sent and is closed', async () => {
    await server.entity('service', {
      identifier: 'p',
      title: 'P',
      icon: 'Box',
      team: ['t'],
      properties: { lang: 'Go' },
    });
    server.clock.advance(1000);
    const patched = await server.ask('PATCH', path('p'), { icon: null, properties: { tier: 1 } });
    expect(patched).toMatchObject({
      status: 200,
      body: {
        entity: {
          title: 'P',
          icon: null,
          team: ['t'],
          properties: { lang: 'Go', tier: 1 },
          updatedAt: server.clock.now().toISOString(),
        },
      },
    });
    expect(patched.headers.get('etag')).toBe('"2"');
    expect(await server.ask('PATCH', path('p'), { blueprint: 'service' })).toMatchObject({
      status: 422,
      body: { error: 'invalid_request' },
    });
    const put = await server.ask('PUT', path('p'), { blueprint: 'service', properties: { lang: 'Rust' } });
    expect(put).toMatchObject({
      status: 200,
      body: { entity: { title: 'p', team: [], properties: { lang: 'Rust' } } },
    });
  });

  test('If-Match protects entities', async () => {
    await server.entity('service', { identifier: 'v' });
    const stale = { headers: { 'if-match': '"7"' } };
    expect(await server.ask('PATCH', path('v'), { title: 'x' }, stale)).toMatchObject({
      status: 412,
      body: { error: 'stale_version' },
    });
    expect((await server.ask('PUT', path('v'), {}, stale)).status).toBe(412);
    expect((await server.ask('DELETE', path('v'), undefined, stale)).status).toBe(412);
    const current = { headers: { 'if-match': (await server.ask('GET', path('v'))).headers.get('etag') ?? '' } };
    expect((await server.ask('DELETE', path('v'), undefined, current)).status).toBe(200);
  });

  test('only given values are checked, so a schema may tighten around old ones', async () => {
    const blueprint = await server.blueprint({
      schema: { properties: { a: { type: 'string' }, b: { type: 'string' } } },
    });
    await server.entity(blueprint, { identifier: 'old', properties: { a: 'free text' } });
    await server.ask('PATCH', `/v1/blueprints/${blueprint}`, {
      schema: { properties: { a: { type: 'string', enum: ['x'] } }, required: ['b'] },
    });
    const entity = `/v1/blueprints/${blueprint}/entities/old`;
    expect(await server.ask('PATCH', entity, { properties: { a: 'y', b: 'b' } })).toMatchObject({ status: 422 });
    expect(await server.ask('PATCH', entity, { title: 'T' })).toMatchObject({
      status: 422,
      body: { error: 'blueprint_schema_mismatch' },
    });
    expect(await server.ask('PATCH', entity, { properties: { b: 'b' } })).toMatchObject({
      status: 200,
      body: { entity: { properties: { a: 'free text', b: 'b' } } },
    });
  });
});

describe('identifiers in paths', () => {
  test.each(['a/b', 'a:b', 'a@b.c', 'a+b', 'a=b', 'a\\b', 'müller', '日本', 'a b', 'a..b', '%2F'.replace('%', 'x')])(
    'takes %s',
    async (identifier) => {
      await server.entity('service', { identifier });
      expect(await server.ask('GET', path(identifier))).toMatchObject({
        status: 200,
        body: { entity: { identifier } },
      });
      expect(await server.ask('PATCH', `${path(identifier)}/`, { title: 'New' })).toMatchObject({ status: 200 });
      expect(await server.ask('DELETE', path(identifier))).toMatchObject({ status: 200 });
    },
  );

  test('a plus means a blank where only that exists', async () => {
    await server.entity('service', { identifier: 'one two' });
    expect(await server.ask('GET', '/v1/blueprints/service/entities/one+two')).toMatchObject({
      status: 200,
      body: { entity: { identifier: 'one two' } },
    });
    await server.entity('service', { identifier: 'one+two' });
    expect(await server.ask('PATCH', '/v1/blueprints/service/entities/one+two', { title: 'Plus' })).toMatchObject({
      body: { entity: { identifier: 'one+two' } },
    });
    await server.ask('DELETE', '/v1/blueprints/service/entities/one+two');
    expect(await server.ask('DELETE', '/v1/blueprints/service/entities/one+two')).toMatchObject({ status: 200 });
    expect((await server.ask('GET', path('one two'))).status).toBe(404);
    await server.entity('service', { identifier: 'c+d e' });
    // As `quote_plus` writes it.
    expect(await server.ask('DELETE', '/v1/blueprints/service/entities/c%2Bd+e')).toMatchObject({ status: 200 });
    expect((await server.ask('GET', path('c+d e'))).status).toBe(404);
  });
});

describe('reading', () => {
  test('include and exclude pick fields by any of their names', async () => {
    await server.entity('service', {
      identifier: 'r',
      properties: { lang: 'Go' },
      relations: { system: 'shop', uses: ['r'] },
    });
    const read = async (query: string) => (await server.ask('GET', `${path('r')}?${query}`)).body['entity'];
    expect(await read('include=properties.lang,identifier')).toEqual({ identifier: 'r', properties: { lang: 'Go' } });
    expect(await read('include=lang&include=$title')).toEqual({
      identifier: 'r',
      title: 'r',
      properties: { lang: 'Go' },
    });
    expect(await read('include=relations.system&include=unknown')).toEqual({
      identifier: 'r',
      relations: { system: 'shop' },
    });
    expect(await read('exclude=properties,relations,scorecards,$team,icon')).not.toHaveProperty('relations');
    expect(await read('include=relations&attach_title_to_relation=true')).toEqual({
      identifier: 'r',
      relations: { system: { identifier: 'shop', title: 'Shop' }, uses: [{ identifier: 'r', title: 'r' }] },
    });
    expect(await read('exclude_calculated_properties=true&ocean_info_event_type=x')).toMatchObject({
      properties: { lang: 'Go' },
    });
  });

  test('lists and counts a blueprint, also beyond one page', async () => {
    const blueprint = await server.blueprint();
    await sql`
      insert into entity (org_id, blueprint, identifier, title, team, properties, relations, datasource, version,
        created_at, created_by, updated_at, updated_by)
      select ${server.orgId}, ${blueprint}, 'e' || lpad(n::text, 5, '0'), 'T', '{}', '{}', '{}', '', 1, now(), 'x', now(), 'x'
      from generate_series(1, 2500) n`.execute(server.core.db);
    const answer = await server.ask('GET', `/v1/blueprints/${blueprint}/entities?include=identifier`);
    expect(answer.headers.get('content-type')).toContain('application/json');
    const listed = answer.body['entities'] as { identifier: string }[];
    expect(listed).toHaveLength(2500);
    expect(new Set(listed.map((entity) => entity.identifier)).size).toBe(2500);
    expect(await server.ask('GET', `/v1/blueprints/${blueprint}/entities-count`)).toMatchObject({
      body: { count: 2500 },
    });
  });
});

describe('permissions', () => {
  test('what is not there is not told to who may delete nothing', async () => {
    const blueprint = await server.blueprint();
    const mia = testPerson('mia', ['Member'], ['core']);
    const unknown = `/v1/blueprints/${blueprint}/entities/nobody`;
    expect((await server.ask('DELETE', unknown, undefined, { as: mia })).status).toBe(403);
    await server.ask('PATCH', `/v1/blueprints/${blueprint}/permissions`, {
      entities: { unregister: { users: [], roles: [], teams: [], ownedByTeam: true } },
    });
    expect((await server.ask('DELETE', unknown, undefined, { as: mia })).status).toBe(404);
  });

  test('who may change one property may do so beside computed ones', async () => {
    const blueprint = await server.blueprint({
      schema: { properties: { lang: { type: 'string' } }, required: [] },
      calculationProperties: { loud: { type: 'string', calculation: '.properties.lang | ascii_upcase' } },
    });
    await server.entity(blueprint, { identifier: 'a', properties: { lang: 'go' } });
    await server.ask('PATCH', `/v1/blueprints/${blueprint}/permissions`, {
      entities: { updateProperties: { lang: { users: [], roles: ['Member'], teams: [], ownedByTeam: false } } },
    });
    const patch = { properties: { lang: 'rust' } };
    const as = testPerson('mia', ['Member']);
    const changed = await server.ask('PATCH', `/v1/blueprints/${blueprint}/entities/a`, patch, { as });
    expect(changed.body).toMatchObject({ ok: true, entity: { properties: { lang: 'rust', loud: 'RUST' } } });
  });

  test('members read, and write only where the blueprint lets them', async () => {
    const blueprint = await server.blueprint({
      schema: { properties: { note: { type: 'string' }, secret: { type: 'string' } } },
    });
    const mia = testPerson('mia', ['Member'], ['core']);
    const entities = `/v1/blueprints/${blueprint}/entities`;
    await server.entity(blueprint, { identifier: 'x', team: 'core', properties: { secret: 's' } });
    expect((await server.ask('GET', `${entities}/x`, undefined, { as: mia })).status).toBe(200);
    const refused = { status: 403, body: { error: 'missing_permissions' } };
    expect(await server.ask('POST', entities, { identifier: 'y' }, { as: mia })).toMatchObject(refused);
    expect(await server.ask('PATCH', `${entities}/x`, { title: 'T' }, { as: mia })).toMatchObject(refused);
    expect(await server.ask('DELETE', `${entities}/x`, undefined, { as: mia })).toMatchObject(refused);
    await server.ask('PATCH', `/v1/blueprints/${blueprint}/permissions`, {
      entities: { unregister: { ownedByTeam: true }, updateProperties: { note: { teams: ['core'] } } },
    });
    expect((await server.ask('PATCH', `${entities}/x`, { properties: { note: 'n' } }, { as: mia })).status).toBe(200);
    expect(
      await server.ask('PATCH', `${entities}/x`, { properties: { note: 'm', secret: 't' } }, { as: mia }),
    ).toMatchObject(refused);
    expect((await server.ask('DELETE', `${entities}/x`, undefined, { as: mia })).status).toBe(200);
    const moderator = testPerson('moe', [`${blueprint}-moderator`]);
    expect((await server.ask('POST', entities, { identifier: 'z' }, { as: moderator })).status).toBe(201);
    expect(await server.ask('POST', path(), { identifier: 'z' }, { as: moderator })).toMatchObject(refused);
  });

  test('organisations are apart', async () => {
    await server.addOrganisation('org_two');
    const as = { kind: 'credential', orgId: 'org_two', id: 'two', name: 'Two' } as const;
    expect((await server.ask('GET', path('checkout'), undefined, { as })).status).toBe(404);
    await server.ask(
      'POST',
      '/v1/blueprints',
      { identifier: 'service', title: 'S', schema: { properties: {} } },
      { as },
    );
    expect((await server.ask('GET', path('checkout'), undefined, { as })).status).toBe(404);
    expect(await server.ask('GET', path(), undefined, { as })).toMatchObject({ body: { entities: [] } });
  });
});

test('Idempotency-Key gives the same answer twice and creates once', async () => {
  const headers = { 'idempotency-key': 'k1' };
  const answers = await Promise.all(
    [1, 2, 3].map(() => server.ask('POST', path(), { properties: { lang: 'Go' } }, { headers })),
  );
  expect(answers[0]?.status).toBe(201);
  for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 201, body: answers[0]?.body });
  expect(await server.ask('POST', path(), { properties: { lang: 'Rust' } }, { headers })).toMatchObject({
    status: 409,
  });
});

function nest(depth: number): unknown {
  return depth === 0 ? 1 : { a: nest(depth - 1) };
}
