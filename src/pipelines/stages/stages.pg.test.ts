import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pipelineDesk, type PipelineDesk, type ShownExecution, stageOf } from '#testing/pipeline-desk.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let app: TestApp;
let desk: PipelineDesk;
let receiver: WebhookReceiver;
let slack: WebhookReceiver;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  slack = await startWebhookReceiver({ body: 'ok' });
  app = await startTestApp({
    working: true,
    allow: [new URL(receiver.url).host, new URL(slack.url).host],
    environment: { QUAYSIDE_SLACK_WEBHOOK_URL: `${slack.url}services/hook` },
  });
  desk = pipelineDesk(app);
  await app.call('POST', '/v1/organization/secrets', { secretName: 'DEPLOY', secretValue: 'deploy-canary-0123456789' });
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
  await slack.close();
});
beforeEach(() => receiver.answerWith({}));

const one = (type: string, fields: object): object => ({
  refId: 'a',
  requisiteStageRefIds: [],
  type,
  name: 'A',
  ...fields,
});

async function run(type: string, fields: object): Promise<ShownExecution> {
  return desk.start(await desk.save([one(type, fields)]));
}

describe('a webhook stage', () => {
  test('calls once, with secrets that nobody sees afterwards', async () => {
    receiver.answerWith({ body: { told: 'deploy-canary-0123456789', id: 7 } });
    const before = receiver.requests.length;
    const begun = await run('webhook', {
      url: `${receiver.url}deploy?v={{ .execution.number }}`,
      customHeaders: { Authorization: 'Bearer {{ .secrets.DEPLOY }}', 'X-SPINNAKER-USER': 'me' },
      payload: { app: '{{ .execution.application }}' },
    });
    const over = await desk.becomes(begun.id, 'SUCCEEDED');
    const calls = receiver.requests.slice(before);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      method: 'POST',
      headers: { authorization: 'Bearer deploy-canary-0123456789', 'idempotency-key': `${stageOf(over, 'a').id}-1` },
    });
    expect(calls[0]?.headers).not.toHaveProperty('x-spinnaker-user');
    expect(JSON.stringify(over)).not.toContain('canary');
    expect(stageOf(over, 'a').outputs).toMatchObject({ webhook: { statusCode: 200, body: { id: 7 } } });
    const kept = await app.database.database.pool.query(`select sealed from stage where id = $1`, [
      stageOf(over, 'a').id,
    ]);
    expect(kept.rows).toEqual([{ sealed: null }]);
  });

  test('follows a status until it ends, also while the other side falters', async () => {
    let looks = 0;
    receiver.answerWith((request) => {
      if (request.method === 'POST') return { status: 202, headers: { location: '/status/1' } };
      looks += 1;
      if (looks === 1) return { status: 503 };
      return { body: { state: looks < 3 ? 'rolling' : 'Done', progress: 'half' } };
    });
    const begun = await run('webhook', {
      url: `${receiver.url}deploy`,
      waitForCompletion: true,
      statusUrlResolution: 'locationHeader',
      statusJsonPath: '$.state',
      successStatuses: 'done, ok',
      terminalStatuses: 'failed',
    });
    const over = await desk.becomes(begun.id, 'SUCCEEDED');
    expect(looks).toBe(3);
    expect(stageOf(over, 'a').context).toMatchObject({ webhook: { monitor: { body: { state: 'Done' } } } });
  });

  test('bears a status as often as its retries say, counting each by itself', async () => {
    const answers = [503, 404, 503, 404, 503];
    receiver.answerWith((request) => (request.method === 'POST' ? {} : { status: answers.shift() ?? 200 }));
    const begun = await run('webhook', {
      url: `${receiver.url}deploy`,
      waitForCompletion: true,
      retries: { 404: { maxAttempts: 4 }, 503: { maxAttempts: 3 } },
    });
    const over = stageOf(await desk.becomes(begun.id, 'TERMINAL'), 'a');
    expect(over.error).toBe('The status answered 503, for the last time.');
    expect(over.context).toMatchObject({ webhook: { monitor: { pastStatusCodes: [503, 404, 503, 404, 503] } } });
  });

  test.each([
    [{ 99: { maxAttempts: 1 } }, 'stages[0].retries'],
    [{ 503: 3 }, 'stages[0].retries.503.maxAttempts'],
    [{ 503: { maxAttempts: 0 } }, 'stages[0].retries.503.maxAttempts'],
  ])('is not saved with retries %j', async (retries, field) => {
    const stages = [{ type: 'webhook', url: 'https://example.com', retries }];
    const body = { application: 'shop', name: 'Refused', stages };
    expect(await app.call('POST', '/api/v1/pipelines', body)).toMatchObject({
      status: 422,
      body: { details: { field } },
    });
  });

  test.each([
    [{ status: 404 }, 'POST answered 404.'],
    [{ status: 504 }, 'POST answered 504.'],
  ])('fails for %j', async (answer, error) => {
    receiver.answerWith(answer);
    const begun = await run('webhook', { url: `${receiver.url}deploy` });
    expect(stageOf(await desk.becomes(begun.id, 'TERMINAL'), 'a').error).toBe(error);
  });

  test('to a private address that nobody allowed is refused', async () => {
    const begun = await run('webhook', { url: 'http://127.0.0.1:9/' });
    expect(stageOf(await desk.becomes(begun.id, 'TERMINAL'), 'a').error).toContain('private');
  });

  test('is called once, however often its jobs come: while it is called, and when its status is followed', async () => {
    let mayAnswer: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (mayAnswer = resolve));
    let state = 'rolling';
    receiver.answerWith(async (request) => {
      if (request.method === 'GET') return { body: { state } };
      await held;
      return { status: 202 };
    });
    const posts = () => receiver.requests.filter(({ path, method }) => path === '/once' && method === 'POST').length;
    const begun = await run('webhook', {
      url: `${receiver.url}once`,
      waitForCompletion: true,
      statusJsonPath: 'state',
      successStatuses: 'done',
    });
    await expect.poll(posts, { timeout: 20_000 }).toBe(1);
    const calls = app.app.modules.list.flatMap(({ jobs = [] }) => jobs).find(({ queue }) => queue === 'pipeline-call');
    const key = { orgId: app.orgId, executionId: begun.id, stageId: stageOf(begun, 'a').id, attempt: 1 };
    const again = async (): Promise<void> => calls?.run({ ...key, phase: 'create' });
    await Promise.all([again(), again()]);
    expect(stageOf(await desk.read(begun.id), 'a')).toMatchObject({ status: 'RUNNING', error: null });
    mayAnswer?.();
    await expect
      .poll(async () => JSON.stringify(stageOf(await desk.read(begun.id), 'a').context), { timeout: 20_000 })
      .toContain('statusEndpoint');
    await again();
    state = 'done';
    await desk.becomes(begun.id, 'SUCCEEDED');
    expect(posts()).toBe(1);
  });

  test('that is cancelled tells the other side', async () => {
    receiver.answerWith((request) => (request.method === 'POST' ? { body: {} } : { body: { state: 'rolling' } }));
    const before = receiver.requests.length;
    const begun = await run('webhook', {
      url: `${receiver.url}deploy`,
      waitForCompletion: true,
      statusJsonPath: 'state',
      successStatuses: 'done',
      cancelEndpoint: `${receiver.url}cancel`,
      cancelMethod: 'DELETE',
    });
    const looked = (): boolean => receiver.requests.slice(before).some(({ method }) => method === 'GET');
    await expect.poll(looked, { timeout: 20_000 }).toBe(true);
    await app.call('POST', `/api/v1/executions/${begun.id}/cancel`, {});
    await expect
      .poll(() => receiver.requests.some(({ path, method }) => path === '/cancel' && method === 'DELETE'), {
        timeout: 20_000,
      })
      .toBe(true);
  });
});

