import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReceivedRequest } from '#sample/counterparts/received-request.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';
import { buildListener } from '../../examples/changelog-listener/build-listener.ts';
import { readSeed } from './read-seed.ts';

let slack: SlackCounterpart;
let receiver: WebhookReceiver;
let app: TestApp;
let listener: FastifyInstance;
let listenerUrl: string;

beforeAll(async () => {
  slack = await startSlackCounterpart({ channels: [{ name: 'health' }] });
  receiver = await startWebhookReceiver();
  app = await startTestApp({ allow: ['127.0.0.1'] });
  listener = buildListener({ clientSecret: app.clientSecret, slackWebhookUrl: slack.incomingWebhookUrl('health') });
  listenerUrl = `${await listener.listen({ host: '127.0.0.1', port: 0 })}/api/slack`;
});
afterAll(async () => {
  await listener.close();
  await app.stop();
  await receiver.close();
  await slack.close();
});

const entities = '/v1/blueprints/deploymentConfig/entities';

/** The guide's script: its blueprint with this destination, then its entity. */
async function createAsInTheGuide(webhookUrl: string): Promise<void> {
  await app.call('DELETE', `${entities}/notification-service-prod`);
  await app.call('DELETE', '/v1/blueprints/deploymentConfig');
  const definition = readSeed('deployment-config-blueprint', { YOUR_WEBHOOK_URL: webhookUrl });
  const blueprint = await app.call('POST', '/v1/blueprints', definition);
  expect(blueprint).toMatchObject({ status: 201, body: { ok: true, blueprint: definition } });
  const entity = await app.call('POST', entities, readSeed('deployment-config-entity'));
  expect(entity).toMatchObject({ status: 201, body: { ok: true, entity: readSeed('deployment-config-entity') } });
}

async function changeHealth(healthStatus: string): Promise<void> {
  const change = { properties: { healthStatus } };
  expect((await app.call('PATCH', `${entities}/notification-service-prod`, change)).status).toBe(200);
  await app.settle();
}

/** As the guide's example API does it: five minutes, milliseconds, over the body as it came. */
function isTrusted({ headers, body }: ReceivedRequest, secret: string): boolean {
  const timestamp = String(headers['x-port-timestamp']);
  if (Math.abs(Date.now() - Number(timestamp)) / 1000 > 300) return false;
  const [version, signature = ''] = String(headers['x-port-signature']).split(',');
  const expected = createHmac('sha256', secret)
    .update(`${timestamp}.${body.toString('utf8')}`)
    .digest();
  const given = Buffer.from(signature, 'base64');
  return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
}

test('each change is posted, an entity’s in order, signed so that the guide’s verifier accepts it', async () => {
  await createAsInTheGuide(receiver.url);
  await changeHealth('Degraded');
  const requests = await receiver.received(3);
  const events = requests.map(({ body }) => JSON.parse(body.toString('utf8')) as Record<string, unknown>);
  // The order of one thing's changes is promised, that of different things is not.
  const [created, changed] = events.filter(({ resourceType }) => resourceType === 'entity');
  expect(created).toMatchObject({ action: 'CREATE', diff: { before: null } });
  expect(events.find(({ resourceType }) => resourceType === 'blueprint')).toMatchObject({
    action: 'CREATE',
    context: { blueprint: 'deploymentConfig' },
  });
  for (const request of requests) {
    expect(isTrusted(request, app.clientSecret)).toBe(true);
    expect(isTrusted(request, 'another secret')).toBe(false);
    expect(isTrusted({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) }, app.clientSecret)).toBe(
      false,
    );
    // Verifiers that parse and serialise again get the same bytes.
    expect(JSON.stringify(JSON.parse(request.body.toString('utf8')))).toBe(request.body.toString('utf8'));
  }
  expect(changed).toMatchObject({
    action: 'UPDATE',
    status: 'SUCCESS',
    trigger: { by: { orgId: app.orgId, userId: app.clientId }, origin: 'API' },
    context: { blueprint: 'deploymentConfig', entity: 'notification-service-prod' },
    diff: {
      before: { title: 'Notification Service Production', properties: { healthStatus: 'Healthy', cpuUtil: 25 } },
      after: { title: 'Notification Service Production', properties: { healthStatus: 'Degraded', cpuUtil: 25 } },
    },
  });
});

test('through the example listener a health change becomes a Slack message, other changes do not', async () => {
  await createAsInTheGuide(listenerUrl);
  await changeHealth('Degraded');
  await app.call('PATCH', `${entities}/notification-service-prod`, { properties: { cpuUtil: 90 } });
  await changeHealth('Crashed');
  const messages = await slack.listMessages('health');
  expect(messages.map(({ text }) => text)).toEqual([
    'Notification Service Production: health status changed from Healthy :white_check_mark: to Degraded :construction:',
    'Notification Service Production: health status changed from Degraded :construction: to Crashed :octagonal_sign:',
  ]);
  const deliveries = await app.call('GET', '/api/v1/deliveries?limit=5');
  expect(deliveries.body['deliveries']).toMatchObject(Array.from({ length: 5 }, () => ({ state: 'delivered' })));
});
