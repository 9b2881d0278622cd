import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { writeEntity } from '../write-entities.ts';
import { send, startTestApp, type TestAnswer, type TestApp, uniqueName } from '#testing/start-app.ts';

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const users = '/v1/blueprints/_user/entities';
let app: TestApp;
let member: Visitor;
beforeAll(async () => {
  app = await startTestApp();
  await app.call('POST', '/v1/teams', { name: 'harbour' });
  member = await addPerson(app, { email: 'member@example.com' });
  await app.call('POST', '/v1/blueprints', {
    identifier: 'boat',
    title: 'Boat',
    schema: { properties: {}, required: [] },
  });
});
afterAll(async () => app.stop());

const account = (rest: object = {}) => {
  const { properties = {}, ...own } = rest as { properties?: object };
  return {
    identifier: `${uniqueName('robot')}@serviceaccounts.getport.io`,
    title: 'Robot',
    ...own,
    properties: { port_type: 'Service Account', ...properties },
  };
};
const credentialsOf = ({ body }: TestAnswer): Credentials =>
  (body['additionalData'] as { credentials: Credentials }).credentials;

async function make(rest: object = {}): Promise<{ readonly name: string; readonly credentials: Credentials }> {
  const sent = account(rest);
  const answer = await app.call('POST', users, sent);
  expect(answer).toMatchObject({ status: 201, body: { entity: { properties: { port_type: 'Service Account' } } } });
  return { name: sent.identifier, credentials: credentialsOf(answer) };
}

/** Asks as the program that has these credentials. */
async function as(credentials: Credentials) {
  const answer = await send(`${app.url}/v1/auth/access_token`, 'POST', credentials, {});
  const authorization = `Bearer ${String(answer.body['accessToken'])}`;
  return async (method: string, path: string, body?: object): Promise<TestAnswer> =>
    send(`${app.url}${path}`, method, body, { authorization });
}

const one = (name: string): string => `${users}/${encodeURIComponent(name)}`;

describe('a service account', () => {
  test('is made over the entity route, is active, and its credentials are told once', async () => {
    const { name, credentials } = await make({ team: ['harbour'] });
    expect(credentials).toEqual({ clientId: expect.any(String), clientSecret: expect.any(String) });
    const read = await app.call('GET', one(name));
    expect(read.body).toMatchObject({ entity: { properties: { status: 'Active', port_role: 'Member' } } });
    const user = await app.call('GET', `/v1/users/${encodeURIComponent(name)}`);
    expect(user.body).toMatchObject({ user: { type: 'SERVICE_ACCOUNT', status: 'ACTIVE' } });
    for (const answer of [
      read,
      user,
      await app.call('GET', '/v1/audit-log?limit=50'),
      await app.call('GET', '/v1/apps'),
    ])
      expect(JSON.stringify(answer.body)).not.toContain(credentials.clientSecret);
    expect(JSON.stringify((await app.call('GET', '/v1/apps')).body)).not.toContain(credentials.clientId);
    const again = await app.call('POST', `${users}?upsert=true&merge=true`, { identifier: name, title: 'Other' });
    expect(again.body).not.toHaveProperty('additionalData');
  });

  test('may do what its roles and teams let it do, by now', async () => {
    const { name, credentials } = await make();
    const ask = await as(credentials);
    expect((await ask('GET', '/v1/blueprints')).status).toBe(200);
    const boat = { identifier: 'anna' };
    expect((await ask('POST', '/v1/blueprints/boat/entities', boat)).status).toBe(403);
    await app.call('PATCH', one(name), { properties: { port_role: 'Moderator' } });
    const written = await ask('POST', '/v1/blueprints/boat/entities', boat);
    const { id } = (await app.call('GET', `/v1/users/${encodeURIComponent(name)}`)).body['user'] as { id: string };
    expect(written).toMatchObject({ status: 201, body: { entity: { createdBy: id } } });
    await app.call('PATCH', one(name), { properties: { status: 'Disabled' } });
    expect((await ask('GET', '/v1/blueprints')).status).toBe(401);
  });

  test('gets a new secret, which ends the tokens of the old one; people have none', async () => {
    const { name, credentials } = await make();
    const before = await as(credentials);
    const rotate = `/v1/rotate-credentials/${encodeURIComponent(name)}`;
    expect((await member.call('POST', rotate)).status).toBe(403);
    const rotated = await app.call('POST', rotate);
    const next = rotated.body['credentials'] as Credentials;
    expect(next.clientId).toBe(credentials.clientId);
    expect((await before('GET', '/v1/blueprints')).status).toBe(401);
    expect((await send(`${app.url}/v1/auth/access_token`, 'POST', credentials, {})).status).toBe(401);
    expect((await (await as(next))('GET', '/v1/blueprints')).status).toBe(200);
    expect(await app.call('POST', '/v1/rotate-credentials/member@example.com')).toMatchObject({
      status: 422,
      body: { error: 'no_service_account' },
    });
    expect((await app.call('POST', '/v1/rotate-credentials/nobody@example.com')).status).toBe(404);
  });

  test('is gone with its entity, and so are its credentials', async () => {
    const { name, credentials } = await make();
    const ask = await as(credentials);
    expect((await app.call('DELETE', one(name))).status).toBe(200);
    expect((await ask('GET', '/v1/blueprints')).status).toBe(401);
    expect((await send(`${app.url}/v1/auth/access_token`, 'POST', credentials, {})).status).toBe(401);
  });

  test('is never a person: neither invited, nor the last administrator, nor chosen among people', async () => {
    const { name } = await make({ properties: { port_role: 'Admin' } });
    expect((await app.call('POST', '/v1/users/invite', { invitee: { email: name } })).status).toBe(409);
    const demoted = await app.call('PATCH', one(app.adminEmail), { properties: { port_role: 'Member' } });
    expect(demoted).toMatchObject({ status: 422, body: { error: 'last_administrator' } });
    expect((await app.call('DELETE', one(name))).status).toBe(200);
    const { name: other } = await make();
    const listed = await app.call('GET', '/api/v1/directory/people');
    expect(JSON.stringify(listed.body)).not.toContain(other);
    const turned = await app.call('PATCH', one(other), { properties: { port_type: 'Standard' } });
    expect(turned).toMatchObject({ status: 422, body: { error: 'blueprint_schema_mismatch' } });
  });

  test('is not made by actions and mappings, whose answers many read', async () => {
    const { core, modules } = app.app;
    const input = {
      blueprint: '_user',
      entities: [account()],
      ifExists: 'refuse',
      ifMissing: 'create',
      expectedVersion: null,
      validateOnly: false,
      createMissingRelated: false,
      runId: null,
      datasource: 'test',
    } as const;
    const caller = { actor: systemActor(app.orgId, 'action make'), origin: 'SYSTEM', requestId: null } as const;
    await expect(core.runner.execute(caller, writeEntity(modules.entityParts), input)).rejects.toThrow('port_type');
  });

  test('is made by administrators alone, in bulk too, and not by a dry run', async () => {
    expect((await member.call('POST', users, account())).status).toBe(403);
    const bulk = await app.call('POST', `${users}/bulk`, { entities: [account(), account()] });
    const { entities } = bulk.body as unknown as { entities: { additionalData: { credentials: Credentials } }[] };
    const ids = entities.map(({ additionalData }) => additionalData.credentials.clientId);
    expect(new Set(ids).size).toBe(2);
    const tried = account();
    const dry = await app.call('POST', `${users}?validation_only=true`, tried);
    expect(dry.body).not.toHaveProperty('additionalData');
    expect((await app.call('GET', one(tried.identifier))).status).toBe(404);
  });
});
