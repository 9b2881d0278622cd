import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, signIn, signInAdministrator, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestAnswer, type TestApp, uniqueName } from '#testing/start-app.ts';
import { projectAllPeople } from './project-people.ts';

const users = '/v1/blueprints/_user/entities';
const teams = '/v1/blueprints/_team/entities';
let app: TestApp;
let administrator: Visitor;
let member: Visitor;
beforeAll(async () => {
  app = await startTestApp();
  administrator = await signInAdministrator(app);
  member = await addPerson(app, { email: 'member@example.com' });
});
afterAll(async () => app.stop());

type Entity = Readonly<Record<string, unknown>>;
const one = (path: string, name: string): string => `${path}/${encodeURIComponent(name)}`;
const email = (): string => `${uniqueName('person')}@example.com`;

async function entity(path: string, name: string): Promise<Entity> {
  const answer = await app.call('GET', one(path, name));
  expect(answer.status).toBe(200);
  return answer.body['entity'] as Entity;
}

async function made(path: string, body: object, query = ''): Promise<TestAnswer> {
  const answer = await app.call('POST', `${path}${query}`, body);
  expect(answer.body).toMatchObject({ ok: true });
  return answer;
}

const user = async (name: string): Promise<unknown> => (await app.call('GET', one('/v1/users', name))).body['user'];
const team = async (name: string): Promise<Entity> =>
  (await app.call('GET', one('/v1/teams', name))).body['team'] as Entity;

/** Entities are what they would be when made anew from what sign-in knows. */
async function expectInStep(): Promise<void> {
  const { core, modules } = app.app;
  const rows = async (): Promise<unknown> =>
    (
      await app.database.database.pool.query(
        `select * from entity where blueprint in ('_user', '_team') order by blueprint, identifier`,
      )
    ).rows;
  const before = await rows();
  const caller = {
    actor: { kind: 'system', orgId: app.orgId, id: 'test', name: 'test' },
    origin: 'SYSTEM',
    requestId: null,
  } as const;
  await core.runner.execute(caller, projectAllPeople(modules.entityParts), null);
  expect(await rows()).toEqual(before);
}

describe('what the routes of users and teams change', () => {
  test('is in the catalog in the same moment', async () => {
    expect(await entity(users, 'member@example.com')).toMatchObject({
      title: 'Test Person',
      team: [],
      properties: { status: 'Active', port_role: 'Member', port_type: 'Standard', moderated_blueprints: [] },
    });
    const name = uniqueName('team');
    await made('/v1/teams', { name, description: 'Pays', users: ['member@example.com'] });
    expect(await entity(teams, name)).toMatchObject({ title: name, properties: { description: 'Pays', size: 1 } });
    expect(await entity(users, 'member@example.com')).toMatchObject({ team: [name] });
    const changed = { roles: ['service-moderator'], teams: [] };
    await app.call('PATCH', '/v1/users/member@example.com', changed);
    expect(await entity(users, 'member@example.com')).toMatchObject({
      team: [],
      properties: { port_role: 'Moderator', moderated_blueprints: ['service'] },
    });
    expect(await entity(teams, name)).toMatchObject({ properties: { size: 0 } });
    await app.call('PATCH', '/v1/users/member@example.com', { roles: ['Member'] });
    await app.call('DELETE', one('/v1/teams', name));
    expect((await app.call('GET', one(teams, name))).status).toBe(404);
    await expectInStep();
  });

  test('a renamed team keeps what was added to it, and what points at it follows', async () => {
    const [name, next] = [uniqueName('team'), uniqueName('team')];
    await made('/v1/teams', { name, users: ['member@example.com'] });
    const blueprint = await blueprintWith({ owner: { target: '_team' } });
    await made(`/v1/blueprints/${blueprint}/entities`, { identifier: 'x', relations: { owner: name } });
    await app.call('PATCH', one('/v1/teams', name), { name: next });
    expect((await app.call('GET', one(teams, name))).status).toBe(404);
    expect(await entity(teams, next)).toMatchObject({ title: next, properties: { size: 1 } });
    expect(await entity(users, 'member@example.com')).toMatchObject({ team: [next] });
    expect(await entity(`/v1/blueprints/${blueprint}/entities`, 'x')).toMatchObject({ relations: { owner: next } });
    await expectInStep();
  });

  test('somebody whom others require is not removed', async () => {
    const name = email();
    await made(users, { identifier: name });
    const blueprint = await blueprintWith({ owner: { target: '_user', required: true } });
    await made(`/v1/blueprints/${blueprint}/entities`, { identifier: 'x', relations: { owner: name } });
    const refused = await app.call('DELETE', one('/v1/users', name));
    expect(refused).toMatchObject({ status: 403, body: { error: 'has_dependents' } });
    expect(await user(name)).toBeDefined();
    expect((await app.call('DELETE', `${one(users, name)}?delete_dependents=true`)).status).toBe(200);
    expect((await app.call('GET', one('/v1/users', name))).status).toBe(404);
    expect((await app.call('GET', `/v1/blueprints/${blueprint}/entities/x`)).status).toBe(404);
  });
});

