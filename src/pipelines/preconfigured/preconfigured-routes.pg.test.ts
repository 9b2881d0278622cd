import { afterAll, beforeAll, expect, test } from 'vitest';
import { pipelineDesk, type PipelineDesk, stageOf } from '#testing/pipeline-desk.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let app: TestApp;
let desk: PipelineDesk;
let receiver: WebhookReceiver;
let member: Visitor;

beforeAll(async () => {
  receiver = await startWebhookReceiver({ body: { ok: true } });
  app = await startTestApp({ allow: [new URL(receiver.url).host] });
  desk = pipelineDesk(app);
  member = await addPerson(app, { email: 'member@example.com', roles: ['Member'] });
  await app.call('POST', '/v1/organization/secrets', { secretName: 'TOKEN', secretValue: 'canary-0123456789' });
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
});

const path = '/api/v1/preconfigured-webhooks';
const definition = (): object => ({
  label: 'Deploy legacy',
  description: 'By the old machine',
  url: `${receiver.url}legacy/\${parameterValues['target']}`,
  method: 'POST',
  customHeaders: { Authorization: 'Bearer {{ .secrets.TOKEN }}' },
  payload: { version: '{{ .parameterValues.version }}' },
  parameters: [
    { name: 'version', label: 'Version', type: 'string', order: 2 },
    { name: 'target', label: 'Target', type: 'string', defaultValue: 'prod', order: 1 },
  ],
});
const stage = (values: object, more: object = {}): object => ({
  refId: 'a',
  requisiteStageRefIds: [],
  type: 'deployLegacy',
  name: 'Deploy',
  parameterValues: values,
  ...more,
});

async function put(body: object, type = 'deployLegacy'): Promise<TestAnswer> {
  return app.call('PUT', `${path}/${type}`, body);
}

test('an administrator makes a type of stage, which pipelines use with its parameters', async () => {
  expect(await put(definition())).toMatchObject({ status: 200, body: { preconfiguredWebhook: { version: 1 } } });
  const listed = await member.call('GET', '/gate/webhooks/preconfigured');
  expect(listed.body).toMatchObject([
    { type: 'deployLegacy', label: 'Deploy legacy', parameters: [{ name: 'target' }, { name: 'version' }] },
  ]);
  for (const at of ['/gate/webhooks/preconfigured', path]) {
    expect(JSON.stringify((await member.call('GET', at)).body)).not.toContain('legacy/');
  }
  const id = await desk.save([stage({ version: '{{ .parameters.v }}' }, { url: 'https://example.com/elsewhere' })]);
  const begun = await desk.start(id, { v: '{{ .secrets.TOKEN }} 7' });
  await app.settle();
  const over = await desk.read(begun.id);
  expect(over.status).toBe('SUCCEEDED');
  const [call] = receiver.requests.slice(-1);
  expect(call).toMatchObject({ path: '/legacy/prod', headers: { authorization: 'Bearer canary-0123456789' } });
  expect(JSON.parse(String(call?.body))).toEqual({ version: '{{ .secrets.TOKEN }} 7' });
  expect(JSON.stringify(over)).not.toContain('canary');
  expect(stageOf(over, 'a').context).toMatchObject({ parameterValues: { target: 'prod' } });
});

test('a stage without a needed parameter, and one of an unknown type, are not saved', async () => {
  const save = async (body: object): Promise<TestAnswer> =>
    app.call('POST', '/api/v1/pipelines', { application: 'shop', name: 'Wrong', stages: [body] });
  expect(await save(stage({}))).toMatchObject({
    status: 422,
    body: { details: { field: 'stages[0].parameterValues.version' } },
  });
  expect(await save(stage({}, { type: 'unknown' }))).toMatchObject({
    status: 422,
    body: { details: { field: 'stages[0].type' } },
  });
});

test.each([
  [{ url: '' }, 'url'],
  [{ url: 'ftp://x' }, 'url'],
  [{ parameters: [{ name: 'a b' }] }, 'parameters[0].name'],
  [{ parameters: [{ name: 'a' }, { name: 'a' }] }, 'parameters[1].name'],
  [{ payload: '{{ .x | }}' }, 'payload'],
])('a definition with %j is refused', async (fields, field) => {
  expect(await put({ ...definition(), ...fields })).toMatchObject({ status: 422, body: { details: { field } } });
});

test('built-in types stay, members make none, and a stale edit is refused', async () => {
  expect(await put(definition(), 'wait')).toMatchObject({ status: 422, body: { details: { field: 'type' } } });
  expect(await member.call('PUT', `${path}/mine`, definition())).toMatchObject({ status: 403 });
  const stale = await app.call('PUT', `${path}/deployLegacy`, definition(), { 'if-match': '"9"' });
  expect(stale).toMatchObject({ status: 412 });
});

test('who may not use it, what is switched off and what is gone fail the stage', async () => {
  const id = await desk.save([stage({ version: '1' })]);
  const errorOf = async (visitor: Pick<Visitor, 'call'>): Promise<unknown> => {
    const begun = await visitor.call('POST', `/api/v1/pipelines/${id}/executions`, {});
    const stages = (begun.body['execution'] as { stages: { error: unknown }[] }).stages;
    return stages[0]?.error;
  };
  await put({ ...definition(), roles: ['release-managers'] });
  expect(await errorOf(member)).toContain('may not use');
  expect((await member.call('GET', '/gate/webhooks/preconfigured')).body).toEqual([]);
  await put({ ...definition(), enabled: false });
  expect(await errorOf(app)).toContain('switched off');
  expect(await app.call('DELETE', `${path}/deployLegacy`)).toMatchObject({ status: 200 });
  expect(await errorOf(app)).toContain('Nothing here performs');
  expect(await app.call('DELETE', `${path}/deployLegacy`)).toMatchObject({ status: 404 });
});
