import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSlackCounterpart, type SlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let slack: SlackCounterpart;
let app: TestApp;
beforeAll(async () => {
  slack = await startSlackCounterpart({ fetch, channels: [{ name: 'reminders' }] });
  app = await startTestApp({
    allow: [new URL(slack.origin).host],
    environment: {
      QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
      QUAYSIDE_SLACK_CHANNEL: 'reminders',
      QUAYSIDE_SLACK_API_URL: slack.apiUrl,
    },
  });
});
afterAll(async () => {
  await app.stop();
  await slack.close();
});

async function ok(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await app.call(method, path, body);
  expect(answer.body, `${method} ${path}`).toMatchObject({ ok: true });
  return answer.body;
}

test('from a scorecard to the message in Slack, by executing an action', async () => {
  const schema = { properties: { docs: { type: 'string' } }, required: [] };
  await ok('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema });
  await ok('POST', '/v1/blueprints/service/entities', { identifier: 'cart', title: 'Cart' });
  const query = { combinator: 'and', conditions: [{ property: 'docs', operator: 'isNotEmpty' }] };
  const rules = [{ identifier: 'docs', title: 'Has docs', level: 'Gold', query }];
  await ok('POST', '/v1/blueprints/service/scorecards', { identifier: 'Ready', title: 'Readiness', rules });
  // The scorecard came after the entity: it is scored by the reader and its job.
  await app.settle();
  const scored = await ok('GET', '/v1/blueprints/service/entities/cart');
  expect(scored['entity']).toMatchObject({ scorecards: { Ready: { level: 'Basic' } } });

  await ok('POST', '/v1/actions', {
    identifier: 'remind',
    title: 'Remind',
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {}, required: [] } },
    invocationMethod: { type: 'SCORECARD_REMINDER', blueprintIdentifier: 'service', scorecardIdentifier: 'Ready' },
  });
  const { run } = (await ok('POST', '/v1/actions/remind/runs', { properties: {} })) as { run: { id: string } };
  await app.settle();
  expect((await ok('GET', `/v1/actions/runs/${run.id}`))['run']).toMatchObject({ status: 'SUCCESS' });
  expect((await ok('GET', `/v1/actions/runs/${run.id}/logs`))['runLogs']).toMatchObject([
    { message: 'Slack reminder sent to #reminders: 1 Service with unmet rules.' },
  ]);
  const [message] = await slack.listMessages('reminders');
  expect(JSON.stringify(message?.blocks)).toContain(`${app.url}/serviceEntity?identifier=cart|Cart`);

  await ok('PATCH', '/v1/blueprints/service/entities/cart', { properties: { docs: 'https://docs.example.com' } });
  const preview = await ok('GET', '/api/v1/scorecards/service/Ready/reminder/preview');
  expect(preview['remindedEntities']).toBe(0);
});

test('from the button on a scorecard’s page, a run that tells how it ended', async () => {
  const path = '/api/v1/scorecards/service/Ready/reminder';
  const before = (await slack.listMessages('reminders')).length;
  const key = { 'idempotency-key': 'once' };
  const first = await app.call('POST', path, {}, key);
  expect(first.status).toBe(202);
  expect((await app.call('POST', path, {}, key)).body).toEqual(first.body);
  await app.settle();
  const { id } = first.body['run'] as { id: string };
  expect((await ok('GET', `/v1/actions/runs/${id}`))['run']).toMatchObject({ status: 'SUCCESS' });
  expect(await slack.listMessages('reminders')).toHaveLength(before + 1);

  slack.faults.add({ kind: 'answer', status: 200, body: { ok: false, error: 'is_archived' } });
  const refused = await ok('POST', path, {});
  await app.settle();
  slack.faults.clear();
  const run = `/v1/actions/runs/${(refused['run'] as { id: string }).id}`;
  expect((await ok('GET', run))['run']).toMatchObject({ status: 'FAILURE', statusLabel: 'Not sent' });
  expect(JSON.stringify((await ok('GET', `${run}/logs`))['runLogs'])).toContain('archived');
});
