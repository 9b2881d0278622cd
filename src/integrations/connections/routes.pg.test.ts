import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

const canary = 'canary-91c27f3a-token';
let app: TestApp;
let member: Visitor;
beforeAll(async () => {
  app = await startTestApp();
  member = await addPerson(app, { email: 'member@example.com' });
});
afterAll(async () => app.stop());

const put = async (kind: string, body: object, headers = {}) =>
  app.call('PUT', `/api/v1/connections/${kind}`, body, headers);

describe('connections', () => {
  test('keep their secrets, show their names, and forget with null', async () => {
    const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    const first = await put('github', { settings: { appId: '12' }, secrets: { privateKey, webhookSecret: canary } });
    expect(first).toMatchObject({ status: 200, body: { connection: { version: 1 } } });
    const second = await put('github', { secrets: { token: canary, webhookSecret: null } });
    expect(second.body['connection']).toMatchObject({ settings: { appId: '12' }, secrets: ['privateKey', 'token'] });
    const listed = await app.call('GET', '/api/v1/connections');
    expect(listed.body['connections']).toEqual([second.body['connection']]);
    const audit = await app.call('GET', '/v1/audit-log?limit=100');
    const stored = await app.database.database.pool.query('select * from connection');
    const everything = JSON.stringify([first.body, second.body, listed.body, audit.body, stored.rows]);
    expect(everything).toContain('connection');
    expect(everything).not.toContain(canary);
    expect(everything).not.toContain('PRIVATE KEY');
    expect(await app.call('DELETE', '/api/v1/connections/github')).toMatchObject({ status: 200 });
    expect(await app.call('DELETE', '/api/v1/connections/github')).toMatchObject({ status: 404 });
  });

  test('changed by somebody else meanwhile are not overwritten', async () => {
    await put('azure-devops', { settings: { url: 'https://one.example.com' } });
    const stale = await put('azure-devops', { settings: {} }, { 'if-match': '"7"' });
    expect(stale).toMatchObject({ status: 412 });
    const { body } = await app.call('GET', '/api/v1/connections');
    expect(body['connections']).toMatchObject([{ settings: { url: 'https://one.example.com' } }]);
  });

  test.each([
    ['github', {}],
    ['github', { settings: { appId: '1' }, secrets: {} }],
    ['github', { settings: { apiUrl: 'ftp://x' }, secrets: { token: 'x' } }],
    ['github', { settings: { other: 1 }, secrets: { token: 'x' } }],
    ['gitlab', { settings: { url: 'https://gitlab.example.com' } }],
    ['kafka', { settings: { brokers: [] } }],
    ['kafka', { settings: { brokers: ['no port'] } }],
    ['kafka', { settings: { brokers: ['a:9092'], saslMechanism: 'PLAIN' } }],
    ['kafka', { settings: { brokers: ['a:9092'] }, secrets: { token: 'x' } }],
  ])('to %s that could not work are refused: %j', async (kind, body) => {
    expect(await put(kind, body)).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
  });

  test('are not for members', async () => {
    expect((await member.call('GET', '/api/v1/connections')).status).toBe(403);
    expect((await member.call('PUT', '/api/v1/connections/gitlab', { secrets: { token: 'x' } })).status).toBe(403);
    expect((await member.call('DELETE', '/api/v1/connections/azure-devops')).status).toBe(403);
  });
});
