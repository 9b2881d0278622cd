import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';

let app: TestApp;
let member: Visitor;
beforeAll(async () => {
  app = await startTestApp();
  member = await addPerson(app, { email: 'member@example.com', firstName: 'Mem', lastName: 'Ber' });
});
afterAll(async () => app.stop());

async function team(parts: object = {}): Promise<string> {
  const name = uniqueName('team');
  await app.call('POST', '/v1/teams', { name, ...parts });
  return name;
}

async function person(parts: object = {}): Promise<string> {
  const email = `${uniqueName('person')}@example.com`;
  await addPerson(app, { email, ...parts });
  return email;
}

describe('users', () => {
  test('have Port’s shape', async () => {
    const user = {
      id: member.id,
      email: 'member@example.com',
      firstName: 'Mem',
      lastName: 'Ber',
      picture: '',
      status: 'ACTIVE',
      type: 'STANDARD',
      roles: [{ name: 'Member' }],
      teams: [],
      createdAt: expect.stringMatching(/Z$/) as string,
    };
    expect((await app.call('GET', '/v1/users/MEMBER@example.com')).body).toMatchObject({ ok: true, user });
    const all = (await app.call('GET', '/v1/users')).body['users'] as { email: string }[];
    expect(all.find(({ email }) => email === user.email)).toMatchObject(user);
    expect(JSON.stringify(all)).not.toMatch(/hash|scrypt/i);
    expect((await app.call('GET', '/v1/users/nobody@example.com')).status).toBe(404);
  });

  test('get roles and teams by PATCH, whose answer has the fields beside ok', async () => {
    const [one, two] = [await team(), await team()];
    const email = await person({ teams: [one] });
    const path = `/v1/users/${email}`;
    const answer = await app.call('PATCH', path, { roles: ['Member', 'service-moderator'], teams: [two] });
    expect(answer.body).toMatchObject({
      ok: true,
      email,
      roles: [{ name: 'Member' }, { name: 'service-moderator' }],
      teams: [{ name: two, provider: 'port' }],
    });
    await app.call('PATCH', path, { teams: [] });
    expect((await app.call('GET', path)).body).toMatchObject({
      user: { teams: [], roles: [{ name: 'Member' }, { name: 'service-moderator' }] },
    });
  });

  test.each([
    [{ roles: [] }, 422],
    [{ roles: ['Superuser'] }, 422],
    [{ firstName: 'X' }, 422],
    [{ teams: ['nowhere'] }, 404],
  ])('PATCH with %j is a %i and changes nothing', async (body, status) => {
    expect((await app.call('PATCH', '/v1/users/member@example.com', body)).status).toBe(status);
    expect((await app.call('GET', '/v1/users/member@example.com')).body).toMatchObject({
      user: { roles: [{ name: 'Member' }], teams: [] },
    });
  });

  test('an organisation keeps an administrator', async () => {
    const admin = `/v1/users/${app.adminEmail}`;
    for (const answer of [await app.call('PATCH', admin, { roles: ['Member'] }), await app.call('DELETE', admin)]) {
      expect(answer).toMatchObject({ status: 422, body: { error: 'last_administrator' } });
    }
    // Two who demote each other at once do not both succeed.
    const second = await person({ roles: ['Admin'] });
    const answers = await Promise.all([
      app.call('PATCH', admin, { roles: ['Member'] }),
      app.call('PATCH', `/v1/users/${second}`, { roles: ['Member'] }),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.find(({ status }) => status !== 200)).toMatchObject({ status: 422 });
    await app.call('PATCH', admin, { roles: ['Admin'] });
    expect((await app.call('DELETE', `/v1/users/${second}`)).status).toBe(200);
    expect((await app.call('DELETE', `/v1/users/${second}`)).status).toBe(404);
  });
});

describe('teams', () => {
  test('have Port’s shape, their members as objects', async () => {
    const name = await team({ description: 'Money', users: ['MEMBER@example.com'], anything: 'else' });
    const expected = {
      id: expect.stringMatching(/^team_/) as string,
      name,
      description: 'Money',
      provider: 'port',
      users: [{ id: member.id, email: 'member@example.com', firstName: 'Mem', lastName: 'Ber', status: 'ACTIVE' }],
    };
    expect((await app.call('GET', `/v1/teams/${name}?fields=name&fields=users.email`)).body).toMatchObject({
      ok: true,
      team: expected,
    });
    const all = (await app.call('GET', '/v1/teams')).body['teams'] as { name: string }[];
    expect(all.find((each) => each.name === name)).toMatchObject(expected);
  });

  test('differ in case', async () => {
    const name = uniqueName('Case');
    for (const each of [name, name.toLowerCase()]) {
      expect((await app.call('POST', '/v1/teams', { name: each })).status).toBe(200);
    }
  });

  test('are changed whole or in part, and renamed with their members', async () => {
    const [name, other] = [await team({ description: 'Before', users: ['member@example.com'] }), await team()];
    const renamed = uniqueName('renamed');
    const patched = await app.call('PATCH', `/v1/teams/${name}`, { name: renamed });
    expect(patched.body['team']).toMatchObject({ name: renamed, description: 'Before', users: [{ id: member.id }] });
    const put = await app.call('PUT', `/v1/teams/${renamed}`, { name: renamed, description: null, users: [] });
    expect(put.body['team']).toMatchObject({ description: null, users: [] });
    expect((await app.call('PATCH', `/v1/teams/${renamed}`, { name: other })).status).toBe(409);
    expect((await app.call('DELETE', `/v1/teams/${renamed}`)).body).toEqual({ ok: true });
    expect((await app.call('GET', `/v1/teams/${renamed}`)).status).toBe(404);
  });

  test.each([
    [{ name: 'a;b' }, 422],
    [{ name: 'a#b' }, 422],
    [{ name: 'a/b' }, 422],
    [{ name: 'a?b' }, 422],
    [{ name: ' a' }, 422],
    [{ name: 'a ' }, 422],
    [{ name: '' }, 422],
    [{}, 422],
    [{ name: 'ghosts', users: ['nobody@example.com'] }, 404],
  ])('POST of %j is a %i', async (body, status) => {
    expect((await app.call('POST', '/v1/teams', body)).status).toBe(status);
    expect((await app.call('GET', '/v1/teams/ghosts')).status).toBe(404);
  });
});

test('members see people and teams, and change neither', async () => {
  const name = await team();
  for (const path of ['/v1/users', '/v1/teams', `/v1/teams/${name}`]) {
    expect((await member.call('GET', path)).status).toBe(200);
  }
  for (const [method, path, body] of [
    ['PATCH', '/v1/users/member@example.com', { roles: ['Admin'] }],
    ['DELETE', '/v1/users/member@example.com', undefined],
    ['POST', '/v1/teams', { name: 'x' }],
    ['PUT', `/v1/teams/${name}`, { name }],
    ['PATCH', `/v1/teams/${name}`, { description: 'x' }],
    ['DELETE', `/v1/teams/${name}`, undefined],
    ['PATCH', '/v1/organization', { name: 'x' }],
    ['POST', '/v1/blueprints', { identifier: 'x', title: 'X', schema: { properties: {}, required: [] } }],
  ] as const) {
    expect(await member.call(method, path, body)).toMatchObject({
      status: 403,
      body: { error: 'missing_permissions' },
    });
  }
});
