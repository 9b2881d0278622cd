import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settableClock, systemClock } from '#platform/clock.ts';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestAnswer, type TestApp, uniqueName } from '#testing/start-app.ts';
import { begin, readLog, readRun, saveAction, type WireRun } from '#testing/test-action.ts';

const clock = settableClock(systemClock.now());
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
});
afterAll(async () => app.stop());

const visibilityTimeoutMs = 60_000;
const properties = { org: 'acme', repo: 'portal', workflow: 'x.yml', workflowInputs: { id: '{{ .run.id }}' } };

/** A run that waits for an installation of its own. */
async function offered(): Promise<{ readonly installationId: string; readonly id: string }> {
  const installationId = uniqueName('installation');
  const action = await saveAction(app, {
    type: 'INTEGRATION_ACTION',
    installationId,
    integrationActionType: 'dispatch_workflow',
    integrationActionExecutionProperties: properties,
  });
  const { id } = await begin(app, action);
  await app.settle();
  return { installationId, id };
}

async function claim(installationId: string, more: object = {}): Promise<readonly WireRun[]> {
  const body = { installationId, limit: 10, visibilityTimeoutMs, ...more };
  const answer = await app.call('POST', '/v1/actions/runs/claim-pending', body, { 'x-port-reserved-usage': 'true' });
  expect(answer).toMatchObject({ status: 200, body: { ok: true } });
  return answer.body['runs'] as readonly WireRun[];
}

const ack = async (body: object): Promise<TestAnswer> => app.call('PATCH', '/v1/actions/runs/ack', body);

describe('a run for an integration', () => {
  test('is fetched whole, acknowledged once, and ended by whoever fetched it', async () => {
    const { installationId, id } = await offered();
    expect(await readRun(app, id)).toMatchObject({ status: 'IN_PROGRESS', pendingExecution: true, installationId });
    const [run] = await claim(installationId);
    expect(run).toMatchObject({
      id,
      status: 'IN_PROGRESS',
      action: { identifier: expect.any(String) as string },
      claimedUntil: expect.any(String) as string,
      payload: {
        type: 'INTEGRATION_ACTION',
        installationId,
        integrationActionType: 'dispatch_workflow',
        integrationActionExecutionProperties: { ...properties, workflowInputs: { id } },
      },
    });
    expect(await claim(installationId)).toEqual([]);
    expect((await ack({ runId: id })).status).toBe(200);
    expect(await ack({ runId: id })).toMatchObject({ status: 409, body: { error: 'run_already_acknowledged' } });
    expect(await readRun(app, id)).toMatchObject({ pendingExecution: false, dispatchState: 'called' });
    await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' });
    expect(await readRun(app, id)).toMatchObject({ status: 'SUCCESS' });
    expect(await readLog(app, id)).toEqual([expect.stringContaining(installationId)]);
  });

  test('names entities by their identifiers, as workflows take them', async () => {
    await app.call('POST', '/v1/blueprints', { identifier: 'service', title: 'S', schema: { properties: {} } });
    await app.call('POST', '/v1/blueprints/service/entities', { identifier: 'checkout', title: 'The checkout' });
    const installationId = uniqueName('installation');
    const service = { type: 'string', format: 'entity', blueprint: 'service' };
    const workflowInputs = { one: '{{ .inputs.one }}', many: '{{ .inputs.many }}', title: '{{ .inputs.one.title }}' };
    const action = await saveAction(
      app,
      {
        type: 'INTEGRATION_ACTION',
        installationId,
        integrationActionExecutionProperties: { ...properties, workflowInputs },
      },
      { trigger: { userInputs: { properties: { one: service, many: { type: 'array', items: service } } } } },
    );
    await begin(app, action, { properties: { one: 'checkout', many: ['checkout'] } });
    await app.settle();
    const [run] = await claim(installationId);
    expect(run?.['payload']).toMatchObject({
      integrationActionExecutionProperties: {
        workflowInputs: { one: 'checkout', many: ['checkout'], title: 'The checkout' },
      },
    });
  });

  test('that is not acknowledged in time is offered again', async () => {
    const { installationId, id } = await offered();
    expect(await claim(installationId)).toHaveLength(1);
    clock.advance(visibilityTimeoutMs - 1);
    expect(await claim(installationId)).toHaveLength(0);
    clock.advance(1);
    expect(await claim(installationId)).toMatchObject([{ id }]);
    expect(await ack({ runIds: [id, id] })).toMatchObject({ status: 200, body: { ackedCount: 1 } });
    clock.advance(visibilityTimeoutMs);
    expect(await claim(installationId)).toEqual([]);
  });

  test('goes to one of many that fetch at once, and to nobody it is not for', async () => {
    const { installationId, id } = await offered();
    expect(await claim(uniqueName('other'))).toEqual([]);
    expect(await claim(installationId, { exclude: [id] })).toEqual([]);
    expect(await claim(uniqueName('agent'), { invocationMethod: 'INTEGRATION_ACTION' })).toEqual([]);
    const claims = await Promise.all(Array.from({ length: 8 }, async () => claim(installationId)));
    expect(claims.flat().map((run) => run.id)).toEqual([id]);
  });

  test('that has ended is offered to nobody', async () => {
    const { installationId, id } = await offered();
    await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'FAILURE' });
    expect(await claim(installationId)).toEqual([]);
    expect((await ack({ runId: id })).status).toBe(409);
  });
});

