import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lastEventNumber } from '#platform/events/read-events.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { wholeLog } from '#testing/event-log.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let receiver: WebhookReceiver;
let slack: SlackCounterpart;
let app: TestApp;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  slack = await startSlackCounterpart({ fetch });
  app = await startTestApp({
    allow: [new URL(receiver.url).host, new URL(slack.origin).host],
    environment: { QUAYSIDE_SLACK_API_URL: slack.apiUrl },
  });
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
  await slack.close();
});

async function ask(method: string, path: string, body: unknown): Promise<void> {
  const answer = await app.call(method, path, body);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ body: { ok: true } });
}

/** Something for every reader of the program; a new reader fails the test below until it is given work here. */
async function doAllThings(): Promise<void> {
  await ask('POST', '/api/v1/event-streams', { title: 'Bot', url: `${receiver.url}events` });
  await ask('POST', '/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: { properties: { size: { type: 'number' } }, required: [] },
    relations: {},
    changelogDestination: { type: 'WEBHOOK', url: `${receiver.url}changelog` },
  });
  for (const size of [1, 2]) {
    await ask('POST', '/v1/blueprints/service/entities?upsert=true', { identifier: 'a', properties: { size } });
  }
  const change = { kind: 'edit', properties: { size: 3 } };
  await ask('POST', '/api/v1/blueprints/service/bulk-changes', { scope: {}, change });
  const mapping = { blueprint: 'service', entity: { identifier: '"copy of " + .identifier' } };
  await ask('POST', '/v1/migrations', { sourceBlueprint: 'service', mapping });
  const rules = [
    {
      identifier: 'sized',
      title: 'Sized',
      level: 'Gold',
      query: { combinator: 'and', conditions: [{ property: 'size', operator: 'isNotEmpty' }] },
    },
  ];
  await ask('POST', '/v1/blueprints/service/scorecards', { identifier: 'quality', title: 'Quality', rules });
  await ask('POST', '/v1/actions', {
    identifier: 'restart',
    title: 'Restart',
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {}, required: [] } },
    invocationMethod: { type: 'WEBHOOK', url: `${receiver.url}action` },
  });
  await ask('POST', '/v1/actions/restart/runs', { properties: {} });
  await ask('POST', '/v1/actions', {
    identifier: 'deploy',
    title: 'Deploy',
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {}, required: [] } },
    invocationMethod: { type: 'WEBHOOK', url: `${receiver.url}action` },
    requiredApproval: true,
    approvalNotification: { type: 'webhook', url: `${receiver.url}approval` },
  });
  await ask('POST', '/v1/actions/deploy/runs', { properties: {} });
  await ask('POST', '/v1/teams', { name: 'payments' });
  await receiveRequest();
  await startPipeline();
  await connectSlack();
}

/** And off again, so that nobody is told of the rest. */
async function connectSlack(): Promise<void> {
  const path = '/api/v1/integrations/slack';
  await ask('PUT', path, { botToken: slack.botToken, signingSecret: 'signing-secret-of-the-test' });
  await ask('DELETE', path, undefined);
}

async function receiveRequest(): Promise<void> {
  const mappings = [{ blueprint: 'service', entity: { identifier: '.body.name' } }];
  const made = await app.call('POST', '/v1/webhooks', { identifier: 'in', title: 'In', enabled: true, mappings });
  const { webhookKey } = made.body['webhook'] as { webhookKey: string };
  await ask('POST', `/hooks/in/${webhookKey}`, { name: 'received' });
}

async function startPipeline(): Promise<void> {
  const saved = await app.call('POST', '/api/v1/pipelines', {
    application: 'shop',
    name: 'deploy',
    limitConcurrent: true,
    stages: [
      { type: 'wait', waitTime: 0 },
      { type: 'manualJudgment', name: 'Ask' },
    ],
  });
  const { id } = saved.body['pipeline'] as { id: string };
  for (const verdict of ['continue', 'stop']) {
    const started = await app.call('POST', `/api/v1/pipelines/${id}/executions`, {});
    const execution = (started.body['execution'] as { id: string }).id;
    await app.settle();
    await ask('POST', `/api/v1/executions/${execution}/stages/2/judgment`, { verdict });
  }
}

test('every reaction that sees the log twice does what it does once', async () => {
  await doAllThings();
  await app.settle();
  const readers = app.app.modules.list.flatMap((module) => module.readers ?? []);
  const log = await wholeLog(app.app.core.db, app.orgId);
  for (const reader of readers) {
    const concerned = log.filter((event) => event.status === 'SUCCESS' && (reader.concerns?.(event) ?? true));
    expect(concerned.length, reader.name).toBeGreaterThan(0);
  }
  const calls = receiver.requests.map((request) => request.path).toSorted();
  expect(new Set(calls)).toEqual(new Set(['/action', '/approval', '/changelog', '/events']));
  const last = await lastEventNumber(app.app.core.db, app.orgId);

  await sql`update reader_cursor set number = 0`.execute(app.app.core.db);
  await app.settle();
  expect(receiver.requests.map((request) => request.path).toSorted()).toEqual(calls);
  expect(await lastEventNumber(app.app.core.db, app.orgId)).toBe(last);
});