async function blueprintWith(relations: object): Promise<string> {
  const identifier = uniqueName('kind');
  await made('/v1/blueprints', { identifier, title: 'Kind', schema: { properties: {}, required: [] }, relations });
  return identifier;
}

describe('entities of _user', () => {
  test('make, change and remove users', async () => {
    const name = email();
    const created = await made(users, {
      identifier: name,
      title: 'Ada King Lovelace',
      properties: { port_role: 'Moderator', moderated_blueprints: ['service'] },
    });
    expect(created).toMatchObject({ status: 201, body: { entity: { properties: { status: 'Staged' } } } });
    expect(await user(name)).toMatchObject({
      firstName: 'Ada',
      lastName: 'King Lovelace',
      status: 'STAGED',
      roles: [{ name: 'service-moderator' }],
    });
    const again = await app.call('POST', users, { identifier: name });
    expect(again).toMatchObject({ status: 409, body: { error: 'identifier_taken' } });
    const read = await entity(users, name);
    expect(await made(users, { ...read, icon: undefined }, '?upsert=true')).toMatchObject({
      status: 200,
      body: { entity: read },
    });
    await app.call('PATCH', one(users, name), { properties: { status: 'Disabled', port_role: 'Member' } });
    expect(await user(name)).toMatchObject({ status: 'DISABLED', roles: [{ name: 'Member' }] });
    // What is not sent stays, also where the rest is replaced.
    await made(users, { identifier: name }, '?upsert=true');
    expect(await user(name)).toMatchObject({ firstName: 'Ada', status: 'DISABLED' });
    expect((await app.call('DELETE', one(users, name))).status).toBe(200);
    expect((await app.call('GET', one('/v1/users', name))).status).toBe(404);
    await expectInStep();
  });

  test('whoever is disabled is signed out; whoever was staged comes in by an invitation', async () => {
    const name = email();
    await made(users, { identifier: name });
    const visitor = await addPerson(app, { email: name, firstName: 'Grace', lastName: 'Hopper' });
    expect(await entity(users, name)).toMatchObject({ title: 'Grace Hopper', properties: { status: 'Active' } });
    expect((await visitor.call('GET', '/v1/users')).status).toBe(200);
    const own = await visitor.call('PATCH', one(users, name), { properties: { status: 'Disabled' } });
    expect(own.status).toBe(403);
    await app.call('PATCH', one(users, name), { properties: { status: 'Disabled' } });
    expect((await visitor.call('GET', '/v1/users')).status).toBe(401);
    await expect(signIn(app, name, 'a password for tests')).rejects.toThrow();
    const taken = await app.call('POST', '/v1/users/invite', { invitee: { email: name } });
    expect(taken.status).toBe(409);
  });

  test.each<[string, object, number, string]>([
    ['no e-mail address', { identifier: 'somebody' }, 422, 'invalid_request'],
    ['no identifier', { title: 'Somebody' }, 422, 'invalid_request'],
    ['an unknown status', { properties: { status: 'Gone' } }, 422, 'blueprint_schema_mismatch'],
    ['an unknown role', { properties: { port_role: 'Root' } }, 422, 'blueprint_schema_mismatch'],
    ['an unknown team', { team: ['nowhere'] }, 404, 'not_found'],
    ['an unknown property', { properties: { shoe: 42 } }, 422, 'blueprint_schema_mismatch'],
    ['an unknown relation', { relations: { shoe: 'x' } }, 404, 'not_found'],
    ['an unknown type', { properties: { port_type: 'Robot' } }, 422, 'blueprint_schema_mismatch'],
  ])('%s is refused and leaves nobody behind', async (_, body, status, error) => {
    const identifier = email();
    const before = (await app.call('GET', '/v1/users')).body;
    const sent = 'title' in body ? body : { identifier, ...body };
    expect(await app.call('POST', users, sent)).toMatchObject({ status, body: { error } });
    expect((await app.call('GET', '/v1/users')).body).toEqual(before);
    await expectInStep();
  });

  test('a dry run makes nobody; in a bulk call each is judged by itself', async () => {
    const [tried, first, last] = [email(), email(), email()];
    const dry = await app.call('POST', `${users}?validation_only=true`, { identifier: tried });
    expect(dry).toMatchObject({ status: 201, body: { entity: { identifier: tried } } });
    expect((await app.call('GET', one('/v1/users', tried))).status).toBe(404);
    const entities = [{ identifier: first }, { identifier: 'nobody' }, { identifier: last, properties: { shoe: 1 } }];
    const answer = await app.call('POST', `${users}/bulk`, { entities });
    expect(answer).toMatchObject({
      status: 207,
      body: { entities: [{ index: 0, identifier: first, created: true }], errors: [{ index: 1 }, { index: 2 }] },
    });
    expect((await app.call('GET', one('/v1/users', last))).status).toBe(404);
    await expectInStep();
  });

  test('the e-mail address stays, the last administrator too, and nobody changes their own status', async () => {
    const renamed = await app.call('PATCH', one(users, 'member@example.com'), { identifier: email() });
    expect(renamed).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
    for (const properties of [{ port_role: 'Member' }, { status: 'Disabled' }]) {
      const refused = await app.call('PATCH', one(users, app.adminEmail), { properties });
      expect(refused).toMatchObject({ status: 422, body: { error: 'last_administrator' } });
    }
    const own = await administrator.call('PATCH', one(users, app.adminEmail), { properties: { status: 'Staged' } });
    expect(own).toMatchObject({ status: 422, body: { error: 'own_status' } });
  });

  test('are for administrators to write, and for everybody to read, find and relate to', async () => {
    expect((await member.call('POST', users, { identifier: email() })).status).toBe(403);
    const patch = { properties: { port_role: 'Admin' } };
    expect((await member.call('PATCH', one(users, 'member@example.com'), patch)).status).toBe(403);
    expect((await member.call('DELETE', one(users, app.adminEmail))).status).toBe(403);
    const rules = [
      { property: '$blueprint', operator: '=', value: '_user' },
      { property: 'port_role', operator: '=', value: 'Admin' },
    ];
    const found = await member.call('POST', '/v1/entities/search', { combinator: 'and', rules });
    expect(found.body).toMatchObject({ entities: [{ identifier: app.adminEmail }] });
  });
});

