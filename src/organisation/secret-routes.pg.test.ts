import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

const secretValue = 'canary-7f3a91c2-of-the-test';
let app: TestApp;
let member: Visitor;
let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  app = await startTestApp({ allow: [new URL(receiver.url).host] });
  member = await addPerson(app, { email: 'member@example.com' });
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
});

async function everythingStored(): Promise<string> {
  const tables = ['run', 'run_log', 'event', 'action', 'organisation_secret', 'job.job'];
  const dumps = await Promise.all(
    tables.map(async (table) => app.database.database.pool.query(`select to_jsonb(t) from ${table} t`)),
  );
  return JSON.stringify(dumps.map(({ rows }) => rows as unknown));
}

describe('secrets of the organisation', () => {
  test('are kept without ever being shown, changed and deleted', async () => {
    const secretName = 'DEPLOY_TOKEN';
    const made = await app.call('POST', '/v1/organization/secrets', { secretName, secretValue, description: 'For CI' });
    expect(made.body['secret']).toMatchObject({ secretName, description: 'For CI' });
    expect(made.body['secret']).not.toHaveProperty('secretValue');
    const again = await app.call('POST', '/v1/organization/secrets', { secretName, secretValue });
    expect(again).toMatchObject({ status: 409, body: { error: 'identifier_taken' } });
    await app.call('PATCH', `/v1/organization/secrets/${secretName}`, { description: 'For releases' });
    const listed = await app.call('GET', '/v1/organization/secrets');
    expect(listed.body['secrets']).toMatchObject([{ secretName, description: 'For releases' }]);
    expect((await app.call('DELETE', `/v1/organization/secrets/${secretName}`)).status).toBe(200);
    expect((await app.call('GET', `/v1/organization/secrets/${secretName}`)).status).toBe(404);
  });

  test('are not for members', async () => {
    expect((await member.call('GET', '/v1/organization/secrets')).status).toBe(403);
    const refused = await member.call('POST', '/v1/organization/secrets', { secretName: 'X', secretValue });
    expect(refused.status).toBe(403);
  });

  test.each(['has spaces', '', 'a/b', 'x'.repeat(101)])('a name such as "%s" is refused', async (secretName) => {
    const answer = await app.call('POST', '/v1/organization/secrets', { secretName, secretValue });
    expect(answer).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
  });
});

test('a template uses a secret; what is sent carries it, what is stored or shown does not, even when the backend echoes it', async () => {
  await app.call('POST', '/v1/organization/secrets', { secretName: 'TOKEN', secretValue });
  const identifier = uniqueName('secretive');
  await app.call('POST', '/v1/actions', {
    identifier,
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {} } },
    invocationMethod: {
      type: 'WEBHOOK',
      url: `${receiver.url}deploy?key={{ .secrets.TOKEN }}`,
      synchronized: true,
      headers: { 'X-Deploy': 'Token {{ .secrets.TOKEN }}' },
      body: { password: '{{ .secrets.TOKEN }}', note: 'with {{ .secrets.TOKEN }} inside' },
    },
  });
  receiver.answerWith({ status: 500, body: `cannot use ${secretValue}` });
  const begun = await app.call('POST', `/v1/actions/${identifier}/runs`, { properties: {} });
  expect(begun).toMatchObject({ status: 202 });
  await app.settle();
  const [request] = await receiver.received(1);
  expect(request?.body.toString()).toContain(secretValue);
  expect(request?.headers['x-deploy']).toBe(`Token ${secretValue}`);
  const { id } = begun.body['run'] as { id: string };
  const run = await app.call('GET', `/v1/actions/runs/${id}?version=v2`);
  const logs = await app.call('GET', `/v1/actions/runs/${id}/logs`);
  expect(run.body['run']).toMatchObject({ status: 'FAILURE' });
  expect(JSON.stringify([begun.body, run.body, logs.body])).not.toContain(secretValue);
  expect(await everythingStored()).not.toContain(secretValue);
});
