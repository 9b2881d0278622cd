import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testCatalogParts } from '#testing/catalog-parts.ts';
import { type Answer, type ModuleServer, serveModules, testPerson } from '#testing/module-server.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import { catalogModule } from './module.ts';

let server: ModuleServer;
beforeAll(async () => {
  server = await serveModules((core) => [catalogModule(core, testCatalogParts(core))]);
});
afterAll(() => server.close());

let made = 0;
function definition(overrides: object = {}) {
  made += 1;
  return { identifier: `kind${made}`, title: 'Kind', schema: { properties: {}, required: [] }, ...overrides };
}

async function make(overrides: object = {}) {
  const sent = definition(overrides);
  const answer = await server.ask('POST', '/v1/blueprints', sent);
  expect(answer.body).toMatchObject({ ok: true });
  return sent;
}

function shown({ body }: Answer): BlueprintDocument {
  return body['blueprint'] as BlueprintDocument;
}

async function lastEvent() {
  const found = await sql<Record<string, unknown>>`
    select kind, action, subject, status, context, after, changed from event order by number desc limit 1`.execute(
    server.core.db,
  );
  return found.rows[0];
}

describe('creating', () => {
  test('answers 201 with what was sent, its audit fields and an ETag', async () => {
    const sent = definition({
      icon: 'Microservice',
      schema: {
        properties: { lang: { type: 'string', enum: ['Go'], enumColors: { Go: 'blue' } } },
        required: ['lang'],
      },
      includeInGlobalSearch: false,
    });
    const answer = await server.ask('POST', '/v1/blueprints?create_catalog_page=false', { ...sent, id: 'ignored' });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.body).toEqual({
      ok: true,
      blueprint: {
        ...sent,
        mirrorProperties: {},
        calculationProperties: {},
        aggregationProperties: {},
        relations: {},
        createdAt: '2026-05-04T10:00:00.000Z',
        createdBy: 'test-client',
        updatedAt: '2026-05-04T10:00:00.000Z',
        updatedBy: 'test-client',
      },
    });
    expect(await server.ask('GET', `/v1/blueprints/${sent.identifier}/`)).toMatchObject({
      status: 200,
      body: { blueprint: shown(answer) },
    });
    expect(await lastEvent()).toMatchObject({
      kind: 'blueprint.created',
      subject: `blueprint:${sent.identifier}`,
      after: shown(answer),
    });
  });

  test('keeps the order of properties and adds nothing to them', async () => {
    const properties = {
      zeta: { type: 'string' },
      b: { type: 'number', minimum: 3, somethingNew: { a: [1] } },
      aa: { type: 'boolean' },
    };
    const sent = await make({ schema: { properties } });
    const answer = await server.ask('GET', `/v1/blueprints/${sent.identifier}`);
    expect(JSON.stringify(shown(answer).schema)).toBe(JSON.stringify({ properties, required: [] }));
  });

  test('refuses a taken identifier, also to one of two who come at once', async () => {
    const sent = definition();
    const answers = await Promise.all([1, 2].map(() => server.ask('POST', '/v1/blueprints', sent)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201, 409]));
    expect(answers.find((answer) => answer.status === 409)?.body).toMatchObject({ error: 'identifier_taken' });
  });

  test.each([
    ['identifier with a blank', { identifier: 'a b' }],
    ['identifier of dots', { identifier: '..' }],
    ['empty title', { title: '' }],
    ['long description', { description: 'x'.repeat(201) }],
    ['no schema', { schema: undefined }],
    ['property without a type', { schema: { properties: { a: { title: 'A' } } } }],
    ['unknown type', { schema: { properties: { a: { type: 'text' } } } }],
    ['unknown format', { schema: { properties: { a: { type: 'string', format: 'hostname' } } } }],
    ['property name with a dot', { schema: { properties: { 'a.b': { type: 'string' } } } }],
    ['empty enum', { schema: { properties: { a: { type: 'string', enum: [] } } } }],
    ['default outside the enum', { schema: { properties: { a: { type: 'string', enum: ['x'], default: 'y' } } } }],
    ['default of another type', { schema: { properties: { a: { type: 'number', default: 'y' } } } }],
    ['colour that does not exist', { schema: { properties: { a: { type: 'string', enumColors: { x: 'mauve' } } } } }],
    ['pattern that needs backtracking', { schema: { properties: { a: { type: 'string', pattern: '(?=a)b' } } } }],
    ['pattern that is too large', { schema: { properties: { a: { type: 'string', pattern: '((a{30}){30}){2}' } } } }],
    ['negative length', { schema: { properties: { a: { type: 'string', minLength: -1 } } } }],
    ['required key that is no property', { schema: { properties: {}, required: ['a'] } }],
    ['many and required', { relations: { a: { target: 'kind1', many: true, required: true } } }],
    ['one name twice', { schema: { properties: { a: { type: 'string' } } }, mirrorProperties: { a: { path: 'b.c' } } }],
    ['changelog without address', { changelogDestination: { type: 'WEBHOOK' } }],
    ['inherited ownership without path', { ownership: { type: 'Inherited' } }],
    ['NUL in a title', { title: 'a\u0000b' }],
    ['too many properties', { schema: { properties: manyProperties(501) } }],
    ['schema that is nested without end', { schema: { properties: { a: nested(40) } } }],
  ])('refuses %s with 422', async (_, overrides) => {
    const answer = await server.ask('POST', '/v1/blueprints', definition(overrides));
    expect(answer).toMatchObject({ status: 422, body: { ok: false, error: 'invalid_request' } });
    expect(answer.body.message.length).toBeGreaterThan(10);
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', '@id', 'a=b', 'a-b', 'a\\b'])(
    'takes "%s" as the name of a property',
    async (name) => {
      const sent = await make({
        schema: { properties: Object.fromEntries([[name, { type: 'string' }]]), required: [] },
      });
      const answer = await server.ask('GET', `/v1/blueprints/${sent.identifier}`);
      expect(Object.keys(shown(answer).schema.properties)).toEqual([name]);
    },
  );

  test('refuses __proto__ as the name of a property', async () => {
    const text = `{"identifier":"proto","title":"P","schema":{"properties":{"__proto__":{"type":"string"}}}}`;
    const answer = await server.ask('POST', '/v1/blueprints', text);
    expect(answer).toMatchObject({ status: 400, body: { ok: false } });
    expect(await server.ask('GET', '/v1/blueprints/proto')).toMatchObject({ status: 404 });
  });

  test('takes direct ownership beside team inheritance, null for what is unset, and empty changelog', async () => {
    const ownership = { type: 'Direct', title: 'Owners' };
    const teamInheritance = { path: 'a.b' };
    const sent = definition({ ownership, teamInheritance, description: null, icon: null, changelogDestination: {} });
    const answer = await server.ask('POST', '/v1/blueprints', sent);
    expect(shown(answer)).toMatchObject({ ownership, teamInheritance, changelogDestination: {} });
    expect(shown(answer)).not.toHaveProperty('icon');
  });

  test('refuses identifiers of the system, and members', async () => {
    expect(await server.ask('POST', '/v1/blueprints', definition({ identifier: '_user' }))).toMatchObject({
      status: 422,
      body: { error: 'protected_blueprint_violation' },
    });
    const member = testPerson('mia', ['Member']);
    const sent = definition();
    expect(await server.ask('POST', '/v1/blueprints', sent, { as: member })).toMatchObject({
      status: 403,
      body: { error: 'missing_permissions' },
    });
    expect(await lastEvent()).toMatchObject({ status: 'FAILURE', subject: `blueprint:${sent.identifier}` });
  });
});

