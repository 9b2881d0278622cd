import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settableClock } from '#platform/clock.ts';
import { type MailServer, startMailServer } from '#testing/mail-server.ts';
import { pipelineDesk, type PipelineDesk } from '#testing/pipeline-desk.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

const clock = settableClock(new Date('2026-03-02T10:00:00Z'));
let app: TestApp;
let desk: PipelineDesk;
let mail: MailServer;
let hook: WebhookReceiver;
beforeAll(async () => {
  [mail, hook] = [await startMailServer(), await startWebhookReceiver()];
  app = await startTestApp({
    clock,
    allow: [new URL(hook.url).host],
    environment: { QUAYSIDE_SMTP_URL: mail.url },
  });
  desk = pipelineDesk(app);
});
afterAll(async () => {
  await app.stop();
  await mail.close();
  await hook.close();
});

const wait = { refId: '1', type: 'wait', name: 'Soak', waitTime: 0 };
const long = { ...wait, waitTime: 3_600 };
const base64 = (value: unknown): string => encodeURIComponent(Buffer.from(JSON.stringify(value)).toString('base64'));

async function ids(path: string): Promise<readonly string[]> {
  return ((await app.call('GET', path)).body as unknown as readonly { id: string }[]).map(({ id }) => id);
}

describe('many pipelines at once', () => {
  test('are saved each for itself; what is wrong with one is told with it', async () => {
    const body = [
      { name: 'Bulk one', stages: [wait] },
      { name: 'Bulk two', stages: [{ ...wait, type: 'teleport' }] },
      { stages: [] },
    ];
    const answer = await app.call('POST', '/gate/pipelines/bulksave?application=bulk', body);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        successful_pipelines_count: 1,
        successful_pipelines: ['Bulk one'],
        failed_pipelines_count: 2,
        failed_pipelines: [{ name: 'Bulk two', errorMsg: expect.stringContaining('teleport') }, {}],
      },
    });
    expect(await app.call('GET', '/gate/applications/bulk/pipelineConfigs/Bulk one')).toMatchObject({ status: 200 });
  });
});

describe('variables tried on an execution', () => {
  test('are evaluated in order, see what came before, and tell what they could not be', async () => {
    const stages = [
      { refId: '1', type: 'evaluateVariables', name: 'Set', variables: [{ key: 'tier', value: 'gold' }] },
    ];
    const { id } = await desk.start(await desk.save(stages, { parameterConfig: [{ name: 'v' }] }), { v: '7' });
    const body = [
      { key: 'version', value: '${parameters.v}' },
      { key: 'image', value: 'app:{{ .vars.version }}-{{ .vars.tier }}' },
      { key: 'plain', value: { list: ['{{ 1 + 1 }}'] } },
      { key: 'broken', value: '{{ error("no") }}' },
    ];
    const path = `/gate/pipelines/${id}/evaluateVariables`;
    expect(await app.call('POST', `${path}?requisiteStageRefIds=1`, body)).toMatchObject({
      status: 200,
      body: {
        result: [
          { key: 'version', value: '7' },
          { key: 'image', value: 'app:7-gold' },
          { key: 'plain', value: { list: [2] } },
          { key: 'broken', value: '{{ error("no") }}' },
        ],
        detail: { broken: [{ level: 'ERROR' }] },
      },
    });
    expect(await app.call('POST', path, [{ value: 1 }])).toMatchObject({ status: 422 });
    expect(await app.call('POST', '/gate/pipelines/nothing/evaluateVariables', [])).toMatchObject({ status: 404 });
  });
});

