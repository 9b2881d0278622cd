import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { startRawHttpServer } from '#testing/raw-http-server.ts';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

const path = '/api/v1/integrations/slack';
const signingSecret = 'canary-of-the-signing-secret';
let slack: SlackCounterpart;
let app: TestApp;
beforeAll(async () => {
  slack = await startSlackCounterpart({ fetch, scopes: ['chat:write', 'users:read'] });
  app = await startTestApp({
    allow: [new URL(slack.origin).host],
    environment: { QUAYSIDE_SLACK_API_URL: slack.apiUrl, QUAYSIDE_URL: 'https://portal.example.com' },
  });
});
afterAll(async () => {
  await app.stop();
  await slack.close();
});

describe('the Slack connection', () => {
  test('does not exist at first, and the page shows a manifest with this installation’s addresses', async () => {
    const { body } = await app.call('GET', path);
    expect(body['connection']).toBeNull();
    const { requestUrl, scopes, manifest } = body['app'] as {
      requestUrl: string;
      scopes: string[];
      manifest: { json: string; yaml: string };
    };
    expect(requestUrl).toBe(`${app.url}/notifications/callbacks/slack`);
    expect(scopes).toEqual(expect.arrayContaining(['chat:write', 'users:read', 'users:read.email']));
    expect(JSON.parse(manifest.json)).toMatchObject({
      oauth_config: { scopes: { bot: scopes } },
      settings: { interactivity: { is_enabled: true, request_url: requestUrl }, socket_mode_enabled: false },
    });
    expect(manifest.yaml).toContain(`request_url: "${requestUrl}"`);
    expect(manifest.yaml).toContain('    bot:\n      - "chat:write"\n');
  });

  test('is tested when it is saved: the workspace is told, and what scope is missing', async () => {
    const saved = await app.call('PUT', path, { botToken: slack.botToken, signingSecret, channel: '#deployments' });
    expect(saved).toMatchObject({
      status: 200,
      body: {
        connection: {
          source: 'settings',
          mode: 'bot',
          channel: '#deployments',
          hasBotToken: true,
          signingSecrets: 1,
          workspace: { teamId: 'T000000001', team: 'Quayside sample' },
          missingScopes: { needed: ['users:read.email'] },
        },
      },
    });
    expect(await app.call('GET', '/api/v1/integrations')).toMatchObject({
      body: { slack: { configured: true, mode: 'bot' } },
    });
    const tested = await app.call('POST', `${path}/test`);
    expect(tested.body['connection']).toMatchObject({ missingScopes: { needed: ['users:read.email'] } });
  });

  test('keeps what a change leaves out, and gives no secret back', async () => {
    const changed = await app.call('PUT', path, { botName: 'Harbour master', language: 'zh-CN' });
    expect(changed.body['connection']).toMatchObject({
      botName: 'Harbour master',
      language: 'zh-CN',
      channel: '#deployments',
      hasBotToken: true,
      signingSecrets: 1,
    });
    const told = JSON.stringify([changed.body, (await app.call('GET', '/v1/audit-log')).body]);
    expect(told).not.toContain(slack.botToken);
    expect(told).not.toContain(signingSecret);
    const { rows } = await app.database.database.pool.query<{ row: string }>(
      'select t::text as row from slack_connection t union all select t::text from event t',
    );
    expect(rows.map(({ row }) => row).join('\n')).not.toMatch(new RegExp(`${slack.botToken}|${signingSecret}`));
  });

  test('is not overwritten by somebody who saw an older one', async () => {
    const { headers } = await app.call('GET', path);
    const version = { 'if-match': headers.get('etag') ?? '' };
    expect((await app.call('PUT', path, { channel: '#first' }, version)).status).toBe(200);
    expect(await app.call('PUT', path, { channel: '#second' }, version)).toMatchObject({ status: 412 });
  });

  test.each([
    ['botToken', { botToken: 'not-a-token' }],
    ['botToken', { botToken: 'xoxb-unknown-to-slack-0' }],
    ['botToken', { botToken: null, mode: 'bot' }],
    ['appToken', { appToken: 'xoxb-000000000' }],
    ['signingSecret', { signingSecret: 'with a space' }],
    ['webhookUrl', { webhookUrl: 'ftp://example.com/x' }],
    ['webhookUrl', { webhookUrl: null, mode: 'webhook' }],
  ])('refuses a bad %s with words at the field, and stays as it was', async (field, change) => {
    const before = await app.call('GET', path);
    expect(await app.call('PUT', path, change)).toMatchObject({ status: 422, body: { details: { field } } });
    expect(await app.call('GET', path)).toMatchObject({ body: before.body });
  });

  test('is the administrators’ affair', async () => {
    const member = await addPerson(app, { email: 'member@example.com' });
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(await member.call(method, path, method === 'PUT' ? {} : undefined)).toMatchObject({ status: 403 });
    }
    expect(await member.call('POST', `${path}/test`)).toMatchObject({ status: 403 });
  });

  test('by a webhook needs no token, and goes when it is forgotten', async () => {
    const webhookUrl = slack.incomingWebhookUrl('general');
    const saved = await app.call('PUT', path, { mode: 'webhook', webhookUrl, botToken: null });
    expect(saved.body['connection']).toMatchObject({ mode: 'webhook', hasBotToken: false, workspace: null });
    expect(JSON.stringify(saved.body)).not.toContain('/services/');
    expect((await app.call('DELETE', path)).status).toBe(200);
    expect((await app.call('GET', path)).body['connection']).toBeNull();
    expect((await app.call('DELETE', path)).status).toBe(404);
  });
});

test('a Slack that does not answer is told as such, and nothing is saved', async () => {
  const broken = await startRawHttpServer((_request, response) => void response.writeHead(502).end('<html>'));
  const other = await startTestApp({
    allow: [broken.authority],
    environment: { QUAYSIDE_SLACK_API_URL: `${broken.origin}/api` },
  });
  try {
    const answer = await other.call('PUT', path, { botToken: 'xoxb-00000000-a' });
    expect(answer).toMatchObject({ status: 503, body: { error: 'slack_unreachable' } });
    expect((await other.call('GET', path)).body['connection']).toBeNull();
  } finally {
    await other.stop();
    await broken.close();
  }
});

test('settings of the environment hold until the organisation saves its own', async () => {
  const other = await startTestApp({
    allow: [new URL(slack.origin).host],
    environment: {
      QUAYSIDE_SLACK_API_URL: slack.apiUrl,
      QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
      QUAYSIDE_SLACK_CHANNEL: '#general',
    },
  });
  try {
    expect((await other.call('GET', path)).body['connection']).toMatchObject({
      source: 'environment',
      channel: '#general',
    });
    await other.call('PUT', path, { mode: 'webhook', webhookUrl: slack.incomingWebhookUrl('random') });
    expect((await other.call('GET', path)).body['connection']).toMatchObject({ source: 'settings', mode: 'webhook' });
    await other.call('DELETE', path);
    expect((await other.call('GET', path)).body['connection']).toMatchObject({ source: 'environment', mode: 'bot' });
  } finally {
    await other.stop();
  }
});