describe('entities of _team', () => {
  test('make, change and remove teams; names are told apart by case', async () => {
    await made(teams, { identifier: 'Test', title: 'Test' });
    await made(teams, { identifier: 'test', title: 'The testers', properties: { description: 'Break things' } });
    expect(await team('test')).toMatchObject({ name: 'test', description: 'Break things' });
    expect(await entity(teams, 'test')).toMatchObject({ title: 'The testers', properties: { size: 0 } });
    expect(await entity(teams, 'Test')).toMatchObject({ title: 'Test' });
    await app.call('PATCH', one(teams, 'test'), { properties: { description: null } });
    expect(await team('test')).toMatchObject({ description: null });
    const renamed = await app.call('PATCH', one(teams, 'test'), { identifier: 'testers' });
    expect(renamed).toMatchObject({ status: 200, body: { entity: { identifier: 'testers', title: 'The testers' } } });
    expect(await team('testers')).toMatchObject({ name: 'testers' });
    expect((await app.call('DELETE', one(teams, 'testers'))).status).toBe(200);
    expect((await app.call('GET', one('/v1/teams', 'testers'))).status).toBe(404);
    await expectInStep();
  });

  test('own entities named by what they are like', async () => {
    const identifier = uniqueName('team');
    await made(teams, { identifier, title: 'Found by its title' });
    const blueprint = await blueprintWith({});
    const query = { combinator: 'and', rules: [{ property: '$title', operator: '=', value: 'Found by its title' }] };
    const answer = await made(`/v1/blueprints/${blueprint}/entities`, { identifier: 'x', team: query });
    expect(answer.body).toMatchObject({ entity: { team: [identifier] } });
    // Teams come into being by themselves alone.
    const path = `/v1/blueprints/${await blueprintWith({ owner: { target: '_team' } })}/entities`;
    const lost = await app.call('POST', `${path}?create_missing_related_entities=true`, {
      relations: { owner: 'lost' },
    });
    expect(lost).toMatchObject({ status: 404, body: { error: 'not_found' } });
  });
});

