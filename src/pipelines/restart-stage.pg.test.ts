import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  pipelineDesk,
  type PipelineDesk,
  type ShownExecution,
  stageOf,
  stageStatuses,
} from '#testing/pipeline-desk.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let app: TestApp;
let desk: PipelineDesk;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  app = await startTestApp({ allow: [new URL(receiver.url).host] });
  desk = pipelineDesk(app);
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
});
beforeEach(() => receiver.answerWith({}));

const stage = (refId: string, after: readonly string[], type: string, fields: object = {}): object => ({
  refId,
  requisiteStageRefIds: after,
  type,
  name: refId.toUpperCase(),
  ...fields,
});

async function restart(id: string, refId: string): Promise<ShownExecution> {
  const answer = await app.call('POST', `/api/v1/executions/${id}/stages/${refId}/restart`);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body['execution'] as ShownExecution;
}

describe('restarting a stage of an execution that another one waited for', () => {
  const failing = (): object => stage('call', [], 'webhook', { url: `${receiver.url}deploy` });
  const starting = (pipeline: string, fields: object = {}): object =>
    stage('child', [], 'pipeline', { pipeline, ...fields });
  const after = stage('after', ['child'], 'wait', { waitTime: 0 });

  test('has that one, and the one above it, wait for its end again and go on', async () => {
    receiver.answerWith({ status: 404 });
    const child = await desk.save([failing()]);
    const parent = await desk.save([starting(child), after]);
    const top = await desk.start(await desk.save([starting(parent, { stageTimeoutMs: 3_600_000 }), after]));
    await app.settle();
    expect(await desk.read(top.id)).toMatchObject({ status: 'TERMINAL' });
    const [middle] = await desk.list(parent);
    const [lowest] = await desk.list(child);
    expect(stageOf(await desk.read(top.id), 'child').error).toContain('POST answered 404.');
    receiver.answerWith({});
    await restart(lowest?.id ?? '', 'call');
    for (const [above, below] of [
      [middle, lowest],
      [top, middle],
    ]) {
      const shown = await desk.read(above?.id ?? '');
      expect(shown.status).toBe('RUNNING');
      expect(stageOf(shown, 'child')).toMatchObject({
        status: 'RUNNING',
        attempt: 2,
        waitsFor: { for: 'execution', id: below?.id },
      });
    }
    await app.settle();
    for (const each of [lowest, middle, top]) expect((await desk.read(each?.id ?? '')).status).toBe('SUCCEEDED');
    expect(stageStatuses(await desk.read(top.id))).toEqual({ child: 'SUCCEEDED', after: 'SUCCEEDED' });
    expect(await desk.list(child)).toHaveLength(1);
  });

  test('runs again what came after it there, also when it had succeeded', async () => {
    const child = await desk.save([failing()]);
    const top = await desk.start(await desk.save([starting(child), after]));
    await app.settle();
    const [lowest] = await desk.list(child);
    await restart(lowest?.id ?? '', 'call');
    expect(stageStatuses(await desk.read(top.id))).toEqual({ child: 'RUNNING', after: 'NOT_STARTED' });
    await app.settle();
    const over = await desk.read(top.id);
    expect(over.status).toBe('SUCCEEDED');
    expect(stageOf(over, 'after').attempt).toBe(2);
  });

  test('leaves alone whoever did not wait, waits for a later one, or was paused', async () => {
    const child = await desk.save([failing()]);
    const loose = await desk.start(await desk.save([starting(child, { waitForCompletion: false }), after]));
    await app.settle();
    const [first] = await desk.list(child);
    await restart(first?.id ?? '', 'call');
    expect(await desk.read(loose.id)).toMatchObject({ status: 'SUCCEEDED' });
    await app.settle();

    const strict = await desk.start(await desk.save([starting(child), after]));
    await app.settle();
    const [earlier] = await desk.list(child);
    await restart(strict.id, 'child');
    await app.settle();
    await restart(earlier?.id ?? '', 'call');
    expect(await desk.read(strict.id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('lets it wait for room where its pipeline limits how many run', async () => {
    const child = await desk.save([failing()]);
    const limited = await desk.save([starting(child), stage('judge', ['child'], 'manualJudgment')], {
      limitConcurrent: true,
      keepWaitingPipelines: true,
    });
    const first = await desk.start(limited);
    await app.settle();
    await app.call('POST', `/api/v1/executions/${first.id}/cancel`, {});
    const [lowest] = await desk.list(child);
    const second = await desk.start(limited);
    await app.settle();
    await restart(lowest?.id ?? '', 'call');
    expect(await desk.read(first.id)).toMatchObject({ status: 'NOT_STARTED' });
    await app.call('POST', `/api/v1/executions/${second.id}/cancel`, {});
    await app.settle();
    const shown = await desk.read(first.id);
    expect(shown.status).toBe('RUNNING');
    expect(stageStatuses(shown)).toEqual({ child: 'SUCCEEDED', judge: 'RUNNING' });
  });
});

describe('restarting before a webhook that is under way', () => {
  const followed = (): readonly object[] => [
    stage('a', [], 'wait', { waitTime: 0 }),
    stage('b', ['a'], 'webhook', {
      url: `${receiver.url}deploy`,
      waitForCompletion: true,
      statusJsonPath: 'state',
      successStatuses: 'done',
      cancelEndpoint: `${receiver.url}cancel`,
      cancelMethod: 'DELETE',
      customHeaders: { 'X-Deploy': '{{ .stage.attempt }}' },
    }),
  ];
  const of = (from: number, method: string) =>
    receiver.requests.slice(from).filter((request) => request.method === method);

  test('tells the other side, and calls it again for the next attempt', async () => {
    const from = receiver.requests.length;
    receiver.answerWith(({ method }) => (method === 'GET' ? { body: { state: 'rolling' } } : {}));
    const begun = await desk.start(await desk.save(followed()));
    await app.settle();
    expect(of(from, 'POST')).toHaveLength(1);
    expect(stageOf(await restart(begun.id, 'a'), 'b')).toMatchObject({ status: 'RUNNING', attempt: 2 });
    await app.settle();
    expect(of(from, 'DELETE').map(({ headers }) => headers['x-deploy'])).toEqual(['1']);
    expect(of(from, 'POST').map(({ headers }) => headers['x-deploy'])).toEqual(['1', '2']);
    const kept = await app.database.database.pool.query('select * from withdrawn_call');
    expect(kept.rows).toEqual([]);
  });

  test('that was not called yet calls once, and has nothing to take back', async () => {
    const from = receiver.requests.length;
    const begun = await desk.start(await desk.save(followed()));
    await restart(begun.id, 'a');
    await app.settle();
    expect(of(from, 'POST').map(({ headers }) => headers['x-deploy'])).toEqual(['2']);
    expect(of(from, 'DELETE')).toEqual([]);
  });

  test('takes back a call that is being made once it has arrived', async () => {
    const from = receiver.requests.length;
    let mayAnswer: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (mayAnswer = resolve));
    receiver.answerWith(async ({ method, headers }) => {
      if (method === 'POST' && headers['x-deploy'] === '1') await held;
      return method === 'GET' ? { body: { state: 'rolling' } } : {};
    });
    const begun = await desk.start(await desk.save(followed()));
    const working = app.settle();
    await expect.poll(() => of(from, 'POST').length, { timeout: 20_000 }).toBe(1);
    await restart(begun.id, 'a');
    const calls = app.app.modules.list.flatMap(({ jobs = [] }) => jobs).find(({ queue }) => queue === 'pipeline-call');
    const key = { orgId: app.orgId, executionId: begun.id, stageId: stageOf(begun, 'b').id, attempt: 1 };
    await calls?.run({ ...key, phase: 'cancel' });
    expect(of(from, 'DELETE')).toEqual([]);
    mayAnswer?.();
    await working;
    await app.settle();
    expect(of(from, 'DELETE').map(({ headers }) => headers['x-deploy'])).toEqual(['1']);
    expect(of(from, 'POST').map(({ headers }) => headers['x-deploy'])).toEqual(['1', '2']);
  });
});
