import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { terminalIo } from '#cli/cli-io.ts';
import { send } from '#cli/send.ts';
import type { SlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, readLog, readRun } from '#testing/test-action.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';
import { channel, createScoredServices, readReminder, startSlackChannel } from './prepare-reminder.ts';

let slack: SlackCounterpart;
/** GitLab, as far as an action sees it: the address of a pipeline trigger. */
let gitlab: WebhookReceiver;
let triggerUrl: string;
let app: TestApp;

beforeAll(async () => {
  gitlab = await startWebhookReceiver({ status: 201, body: { id: 1, status: 'created' } });
  triggerUrl = `${gitlab.url}api/v4/projects/7/ref/main/trigger/pipeline?token=glptt-0123456789abcdef`;
  app = await startTestApp({ allow: ['127.0.0.1'] });
  await createScoredServices(app);
  slack = await startSlackChannel();
});
afterEach(async () => {
  await slack.close();
  slack = await startSlackChannel();
});
afterAll(async () => {
  await app.stop();
  await gitlab.close();
  await slack.close();
});

/** `TRIGGER_PAYLOAD`: GitLab keeps the body it was triggered with in a file. */
function triggerPayload(): Record<string, unknown> {
  return JSON.parse(gitlab.requests.at(-1)?.body.toString('utf8') ?? '') as Record<string, unknown>;
}

/** The jobs of the guide's pipeline, from the token to the run's status, with the same requests. */
async function runPipeline(runId: string): Promise<void> {
  const credentials = { clientId: app.clientId, clientSecret: app.clientSecret };
  const { accessToken } = (await app.call('POST', '/v1/auth/access_token', credentials)).body;
  const bearer = { authorization: `Bearer ${String(accessToken)}` };

  const lines: string[] = [];
  const settings = {
    INPUT_PORT_BASE_URL: app.url,
    INPUT_PORT_CLIENT_ID: app.clientId,
    INPUT_PORT_CLIENT_SECRET: app.clientSecret,
    INPUT_SLACK_WEBHOOK_URL: slack.incomingWebhookUrl(channel),
    INPUT_OPERATION_KIND: 'scorecard_reminder',
    INPUT_BLUEPRINT: 'service',
    INPUT_SCORECARD: 'ProductionReadiness',
    INPUT_TARGET_KIND: 'slack',
  };
  const terminal = terminalIo(settings, new AbortController().signal);
  const write = (line: string): void => void lines.push(line);
  expect(await send({ ...terminal, out: write, error: write }), lines.join('\n')).toBe(0);

  const log = { message: 'Slack reminder sent successfully 🚀' };
  expect((await app.call('POST', `/v1/actions/runs/${runId}/logs`, log, bearer)).status).toBe(201);
  const message = { run_status: 'Created Merge Request for  successfully! Merge Request URL: ' };
  const ended = await app.call('PATCH', `/v1/actions/runs/${runId}`, { status: 'SUCCESS', message }, bearer);
  expect(ended.body['run']).toMatchObject({ id: runId, status: 'SUCCESS', message });
}

test('a webhook action triggers the pipeline with the payload of the guide; its jobs remind and end the run', async () => {
  await app.call('POST', '/v1/actions', {
    identifier: 'send_scorecard_reminder',
    title: 'Send scorecard reminder',
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {} } },
    invocationMethod: { type: 'WEBHOOK', url: triggerUrl, body: { runId: '{{ .run.id }}' } },
  });
  const { id } = await begin(app, 'send_scorecard_reminder');
  await app.settle();
  expect(gitlab.requests.at(-1)).toMatchObject({
    method: 'POST',
    url: '/api/v4/projects/7/ref/main/trigger/pipeline?token=glptt-0123456789abcdef',
  });
  expect(triggerPayload()).toEqual({ runId: id });

  await runPipeline(String(triggerPayload()['runId']));
  expect(await readRun(app, id)).toMatchObject({ status: 'SUCCESS', endedAt: expect.any(String) as string });
  expect(await readLog(app, id)).toEqual(['Slack reminder sent successfully 🚀']);
  expect(await readReminder(slack)).toContain('Production Readiness');
  // The trigger's token is a secret of whoever edits the action.
  expect(JSON.stringify(await readRun(app, id))).not.toContain('glptt');
});

test('an action of the older shape sends the body in which the guide’s job looks for .context.runId', async () => {
  await app.call('POST', '/v1/blueprints/service/actions', {
    identifier: 'remind',
    title: 'Send scorecard reminder',
    userInputs: { properties: {} },
    invocationMethod: { type: 'WEBHOOK', url: triggerUrl, agent: false },
    trigger: 'CREATE',
  });
  const answer = await app.call('POST', '/v1/blueprints/service/actions/remind/runs', { properties: {} });
  const { id } = answer.body['run'] as { id: string };
  await app.settle();
  const { context } = triggerPayload() as { context: { runId: string } };
  expect(context.runId).toBe(id);
  await runPipeline(context.runId);
  expect(await readRun(app, id)).toMatchObject({ status: 'SUCCESS' });
  expect(await readReminder(slack)).toContain('The docs service');
});