describe('a pipeline given as a whole', () => {
  test('starts where it is saved so, and is refused where it is not', async () => {
    const config = { application: 'whole', name: 'Whole', stages: [wait] };
    expect(await app.call('POST', '/gate/pipelines/start', config)).toMatchObject({ status: 404 });
    await app.call('POST', '/gate/pipelines', config);
    const started = await app.call('POST', '/gate/pipelines/start', { ...config, trigger: { parameters: { a: 1 } } });
    expect(started).toMatchObject({ status: 202, body: { ref: expect.stringMatching(/^\/pipelines\//) } });
    expect(await app.call('POST', '/gate/pipelines/start', { ...config, stages: [long] })).toMatchObject({
      status: 409,
      body: { error: 'pipeline_differs' },
    });
  });
});

describe('an execution', () => {
  test('answers expressions of both kinds, and tells what fails', async () => {
    const { id } = await desk.start(await desk.save([wait], { parameterConfig: [{ name: 'v' }] }), { v: '7' });
    const ask = async (expression: string) =>
      (await app.call('GET', `/gate/pipelines/${id}/evaluateExpression?expression=${encodeURIComponent(expression)}`))
        .body;
    expect(await ask('${parameters.v}')).toStrictEqual({ result: '7' });
    expect(await ask('v{{ .parameters.v }}')).toStrictEqual({ result: 'v7' });
    expect(await ask('.stages["Soak"].status')).toStrictEqual({ result: 'SUCCEEDED' });
    expect(await ask('{{ .parameters.v | error }}')).toMatchObject({ detail: {} });
    const posted = await app.call('POST', `/gate/pipelines/${id}/evaluateExpression`, { expression: '1 + 1' });
    expect(posted.body).toStrictEqual({ result: 2 });
    const ofStage = await app.call('GET', `/gate/pipelines/${id}/1/evaluateExpression?expression=.stage.name`);
    expect(ofStage.status).toBe(200);
  });

  test('is what an expression is tried on in the editor; a pipeline that never ran has facts instead', async () => {
    const { id } = await desk.start(await desk.save([wait]), { v: '7' });
    const ask = async (body: object) => (await app.call('POST', '/api/v1/expressions/evaluate', body)).body;
    expect(await ask({ expression: '.parameters.v', execution: id, stage: '1' })).toMatchObject({ result: '7' });
    expect(await ask({ expression: 'v{{ .stage.name }}', execution: id, stage: '1' })).toMatchObject({
      result: 'vSoak',
    });
    expect(await ask({ expression: '.stage.name', execution: id, stage: 'new' })).toMatchObject({ result: 'Soak' });
    expect(await ask({ expression: '.parameters | length', facts: { parameters: { a: 1 } } })).toMatchObject({
      result: 1,
      error: null,
    });
    expect(await ask({ expression: '.x | error' })).toMatchObject({ result: null, error: expect.any(String) });
    expect(await ask({ expression: '{{ .parameters.v' })).toMatchObject({ ok: true });
    const unknown = await app.call('POST', '/api/v1/expressions/evaluate', { expression: '1', execution: 'none' });
    expect(unknown.status).toBe(404);
  });

  test('is found by its trigger, its status and its time, and deleted once it has ended', async () => {
    const pipeline = await desk.save([long], { application: 'search' });
    const open = await desk.start(pipeline, {});
    const own = async (query: string): Promise<readonly string[]> => {
      const answer = await app.call('GET', `/api/v1/executions?application=search&${query}`);
      return (answer.body['executions'] as readonly { id: string }[]).map(({ id }) => id);
    };
    const started = String(open.trigger['user']).slice(1, 6).toUpperCase();
    expect(await own(`by=${encodeURIComponent(started)}&from=2026-01-01T00:00:00Z`)).toEqual([open.id]);
    expect(await own('by=nobody%25')).toEqual([]);
    expect(await own('to=2026-01-01T00:00:00Z')).toEqual([]);
    const refused = await app.call('GET', '/api/v1/executions?from=yesterday');
    expect(refused).toMatchObject({ status: 422, body: { details: { field: 'from' } } });
    const search = '/gate/applications/search/executions/search';
    expect(await ids(`${search}?trigger=${base64({ type: 'manual' })}`)).toStrictEqual([open.id]);
    expect(await ids(`${search}?trigger=${base64({ type: 'cron' })}`)).toStrictEqual([]);
    expect(await ids(`${search}?statuses=RUNNING`)).toStrictEqual([open.id]);
    const now = clock.now().getTime();
    expect(await ids(`${search}?triggerTimeStartBoundary=${now + 1}`)).toStrictEqual([]);
    expect(await ids(`${search}?triggerTimeEndBoundary=${now}`)).toStrictEqual([open.id]);
    expect(await app.call('GET', `${search}?trigger=nonsense`)).toMatchObject({ status: 422 });
    expect(await app.call('DELETE', `/gate/pipelines/${open.id}`)).toMatchObject({ status: 409 });
    await app.call('PUT', `/gate/pipelines/${open.id}/cancel`);
    expect(await app.call('DELETE', `/gate/pipelines/${open.id}`)).toMatchObject({ status: 200 });
    expect(await app.call('GET', `/gate/pipelines/${open.id}`)).toMatchObject({ status: 404 });
    expect(await app.call('DELETE', `/gate/pipelines/${open.id}`)).toMatchObject({ status: 404 });
  });
});

describe('what is small', () => {
  test('cron expressions are checked', async () => {
    const check = async (expression: string) =>
      (await app.call('GET', `/gate/cron/validate?expression=${encodeURIComponent(expression)}`)).body;
    expect(await check('0 0 10 ? * MON-FRI *')).toMatchObject({ valid: true });
    expect(await check('every day')).toMatchObject({ valid: false, message: expect.any(String) });
  });
});

describe('preferences of an application', () => {
  test('are kept by type, and tell by mail and webhook, with words of their own', async () => {
    const pipeline = await desk.save([wait], { application: 'told' });
    const path = '/gate/notifications/application/told';
    const when = ['pipeline.starting', 'pipeline.complete'];
    const words = { 'pipeline.complete': { text: 'Have a look at the dashboard.' } };
    const preferences = {
      email: [{ address: 'team@example.com', when, message: words }],
      webhook: [{ address: hook.url, when: ['pipeline.complete'] }],
    };
    expect(await app.call('POST', path, { email: [{ when }] })).toMatchObject({
      status: 422,
      body: { details: { field: 'email[0].address' } },
    });
    expect(await app.call('POST', path, preferences)).toMatchObject({ status: 200 });
    expect((await app.call('GET', path)).body).toMatchObject({ application: 'told', email: [{ type: 'email', when }] });
    const { id } = await desk.start(pipeline);
    await app.settle();
    const subjects = mail.mails.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim());
    expect(subjects.toSorted((left, right) => (String(left) < String(right) ? -1 : 1))).toStrictEqual([
      expect.stringMatching(/^Pipeline \d+ started$/),
      expect.stringMatching(/^Pipeline \d+ succeeded$/),
    ]);
    expect(mail.mails.filter(({ raw }) => raw.includes('Have a look at the dashboard.'))).toHaveLength(1);
    expect(mail.mails[0]?.to).toStrictEqual(['team@example.com']);
    const [told, ...rest] = hook.requests.map(({ body }) => JSON.parse(body.toString()) as object);
    expect(rest).toStrictEqual([]);
    expect(told).toMatchObject({
      type: 'pipeline.complete',
      application: 'told',
      execution: { id, status: 'SUCCEEDED' },
    });
    expect(hook.requests[0]?.headers).toHaveProperty('x-port-signature');
    expect(await app.call('DELETE', path)).toMatchObject({ status: 200 });
    expect((await app.call('GET', path)).body).toStrictEqual({ application: 'told' });
  });
});

describe('old executions', () => {
  test('go after their time; open ones and the last five stay', async () => {
    const pipeline = await desk.save([wait], { application: 'old' });
    const waiting = await desk.save([long], { application: 'old' });
    const open = await desk.start(waiting);
    for (let at = 0; at < 7; at += 1) await desk.start(pipeline);
    const chore = app.app.modules.list
      .flatMap((module) => module.chores ?? [])
      .find(({ name }) => name === 'old-executions');
    await chore?.run();
    expect(await desk.list(pipeline)).toHaveLength(7);
    clock.advance(366 * 86_400_000);
    await chore?.run();
    const token = { clientId: app.clientId, clientSecret: app.clientSecret };
    const fresh = await app.call('POST', '/v1/auth/access_token', token);
    const authorization = `Bearer ${String(fresh.body['accessToken'])}`;
    const left = async (id: string) =>
      (await app.call('GET', `/api/v1/executions?pipeline=${id}`, undefined, { authorization })).body['executions'];
    expect(await left(pipeline)).toHaveLength(5);
    expect(await left(waiting)).toMatchObject([{ id: open.id }]);
  });
});