describe('a webhook for an agent', () => {
  test('is fetched with what is to be sent, secrets included, and its answer kept', async () => {
    await app.call('POST', '/v1/organization/secrets', { secretName: 'AGENT', secretValue: 'canary-of-the-agent' });
    const action = await saveAction(app, {
      type: 'WEBHOOK',
      agent: true,
      url: 'http://inside.example.com/hook',
      headers: { 'X-Token': '{{ .secrets.AGENT }}' },
      body: { run: '{{ .run.id }}' },
    });
    const { id } = await begin(app, action);
    await app.settle();
    const [run] = await claim(uniqueName('agent'), { invocationMethod: 'WEBHOOK' });
    expect(run).toMatchObject({
      id,
      payload: { method: 'POST', headers: { 'X-Token': 'canary-of-the-agent' }, body: { run: id } },
    });
    await ack({ runIds: [id] });
    const answer = await app.call('PATCH', `/v1/actions/runs/${id}/response`, { response: { status: 204 } });
    expect(answer).toMatchObject({ status: 200, body: { run: { response: { status: 204 } } } });
    expect(JSON.stringify(await readRun(app, id))).not.toContain('canary-of-the-agent');
  });
});

describe('who fetches', () => {
  test('is a machine or an administrator', async () => {
    const member = await addPerson(app, { email: `${uniqueName('member')}@example.com` });
    const { id } = await offered();
    const body = { installationId: 'x' };
    expect((await member.call('POST', '/v1/actions/runs/claim-pending', body)).status).toBe(403);
    expect((await member.call('PATCH', '/v1/actions/runs/ack', { runId: id })).status).toBe(403);
    expect((await member.call('PATCH', `/v1/actions/runs/${id}/response`, { response: 1 })).status).toBe(403);
  });

  test.each([
    ['/v1/actions/runs/claim-pending', 'POST', {}],
    ['/v1/actions/runs/claim-pending', 'POST', { installationId: 'x', limit: 0 }],
    ['/v1/actions/runs/claim-pending', 'POST', { installationId: 'x', visibilityTimeoutMs: 1 }],
    ['/v1/actions/runs/ack', 'PATCH', {}],
    ['/v1/actions/runs/ack', 'PATCH', { runIds: [] }],
  ])('%s is refused what it cannot use (%s %j)', async (path, method, body) => {
    expect(await app.call(method, path, body)).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
  });

  test('and names an unknown run gets a 404', async () => {
    expect((await ack({ runId: 'r_none' })).status).toBe(404);
  });
});
