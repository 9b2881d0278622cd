import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settableClock } from '#platform/clock.ts';
import { pipelineDesk, type PipelineDesk } from '#testing/pipeline-desk.ts';
import { send, startTestApp, type TestApp } from '#testing/start-app.ts';

const clock = settableClock(new Date());
let app: TestApp;
let desk: PipelineDesk;
beforeAll(async () => {
  app = await startTestApp({ clock });
  desk = pipelineDesk(app);
  await app.call('POST', '/v1/organization/secrets', { secretName: 'HOOK', secretValue: 'the secret of the hook' });
});
afterAll(async () => app.stop());

const stages = [{ type: 'wait', waitTime: 0 }];

async function tick(milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  const chores = app.app.modules.list.flatMap((module) => module.chores ?? []);
  await chores.find((chore) => chore.name === 'pipeline-cron')?.run();
}

async function started(pipeline: string): Promise<readonly string[]> {
  await app.settle();
  return (await desk.list(pipeline)).map((execution) => String(execution.trigger['type']));
}

test('a cron trigger fires at its instants, once for what was missed a moment ago, and not for long ago', async () => {
  const pipeline = await desk.save(stages, { triggers: [{ type: 'cron', cronExpression: '0 * * * * ?' }] });
  await tick(60_000);
  await tick(1_000);
  expect(await started(pipeline)).toHaveLength(1);
  await tick(300_000);
  expect(await started(pipeline)).toHaveLength(2);
  await tick(1_500_000);
  expect(await started(pipeline)).toHaveLength(2);
  await tick(60_000);
  expect(await started(pipeline)).toEqual(['cron', 'cron', 'cron']);
  const { pipeline: saved } = (await app.call('GET', `/api/v1/pipelines/${pipeline}`)).body as {
    pipeline: { document: object };
  };
  await app.call('PUT', `/api/v1/pipelines/${pipeline}`, { ...saved.document, disabled: true });
  await tick(120_000);
  expect(await started(pipeline)).toHaveLength(3);
});

test('a webhook starts what its payload fits, with its parameters', async () => {
  const trigger = { type: 'webhook', source: 'ci', payloadConstraints: { 'pull.action': '^closed$' } };
  const pipeline = await desk.save(stages, { triggers: [trigger], parameterConfig: [{ name: 'v', default: '0' }] });
  const post = async (path: string, action: string) =>
    app.call('POST', path, { pull: { action }, parameters: { v: '7' } });
  expect(await post('/gate/webhooks/webhook/ci', 'opened')).toMatchObject({
    status: 200,
    body: { eventProcessed: true },
  });
  expect(await started(pipeline)).toEqual([]);
  const told = await post('/gate/webhooks/webhook/ci', 'closed');
  await post('/hooks/pipelines/ci', 'closed');
  expect(await started(pipeline)).toEqual(['webhook', 'webhook']);
  const found = await app.call(
    'GET',
    `/gate/applications/shop/executions/search?eventId=${String(told.body['eventId'])}`,
  );
  expect(found.body).toMatchObject([{ trigger: { parameters: { v: '7' }, source: 'ci' } }]);
});

test('a webhook without a token needs the signature of a secret that its trigger names', async () => {
  const signed = await desk.save(stages, { triggers: [{ type: 'webhook', source: 'github', secret: 'HOOK' }] });
  const open = await desk.save(stages, { triggers: [{ type: 'webhook', source: 'github' }] });
  const body = JSON.stringify({ zen: 'yes' });
  const post = async (signature: string, org = app.orgId) =>
    send(
      `${app.url}/hooks/pipelines/github?org=${org}`,
      'POST',
      body,
      signature === '' ? {} : { 'x-hub-signature-256': signature },
    );
  const right = `sha256=${createHmac('sha256', 'the secret of the hook').update(body).digest('hex')}`;
  for (const wrong of [
    '',
    'sha256=',
    right.toUpperCase(),
    `sha256=${createHmac('sha256', '').update(body).digest('hex')}`,
  ]) {
    expect(await post(wrong)).toMatchObject({ status: 401 });
  }
  expect(await post(right, 'org_other')).toMatchObject({ status: 401 });
  expect(await post(right)).toMatchObject({ status: 200 });
  expect([await started(signed), await started(open)]).toEqual([['webhook'], []]);
});

test('the end of a pipeline starts those that wait for it, and circles come to an end', async () => {
  const first = await desk.save(stages);
  const second = await desk.save(stages, { triggers: [{ type: 'pipeline', pipeline: first, status: ['successful'] }] });
  const never = await desk.save(stages, { triggers: [{ type: 'pipeline', pipeline: first, status: ['failed'] }] });
  await desk.start(first);
  expect([await started(second), await started(never)]).toEqual([['pipeline'], []]);
  const { pipeline } = (await app.call('GET', `/api/v1/pipelines/${first}`)).body as { pipeline: { document: object } };
  await app.call('PUT', `/api/v1/pipelines/${first}`, {
    ...pipeline.document,
    triggers: [{ type: 'pipeline', pipeline: second }],
  });
  await desk.start(first);
  expect((await started(first)).length).toBeLessThan(15);
});

test('a change of the catalog starts a pipeline when its condition holds', async () => {
  const schema = { properties: { health: { type: 'string' } }, required: [] };
  await app.call('POST', '/v1/blueprints', { identifier: 'deployment', title: 'Deployment', schema });
  const condition = '.after.properties.health == "Degraded" and .before.properties.health == "Healthy"';
  const pipeline = await desk.save(stages, {
    triggers: [{ type: 'catalog', blueprint: 'deployment', on: ['updated'], condition, parameters: { why: 'health' } }],
  });
  for (const health of ['Healthy', 'Degraded', 'Degraded', 'Healthy']) {
    await app.call('POST', '/v1/blueprints/deployment/entities?upsert=true&merge=true', {
      identifier: 'cart',
      properties: { health },
    });
  }
  expect(await started(pipeline)).toEqual(['catalog']);
  const [execution] = await desk.list(pipeline);
  expect(execution?.trigger).toMatchObject({ entity: 'cart', change: 'updated', parameters: { why: 'health' } });
});