describe('system blueprints', () => {
  test('are extended: own properties and relations live beside what is known of a person', async () => {
    const { blueprint } = (await app.call('GET', '/v1/blueprints/system/_user/structure')).body as {
      blueprint: Entity;
    };
    const properties = (blueprint['schema'] as { properties: object }).properties;
    const schema = { properties: { ...properties, slack: { type: 'string', default: '@none' } }, required: [] };
    const put = await app.call('PUT', '/v1/blueprints/_user', {
      ...blueprint,
      schema,
      relations: { lead: { target: '_user' } },
    });
    expect(put.status).toBe(200);
    const name = email();
    const body = { identifier: name, properties: { slack: '@ada' }, relations: { lead: app.adminEmail } };
    await made(users, body);
    await app.call('PATCH', one('/v1/users', name), { roles: ['Admin'] });
    expect(await entity(users, name)).toMatchObject({
      properties: { slack: '@ada', port_role: 'Admin' },
      relations: { lead: app.adminEmail },
    });
    const invited = await addPerson(app, { email: email() });
    expect(await entity(users, invited.email)).toMatchObject({ properties: { slack: '@none' } });
    // A member may be allowed to write what is not of the system.
    const grant = { entities: { updateProperties: { slack: { roles: ['Member'] } } } };
    await app.call('PATCH', '/v1/blueprints/_user/permissions', grant);
    const own = await member.call('PATCH', one(users, name), { properties: { slack: '@lovelace' } });
    expect(own.status).toBe(200);
    await app.call('PATCH', '/v1/blueprints/_user', {
      schema: { properties: { slack: null } },
      relations: { lead: null },
    });
    expect(await entity(users, name)).toMatchObject({ properties: { port_role: 'Admin' } });
    await expectInStep();
  });

  test.each<[string, string, string, object | undefined]>([
    ['removing a part', 'PATCH', '/v1/blueprints/_user', { schema: { properties: { status: null } } }],
    ['leaving out a part', 'PUT', '/v1/blueprints/_team', { title: 'Team', schema: { properties: {}, required: [] } }],
    ['changing a part', 'PATCH', '/v1/blueprints/_user', { schema: { properties: { status: { type: 'string' } } } }],
    ['inheriting memberships', 'PATCH', '/v1/blueprints/_user', { ownership: { type: 'Inherited', path: 'lead' } }],
    ['renaming a part', 'PATCH', '/v1/blueprints/_team/properties/size/rename', { newPropertyName: 'count' }],
    ['deleting one', 'DELETE', '/v1/blueprints/_team', undefined],
    ['deleting all people', 'DELETE', '/v1/blueprints/_user/all-entities', undefined],
    ['making one', 'POST', '/v1/blueprints', { identifier: '_mine', title: 'M', schema: { properties: {} } }],
  ])('%s is refused', async (_, method, path, body) => {
    const answer = await app.call(method, path, body);
    expect(answer).toMatchObject({ status: 422, body: { error: 'protected_blueprint_violation' } });
  });

  test('people are not deleted along with something else', async () => {
    const blueprint = await blueprintWith({});
    await made(`/v1/blueprints/${blueprint}/entities`, { identifier: 'desk' });
    await app.call('PATCH', '/v1/blueprints/_team', { relations: { desk: { target: blueprint, required: true } } });
    const name = uniqueName('team');
    // A team may be made without what its blueprint asks for, since its route does not know it.
    await made('/v1/teams', { name });
    await made(teams, { identifier: name, relations: { desk: 'desk' } }, '?upsert=true&merge=true');
    const refused = await app.call('DELETE', `/v1/blueprints/${blueprint}/entities/desk?delete_dependents=true`);
    expect(refused).toMatchObject({ status: 403, body: { error: 'protected_entity' } });
    expect(await team(name)).toBeDefined();
    await app.call('PATCH', '/v1/blueprints/_team', { relations: { desk: null } });
  });

  test('an organisation from before gets its people', async () => {
    const { pool } = app.database.database;
    await pool.query(`delete from entity where blueprint in ('_user', '_team')`);
    await pool.query(`delete from blueprint where identifier in ('_user', '_team')`);
    await app.call('PATCH', '/v1/users/member@example.com', { roles: ['Member'] });
    expect(await entity(users, app.adminEmail)).toMatchObject({ properties: { port_role: 'Admin' } });
    await expectInStep();
  });
});