describe('a stage', () => {
  test('runs a self-service action and waits for its run', async () => {
    await app.call('POST', '/v1/actions', {
      identifier: 'restart',
      title: 'Restart',
      trigger: {
        type: 'self-service',
        operation: 'CREATE',
        userInputs: { properties: { who: { type: 'string' } }, required: ['who'] },
      },
      invocationMethod: { type: 'WEBHOOK', url: `${receiver.url}action`, body: { who: '{{ .inputs.who }}' } },
    });
    const refused = await run('runAction', { action: 'restart' });
    expect(stageOf(refused, 'a')).toMatchObject({ status: 'TERMINAL' });
    expect(stageOf(refused, 'a').error).toContain('who');
    for (const [status, ended] of [
      ['SUCCESS', 'SUCCEEDED'],
      ['FAILURE', 'TERMINAL'],
    ]) {
      const begun = await run('runAction', { action: 'restart', properties: { who: '{{ .user }}' } });
      const { waitsFor } = stageOf(begun, 'a');
      expect(waitsFor?.for).toBe('run');
      await app.call('PATCH', `/v1/actions/runs/${waitsFor?.id}`, { status });
      await desk.becomes(begun.id, ended ?? '');
    }
  });

  test('lets only entities of a level through', async () => {
    const schema = { properties: { docs: { type: 'string' } }, required: [] };
    await app.call('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema });
    const condition = { combinator: 'and', conditions: [{ operator: 'isNotEmpty', property: 'docs' }] };
    const rules = [{ identifier: 'docs', title: 'Has docs', level: 'Gold', query: condition }];
    await app.call('POST', '/v1/blueprints/service/scorecards', { identifier: 'ready', title: 'Ready', rules });
    await app.call('POST', '/v1/blueprints/service/entities', { identifier: 'gold', properties: { docs: 'x' } });
    await app.call('POST', '/v1/blueprints/service/entities', { identifier: 'basic' });
    const fields = { blueprint: 'service', scorecard: 'ready', level: 'Gold' };
    expect((await run('evaluateScorecard', { ...fields, entity: 'gold' })).status).toBe('SUCCEEDED');
    const refused = await run('evaluateScorecard', { ...fields, entity: 'basic' });
    expect(stageOf(refused, 'a').error).toBe('basic stands at Basic; Gold is needed. Unmet: Has docs.');
    const unknown = await run('evaluateScorecard', { ...fields, entity: 'gold', level: 'Platinum' });
    expect(stageOf(unknown, 'a').error).toContain('no level "Platinum"');
  });

  test('posts to Slack, and people are told what began, failed and succeeded', async () => {
    const told = (when: readonly string[]) => [{ type: 'slack', address: 'releases', when }];
    const pipeline = await desk.save(
      [
        one('slackMessage', { channel: 'releases', message: 'Version {{ .parameters.v }} <!channel> is out' }),
        {
          ...one('wait', { waitTime: 0 }),
          refId: 'b',
          requisiteStageRefIds: ['a'],
          name: 'Soak',
          sendNotifications: true,
          notifications: told(['stage.complete']),
        },
      ],
      { name: 'Loud', notifications: told(['pipeline.starting', 'pipeline.complete', 'pipeline.failed']) },
    );
    const before = slack.requests.length;
    const begun = await desk.start(pipeline, { v: '1.2' });
    await desk.becomes(begun.id, 'SUCCEEDED');
    const texts = async (): Promise<string> =>
      slack.requests
        .slice(before)
        .map((request) => request.body.toString())
        .join('\n');
    await expect.poll(async () => slack.requests.length - before, { timeout: 20_000 }).toBe(4);
    const all = await texts();
    expect(all).toContain('Version 1.2 &lt;!');
    for (const words of ['Loud started', 'Loud succeeded', 'Soak (Loud) succeeded']) expect(all).toContain(words);
  });

  test('starts a GitHub workflow, or says that GitHub is not connected', async () => {
    const begun = await run('githubWorkflow', {
      org: 'o',
      repo: 'r',
      workflow: 'deploy.yml',
      workflowInputs: { v: '1' },
    });
    const over = await desk.becomes(begun.id, 'TERMINAL');
    expect(stageOf(over, 'a').context).toMatchObject({ runStatus: 'FAILURE' });
    const { runId } = stageOf(over, 'a').context;
    const log = await app.call('GET', `/v1/actions/runs/${String(runId)}/logs`);
    expect(JSON.stringify(log.body)).toContain('GitHub');
  });
});
