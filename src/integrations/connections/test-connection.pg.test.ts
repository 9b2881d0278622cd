import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let app: TestApp;
let server: Server;
let url: string;
const asked: IncomingMessage[] = [];

/** Answers as GitHub and GitLab do to whom it knows. */
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    const token = request.headers.authorization?.replace('Bearer ', '') ?? request.headers['private-token'];
    const path = request.url ?? '';
    const known = token === 'good-token-1';
    const status = known ? 200 : token === 'of-installation' ? (path === '/rate_limit' ? 200 : 403) : 401;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? { login: 'octo', username: 'fox' } : { message: `Bad ${String(token)}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  app = await startTestApp({ allow: [new URL(url).host] });
});
afterAll(async () => {
  await app.stop();
  server.close();
});

const ask = async (kind: string, body: object) => app.call('POST', `/api/v1/connections/${kind}/test`, body);

describe('a connection is tested before it is saved', () => {
  test('by asking who its credentials belong to', async () => {
    const github = { settings: { apiUrl: `${url}/` }, secrets: { token: 'good-token-1' } };
    expect((await ask('github', github)).body['test']).toEqual({
      works: true,
      asked: true,
      account: 'octo',
      message: null,
    });
    const gitlab = { settings: { url }, secrets: { token: 'good-token-1' } };
    expect((await ask('gitlab', gitlab)).body['test']).toMatchObject({ works: true, account: 'fox' });
    expect(asked.at(-1)?.url).toBe('/api/v4/user');
    const installation = { settings: { apiUrl: url }, secrets: { token: 'of-installation' } };
    expect((await ask('github', installation)).body['test']).toMatchObject({ works: true, account: null });
    expect((await app.call('GET', '/api/v1/connections')).body['connections']).toEqual([]);
  });

  test('tells why not, without the secret', async () => {
    const wrong = await ask('github', { settings: { apiUrl: url }, secrets: { token: 'canary-token' } });
    expect(wrong.body['test']).toMatchObject({ works: false, message: expect.stringContaining('GitHub answered 401') });
    expect(JSON.stringify(wrong.body)).not.toContain('canary');
    const key = { settings: { apiUrl: url, appId: '1' }, secrets: { privateKey: 'no key at all' } };
    expect((await ask('github', key)).body['test']).toMatchObject({
      works: false,
      message: 'The private key cannot be read.',
    });
    const away = { settings: { url: 'http://127.0.0.2:9' }, secrets: { token: 'good-token-1' } };
    const refused = (await ask('gitlab', away)).body['test'] as { works: boolean; message: string };
    expect(refused.works).toBe(false);
    expect(refused.message).toContain('QUAYSIDE_EGRESS_ALLOW');
  });

  test('says where there is nothing to ask', async () => {
    const triggers = { settings: { url }, secrets: { triggerToken: 'one-that-starts' } };
    expect((await ask('gitlab', triggers)).body['test']).toMatchObject({ works: true, asked: false });
    expect((await ask('azure-devops', {})).body['test']).toMatchObject({ works: true, asked: false });
  });

  test('uses secrets that are kept, but sends them nowhere else', async () => {
    const settings = { url };
    await app.call('PUT', '/api/v1/connections/gitlab', { settings, secrets: { token: 'good-token-1' } });
    expect((await ask('gitlab', {})).body['test']).toMatchObject({ works: true, account: 'fox' });
    const before = asked.length;
    const elsewhere = await ask('gitlab', { settings: { url: `${url}/elsewhere` } });
    expect(elsewhere).toMatchObject({
      status: 422,
      body: { error: 'secrets_needed', details: { field: 'secrets.token' } },
    });
    expect(asked).toHaveLength(before);
  });

  test('only by who may manage the organisation, and only what could be saved', async () => {
    const member = await addPerson(app, { email: 'member@example.com' });
    expect((await member.call('POST', '/api/v1/connections/github/test', {})).status).toBe(403);
    expect(await ask('github', { settings: {} })).toMatchObject({ status: 422 });
    expect(await ask('github', { settings: { other: 1 } })).toMatchObject({ status: 422 });
  });
});