describe('relations', () => {
  test('point at blueprints that exist, or at the blueprint itself', async () => {
    const target = await make();
    const sent = definition();
    const relations = {
      one: { target: target.identifier, title: 'One', required: true },
      self: { target: sent.identifier, many: true, required: false },
    };
    expect(await server.ask('POST', '/v1/blueprints', { ...sent, relations })).toMatchObject({
      status: 201,
      body: { blueprint: { relations } },
    });
    expect(
      await server.ask('POST', '/v1/blueprints', definition({ relations: { x: { target: 'nowhere' } } })),
    ).toMatchObject({
      status: 404,
      body: { error: 'not_found', details: { resource: 'blueprint', withValue: 'nowhere' } },
    });
  });
});

describe('changing', () => {
  test('PUT replaces, counts versions, and says nothing when nothing changed', async () => {
    const sent = await make({ description: 'Before', icon: 'Box' });
    const path = `/v1/blueprints/${sent.identifier}`;
    server.clock.advance(1000);
    const changed = await server.ask('PUT', path, { title: 'New', schema: { properties: {}, required: [] } });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).toBe('"2"');
    expect(shown(changed)).toMatchObject({ title: 'New', updatedAt: server.clock.now().toISOString() });
    expect(shown(changed)).not.toHaveProperty('description');
    const event = await lastEvent();
    expect(event).toMatchObject({ kind: 'blueprint.updated', subject: `blueprint:${sent.identifier}` });
    const again = await server.ask('PUT', path, shown(changed));
    expect(again.headers.get('etag')).toBe('"2"');
    expect(await lastEvent()).toEqual(event);
  });

  test('If-Match protects from overwriting somebody else', async () => {
    const sent = await make();
    const path = `/v1/blueprints/${sent.identifier}`;
    const first = await server.ask('PATCH', path, { title: 'One' }, { headers: { 'if-match': '"1"' } });
    expect(first.status).toBe(200);
    const second = await server.ask('PATCH', path, { title: 'Two' }, { headers: { 'if-match': '"1"' } });
    expect(second).toMatchObject({ status: 412, body: { error: 'stale_version' } });
    const gone = await server.ask('DELETE', path, undefined, { headers: { 'if-match': '"1"' } });
    expect(gone.status).toBe(412);
  });

  test('PATCH merges the maps key by key and removes what is null', async () => {
    const sent = await make({
      description: 'Text',
      schema: { properties: { a: { type: 'string' }, b: { type: 'string' } }, required: ['b'] },
    });
    const answer = await server.ask('PATCH', `/v1/blueprints/${sent.identifier}`, {
      description: null,
      schema: { properties: { b: null, c: { type: 'number' } } },
      relations: { me: { target: sent.identifier } },
    });
    expect(answer.status).toBe(200);
    expect(shown(answer)).toMatchObject({
      schema: { properties: { a: { type: 'string' }, c: { type: 'number' } }, required: [] },
      relations: { me: { target: sent.identifier } },
    });
    expect(Object.keys(shown(answer).schema.properties)).toEqual(['a', 'c']);
    expect(shown(answer)).not.toHaveProperty('description');
  });

  test('PATCH is checked as a whole', async () => {
    const sent = await make();
    const path = `/v1/blueprints/${sent.identifier}`;
    expect(await server.ask('PATCH', path, { relations: { a: { target: 5 } } })).toMatchObject({ status: 422 });
    expect(await server.ask('PATCH', path, { title: '' })).toMatchObject({ status: 422 });
    expect(await server.ask('PATCH', path, { identifier: 'no blanks' })).toMatchObject({ status: 422 });
    expect(await server.ask('PATCH', '/v1/blueprints/unknown', { title: 'x' })).toMatchObject({ status: 404 });
  });

  test('refuses another type for a property, and takes it after the property was dropped', async () => {
    const sent = await make({
      schema: { properties: { a: { type: 'string' }, l: { type: 'array', items: { type: 'string' } } }, required: [] },
    });
    const path = `/v1/blueprints/${sent.identifier}`;
    const typed = (properties: object) => ({ title: 'T', schema: { properties, required: [] } });
    expect(await server.ask('PUT', path, typed({ a: { type: 'number' } }))).toMatchObject({
      status: 422,
      body: { error: 'property_type_change' },
    });
    expect(await server.ask('PUT', path, typed({ l: { type: 'array', items: { type: 'number' } } }))).toMatchObject({
      status: 422,
    });
    expect(await server.ask('PUT', path, typed({}))).toMatchObject({ status: 200 });
    expect(await server.ask('PUT', path, typed({ a: { type: 'number' } }))).toMatchObject({ status: 200 });
  });

  test('a property or relation that is removed takes its values along: added anew it starts empty', async () => {
    const path = '/v1/blueprints/orphans';
    const whole = { identifier: 'orphans', title: 'O', schema: { properties: { text: { type: 'string' } } } };
    await server.ask('POST', '/v1/blueprints', whole);
    await server.ask('PATCH', path, { relations: { self: { target: 'orphans' } } });
    const entity = { identifier: 'e', properties: { text: 'kept?' }, relations: { self: 'e' } };
    expect((await server.ask('POST', `${path}/entities`, entity)).status).toBe(201);
    await server.ask('PATCH', path, { schema: { properties: { text: null } }, relations: { self: null } });
    const number = { schema: { properties: { text: { type: 'number' } } }, relations: { self: { target: 'orphans' } } };
    expect((await server.ask('PATCH', path, number)).status).toBe(200);
    const read = await server.ask('GET', `${path}/entities/e`);
    expect(read.body['entity']).toMatchObject({ properties: {}, relations: { self: null } });
    expect(read.body['entity']).not.toMatchObject({ properties: { text: expect.anything() as unknown } });
  });

  test('many writers at once lose nothing', async () => {
    const sent = await make();
    const keys = Array.from({ length: 8 }, (_, index) => `p${index}`);
    const answers = await Promise.all(
      keys.map((key) =>
        server.ask('PATCH', `/v1/blueprints/${sent.identifier}`, {
          schema: { properties: { [key]: { type: 'string' } } },
        }),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual(keys.map(() => 200));
    const answer = await server.ask('GET', `/v1/blueprints/${sent.identifier}`);
    expect(Object.keys(shown(answer).schema.properties).toSorted()).toEqual(keys);
    expect(answer.headers.get('etag')).toBe(`"${keys.length + 1}"`);
  });
});

describe('deleting', () => {
  test('takes the blueprint and its permissions away', async () => {
    const sent = await make();
    const path = `/v1/blueprints/${sent.identifier}`;
    expect(await server.ask('DELETE', path)).toMatchObject({ status: 200, body: { ok: true } });
    expect(await lastEvent()).toMatchObject({ kind: 'blueprint.deleted', after: null });
    expect(await server.ask('GET', path)).toMatchObject({ status: 404, body: { error: 'not_found' } });
    expect(await server.ask('DELETE', path)).toMatchObject({ status: 404 });
    const anew = await server.ask('POST', '/v1/blueprints', { ...sent, title: 'Anew' });
    expect(anew).toMatchObject({ status: 201, body: { blueprint: { title: 'Anew' } } });
  });

  test('is refused while relations of other blueprints point at it', async () => {
    const target = await make();
    const source = await make({ relations: { to: { target: target.identifier } } });
    const refused = await server.ask('DELETE', `/v1/blueprints/${target.identifier}`);
    expect(refused).toMatchObject({ status: 409, body: { error: 'has_dependents' } });
    expect(refused.body.message).toContain(source.identifier);
    await server.ask('PATCH', `/v1/blueprints/${source.identifier}`, { relations: { to: null } });
    expect(await server.ask('DELETE', `/v1/blueprints/${target.identifier}`)).toMatchObject({ status: 200 });
  });

  test('a hook of another module can refuse, or clean up in the same transaction', async () => {
    const seen: unknown[] = [];
    const other = await serveModules((core) => [
      catalogModule(core, {
        ...testCatalogParts(core),
        blueprintHooks: [{ beforeDelete: async (_, blueprint, options) => void seen.push([blueprint, options]) }],
      }),
    ]);
    try {
      await other.ask('POST', '/v1/blueprints', { identifier: 'a', title: 'A', schema: { properties: {} } });
      expect(await other.ask('DELETE', '/v1/blueprints/a?delete_actions=true')).toMatchObject({ status: 200 });
      expect(seen).toEqual([['a', { deleteActions: true }]]);
    } finally {
      await other.close();
    }
  });
});

describe('permissions', () => {
  test('have defaults for every verb, property and relation, right after creation', async () => {
    const sent = definition({ schema: { properties: { lang: { type: 'string' } }, required: [] } });
    await server.ask('POST', '/v1/blueprints', { ...sent, relations: { self: { target: sent.identifier } } });
    const writers = { users: [], roles: ['Admin', `${sent.identifier}-moderator`], teams: [], ownedByTeam: false };
    const readers = { users: [], roles: ['Admin', 'Member'], teams: [], ownedByTeam: false, policy: null };
    expect(await server.ask('GET', `/v1/blueprints/${sent.identifier}/permissions`)).toMatchObject({
      status: 200,
      body: {
        permissions: {
          entities: {
            read: readers,
            register: writers,
            update: writers,
            unregister: writers,
            updateProperties: { lang: writers, $title: writers, $team: writers, $icon: writers },
            updateRelations: { self: writers },
          },
        },
      },
    });
  });

  test('a PATCH replaces only the lists that are given', async () => {
    const sent = await make();
    const path = `/v1/blueprints/${sent.identifier}/permissions`;
    const answer = await server.ask('PATCH', path, { entities: { register: { teams: ['core'] } } });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        permissions: { entities: { register: { roles: ['Admin', `${sent.identifier}-moderator`], teams: ['core'] } } },
      },
    });
    expect((await server.ask('GET', path)).body.permissions).toEqual(answer.body.permissions);
    expect(await server.ask('PATCH', path, { entities: { register: { teams: 'core' } } })).toMatchObject({
      status: 422,
    });
    expect(await server.ask('PATCH', path, { entities: { everything: {} } })).toMatchObject({ status: 422 });
  });
});

test('organisations do not see each other', async () => {
  await server.addOrganisation('org_other');
  const other = { kind: 'credential', orgId: 'org_other', id: 'other', name: 'Other' } as const;
  const sent = await make();
  expect(await server.ask('GET', `/v1/blueprints/${sent.identifier}`, undefined, { as: other })).toMatchObject({
    status: 404,
  });
  expect(await server.ask('POST', '/v1/blueprints', { ...sent, title: 'Theirs' }, { as: other })).toMatchObject({
    status: 201,
  });
  expect(shown(await server.ask('GET', `/v1/blueprints/${sent.identifier}`)).title).toBe('Kind');
  const list = await server.ask('GET', '/v1/blueprints', undefined, { as: other });
  expect(list.body).toMatchObject({ blueprints: [{ title: 'Theirs' }] });
});

function manyProperties(length: number) {
  return Object.fromEntries(Array.from({ length }, (_, index) => [`p${index}`, { type: 'string' }]));
}

function nested(depth: number): object {
  return depth === 0 ? { type: 'object' } : { type: 'object', properties: { a: nested(depth - 1) } };
}
