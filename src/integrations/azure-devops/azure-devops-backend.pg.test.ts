import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { settableClock, systemClock } from '#platform/clock.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';
import { begin, execute, readLog, readRun, saveAction, type WireRun } from '#testing/test-action.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

const path = '/acme/_apis/public/distributedtask/webhooks/deploys?api-version=6.0-preview';
let azure: WebhookReceiver;
let app: TestApp;

beforeAll(async () => {
  azure = await startWebhookReceiver();
  app = await startTestApp({
    clock: settableClock(new Date(systemClock.now().getTime() - 3_600_000)),
    allow: ['127.0.0.1'],
    environment: { QUAYSIDE_AZURE_DEVOPS_URL: azure.url },
  });
});
afterAll(async () => {
  await app.stop();
  await azure.close();
});
afterEach(() => {
  azure.faults.clear();
  azure.answerWith({});
});

const method = { type: 'AZURE_DEVOPS', org: 'acme', webhook: 'deploys' };

async function finish(id: string): Promise<WireRun & { readonly log: readonly string[] }> {
  await app.settle();
  return { ...(await readRun(app, id)), log: await readLog(app, id) };
}

function signature(secret: string, body: Buffer): string {
  return createHmac('sha1', secret).update(body).digest('hex');
}

describe('the incoming webhook of Azure DevOps', () => {
  test('gets the payload, signed; the pipeline reports by itself', async () => {
    const payload = { run: '{{ .run.id }}', who: '{{ .trigger.origin }}' };
    const { id } = await begin(app, await saveAction(app, { ...method, payload }));
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'IN_PROGRESS', dispatchState: 'called' });
    const sent = azure.requests.at(-1);
    expect(sent?.url).toBe(path);
    expect(JSON.parse(sent?.body.toString() ?? '')).toEqual({ run: id, who: 'API' });
    expect(sent?.headers['x-port-signature']).toBe(signature(app.clientSecret, sent?.body ?? Buffer.alloc(0)));
    await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' });
    expect(await readRun(app, id)).toMatchObject({ status: 'SUCCESS' });
  });

  test('gets the older body from an older action, and the secret of the connection signs', async () => {
    const webhookSecret = 'of the service connection';
    const settings = { url: azure.url };
    await app.call('PUT', '/api/v1/connections/azure-devops', { settings, secrets: { webhookSecret } });
    const blueprint = uniqueName('service');
    await app.call('POST', '/v1/blueprints', { identifier: blueprint, title: 'S', schema: { properties: {} } });
    await app.call('POST', `/v1/blueprints/${blueprint}/actions`, {
      identifier: 'deploy',
      trigger: 'CREATE',
      userInputs: { properties: {} },
      invocationMethod: { ...method, type: 'AZURE-DEVOPS' },
    });
    const answer = await app.call('POST', `/v1/blueprints/${blueprint}/actions/deploy/runs`, { properties: {} });
    const { id } = answer.body['run'] as WireRun;
    await finish(id);
    const sent = azure.requests.at(-1);
    expect(JSON.parse(sent?.body.toString() ?? '')).toMatchObject({ action: 'deploy', context: { runId: id } });
    expect(sent?.headers['x-port-signature']).toBe(signature(webhookSecret, sent?.body ?? Buffer.alloc(0)));
    await app.call('DELETE', '/api/v1/connections/azure-devops');
  });

  test.each([
    [404, 'no such organisation'],
    [401, 'Check the secret'],
    [302, 'Check the secret'],
    [400, 'no good'],
  ])('that answers %s ends the run with words', async (status, words) => {
    azure.answerWith({ status, body: 'no good' });
    const { id } = await begin(app, await saveAction(app, method));
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'FAILURE', statusLabel: 'Pipeline not started' });
    expect(run.log.join('\n')).toContain(words);
  });

  test('is called again when there was no room, and not when the outcome is unknown', async () => {
    const before = azure.requests.length;
    azure.faults.add({ kind: 'answer', status: 503 }, { times: 1 });
    const first = await begin(app, await saveAction(app, method));
    expect(await finish(first.id)).toMatchObject({ status: 'IN_PROGRESS', dispatchState: 'called' });
    expect(azure.requests).toHaveLength(before + 2);
    azure.faults.add({ kind: 'reset', after: 'effect' }, { times: 1 });
    const second = await begin(app, await saveAction(app, method));
    expect(await finish(second.id)).toMatchObject({ status: 'IN_PROGRESS', statusLabel: 'Delivery unknown' });
    expect(azure.requests).toHaveLength(before + 3);
  });

  test.each([['org'], ['webhook']])('without a usable %s is refused while the caller waits', async (key) => {
    const action = await saveAction(app, { ...method, [key]: '{{ "../x" }}' });
    const field = `invocationMethod.${key}`;
    expect(await execute(app, action)).toMatchObject({ status: 422, body: { details: { field } } });
  });
});
