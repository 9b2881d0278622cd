import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';

/** The requests that `spin` makes for each of its commands, in order, and the answers that it goes on with. */
let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(async () => app.stop());

async function gate(method: string, path: string, body?: unknown): Promise<TestAnswer> {
  return app.call(method, `/gate${path}`, body, { accept: 'application/json', 'user-agent': 'spin/dev' });
}

async function task(description: string, job: object): Promise<Record<string, unknown>> {
  const asked = await gate('POST', '/tasks', { job: [job], application: 'cart', description });
  expect(asked).toMatchObject({ status: 200, body: { ref: expect.stringMatching(/^\/tasks\//) as string } });
  // It asks by what follows the last slash until the status is one of an end.
  const id = String(asked.body['ref']).split('/').at(-1);
  return (await gate('GET', `/tasks/${id}`)).body;
}

test('spin application save, get, list, delete', async () => {
  const application = { name: 'cart', email: 'owner@example.com', cloudProviders: 'kubernetes', instancePort: 80 };
  // As each command begins.
  expect(await gate('GET', '/version')).toMatchObject({ status: 200 });
  const save = { type: 'createApplication', application };
  expect(await task('Create Application: cart', save)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await gate('GET', '/applications/cart?expand=false')).toMatchObject({
    status: 200,
    body: { name: 'cart', attributes: { name: 'cart', email: 'owner@example.com', instancePort: 80 } },
  });
  // Saved again it is changed.
  const again = {
    ...save,
    application: { ...application, email: 'other@example.com', permissions: { READ: ['sre'] } },
  };
  expect(await task('Create Application: cart', again)).toMatchObject({ status: 'SUCCEEDED' });
  expect((await gate('GET', '/applications')).body).toMatchObject([{ name: 'cart', email: 'other@example.com' }]);
  expect(await gate('GET', '/applications/nothing?expand=false')).toMatchObject({ status: 404 });
  const gone = { type: 'deleteApplication', application: { name: 'cart' } };
  expect(await task('Delete Application: cart', gone)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await gate('GET', '/applications/cart?expand=false')).toMatchObject({ status: 404 });
});

test('a task that cannot be done is refused at once, naming the field', async () => {
  const ask = async (job: unknown): Promise<TestAnswer> =>
    gate('POST', '/tasks', { application: 'x', description: 'x', job });
  for (const [job, field] of [
    [[], 'job'],
    [[{ type: 'createApplication', application: { name: 'a b' } }], 'job[0].application.name'],
    [[{ type: 'runJob', application: { name: 'x' } }], 'job[0].type'],
    [[{ type: 'createApplication', application: { name: 'x', permissions: { FLY: [] } } }], 'permissions.FLY'],
  ] as const) {
    expect(await ask(job)).toMatchObject({ status: 422, body: { details: { field } } });
  }
  expect(await ask([{ type: 'deleteApplication', application: { name: 'nothing' } }])).toMatchObject({ status: 404 });
  expect(await gate('GET', '/tasks/task_nothing')).toMatchObject({ status: 404 });
});

test('spin pipeline save, get, list, execute, update, delete; spin pipeline execution list, get, cancel', async () => {
  const pipeline = {
    application: 'cart',
    name: 'Deploy',
    keepWaitingPipelines: false,
    limitConcurrent: true,
    stages: [{ name: 'Approve', refId: '1', requisiteStageRefIds: [], type: 'manualJudgment', failPipeline: true }],
    triggers: [],
  };
  expect(await gate('GET', '/applications/cart/pipelineConfigs/Deploy')).toMatchObject({ status: 404 });
  expect(await gate('POST', '/pipelines', pipeline)).toMatchObject({ status: 200 });
  const { id } = (await gate('GET', '/applications/cart/pipelineConfigs/Deploy')).body as { id: string };
  expect(await gate('POST', '/pipelines', { ...pipeline, id, description: 'mine' })).toMatchObject({ status: 200 });
  expect((await gate('GET', '/applications/cart/pipelineConfigs')).body).toMatchObject([{ id, description: 'mine' }]);
  // Its versions differ: the last ones put the trigger into an object.
  const trigger = { type: 'manual', parameters: { version: '1' } };
  const ran = await gate('POST', '/pipelines/cart/Deploy', { trigger });
  expect(ran).toMatchObject({ status: 202 });
  // Until it finds what it started.
  const running = await gate('GET', '/applications/cart/executions/search?pipelineName=Deploy&statuses=RUNNING');
  expect(running.body).toMatchObject([{ status: 'RUNNING', trigger: { parameters: { version: '1' } } }]);
  const execution = (running.body as unknown as { id: string }[])[0]?.id ?? '';
  for (const [query, count] of [
    [`pipelineConfigIds=${id}&limit=5`, 1],
    [`pipelineConfigIds=${id}&statuses=RUNNING`, 1],
    [`pipelineConfigIds=${id}&statuses=SUCCEEDED,STOPPED,SKIPPED`, 0],
    [`pipelineConfigIds=${id}&statuses=TERMINAL,STOPPED,FAILED_CONTINUE`, 0],
    [`executionIds=${execution}`, 1],
  ] as const) {
    expect([query, (await gate('GET', `/executions?${query}`)).body]).toMatchObject([query, { length: count }]);
  }
  expect(await gate('PUT', `/pipelines/${execution}/cancel?reason=wrong&force=false`)).toMatchObject({ status: 200 });
  expect((await gate('GET', `/executions?executionIds=${execution}`)).body).toMatchObject([
    { status: 'CANCELED', canceled: true, cancellationReason: 'wrong' },
  ]);
  expect(await gate('POST', '/pipelines/cart/Deploy', trigger)).toMatchObject({ status: 202 });
  const bare = await gate('GET', `/executions?pipelineConfigIds=${id}&limit=1`);
  expect(bare.body).toMatchObject([{ trigger: { parameters: { version: '1' } } }]);
  expect(await gate('DELETE', '/pipelines/cart/Deploy')).toMatchObject({ status: 200 });
  expect((await gate('GET', '/applications/cart/pipelineConfigs')).body).toEqual([]);
});

test('lists are bounded and come by pages', async () => {
  const stages = [{ name: 'Soak', type: 'wait', waitTime: 0 }];
  for (const name of ['a', 'b', 'c']) await gate('POST', '/pipelines', { application: 'many', name, stages });
  const names = async (path: string): Promise<unknown> =>
    ((await gate('GET', path)).body as unknown as { name: string }[]).map(({ name }) => name);
  expect(await names('/applications/many/pipelineConfigs?pipelineLimit=2')).toEqual(['a', 'b']);
  expect(await names('/applications/many/pipelineConfigs?pipelineLimit=2&page=2')).toEqual(['c']);
  expect(await names('/applications/many/pipelineConfigs?pipelineNameFilter=B')).toEqual(['b']);
  expect(await names('/pipelineConfigs?limit=1&page=2')).toHaveLength(1);
  const page = async (after: string): Promise<Record<string, unknown>> =>
    (await app.call('GET', `/api/v1/pipelines?application=many&limit=2${after}`)).body;
  const first = await page('');
  expect(first['pipelines']).toMatchObject([{ name: 'a' }, { name: 'b' }]);
  expect(await page(`&after=${String(first['next'])}`)).toMatchObject({ pipelines: [{ name: 'c' }], next: null });
  const applications = await app.call('GET', '/api/v1/applications?limit=1');
  const rest = await app.call('GET', `/api/v1/applications?limit=1&after=${String(applications.body['next'])}`);
  expect([
    ...(applications.body['applications'] as object[]),
    ...(rest.body['applications'] as object[]),
  ]).toMatchObject([{ name: 'cart' }, { name: 'many' }]);
});

const soak = [{ name: 'Soak', type: 'wait', waitTime: 0 }];

test('spin pipeline save of a file that names its id, twice', async () => {
  const file = { application: 'cart', name: 'Named', id: '5c2f9a1e-8d27-4a57-9b2c-1f0f8d0e7a11', stages: soak };
  expect(await gate('POST', '/pipelines', file)).toMatchObject({ status: 200 });
  // It compares the id that it is answered with the one of the file, and refuses to go on when they differ.
  expect((await gate('GET', '/applications/cart/pipelineConfigs/Named')).body).toMatchObject({ id: file.id });
  expect(await gate('POST', '/pipelines', { ...file, description: 'again' })).toMatchObject({ status: 200 });
  const { body } = await gate('GET', '/applications/cart/pipelineConfigs?pipelineNameFilter=Named');
  expect(body).toMatchObject([{ id: file.id, description: 'again' }]);
  // Taken up after it was deleted, it goes on counting.
  await gate('POST', '/pipelines/cart/Named', {});
  await gate('DELETE', '/pipelines/cart/Named');
  expect(await gate('POST', '/pipelines', file)).toMatchObject({ status: 200 });
  await gate('POST', '/pipelines/cart/Named', {});
  const done = await app.call('GET', `/api/v1/executions?pipeline=${file.id}`);
  expect(done.body['executions']).toMatchObject([{ number: 2 }, { number: 1 }]);
});

test('an id that cannot be had is refused, naming the field', async () => {
  const save = async (id: string, more: object = {}, path = '/gate/pipelines'): Promise<TestAnswer> =>
    app.call('POST', path, { application: 'ids', name: id.slice(0, 90), id, stages: soak, ...more });
  for (const id of ['new', '../up', 'a b', 'a/b', '.', 'é', 'x'.repeat(101)]) {
    expect([id, await save(id)]).toMatchObject([id, { status: 422 }]);
  }
  expect(await save('a/b')).toMatchObject({ body: { details: { field: 'id' } } });
  expect(await save('x'.repeat(100))).toMatchObject({ status: 200 });
  const api = '/api/v1/pipelines';
  expect(await save('mine', {}, api)).toMatchObject({ status: 201, body: { pipeline: { id: 'mine' } } });
  expect(await save('mine', { name: 'Other' }, api)).toMatchObject({
    status: 409,
    body: { error: 'identifier_taken' },
  });
  // What was done under it in another application stays with that.
  await gate('POST', '/pipelines/ids/mine', {});
  await gate('DELETE', '/pipelines/ids/mine');
  expect(await save('mine', { application: 'foreign' })).toMatchObject({ status: 409 });
  expect(await save('mine', {}, api)).toMatchObject({ status: 201 });
});

test('spin pipeline-template save, list, use, plan, delete', async () => {
  const at = '/v2/pipelineTemplates';
  const template = {
    schema: 'v2',
    id: 'base',
    protect: false,
    metadata: { name: 'Base', description: 'A wait', owner: 'owner@example.com', scopes: ['global'] },
    variables: [{ name: 'seconds', type: 'int', defaultValue: 1, description: 'how long' }],
    pipeline: {
      stages: [{ ...soak[0], refId: '1', requisiteStageRefIds: [], waitTime: '${ templateVariables.seconds }' }],
    },
  };
  expect(await gate('GET', `${at}/base`)).toMatchObject({ status: 404 });
  // An answer with anything in it has to say that its task succeeded.
  expect(await gate('POST', `${at}/create`, template)).toMatchObject({ status: 202, body: { status: 'SUCCEEDED' } });
  expect(await gate('GET', `${at}/base`)).toMatchObject({ status: 200 });
  expect(await gate('POST', `${at}/update/base`, template)).toMatchObject({ body: { status: 'SUCCEEDED' } });
  const listed = async (scopes: string): Promise<unknown> =>
    (await gate('GET', `${at}?scopes=${encodeURIComponent(scopes)}`)).body;
  // Without --scopes, and with it: once, twice, by a name that no template has.
  expect(await listed('&[]')).toMatchObject([{ id: 'base' }]);
  expect(await listed('&[global]')).toMatchObject([{ id: 'base' }]);
  expect(await listed('&[other global]')).toMatchObject([{ id: 'base' }]);
  expect(await listed('&[other]')).toEqual([]);
  // What `use --set seconds=3` writes and `pipeline save` sends.
  const made = {
    schema: 'v2',
    type: 'templatedPipeline',
    application: 'cart',
    name: 'Made',
    description: '',
    exclude: [],
    notifications: [],
    parameters: [],
    stages: [],
    triggers: [],
    template: {
      artifactAccount: 'front50ArtifactCredentials',
      reference: 'spinnaker://base',
      type: 'front50/pipelineTemplate',
    },
    variables: { seconds: '3' },
  };
  expect(await gate('POST', `${at}/plan`, made)).toMatchObject({ status: 200, body: { stages: [{ waitTime: 3 }] } });
  expect(await gate('POST', '/pipelines', made)).toMatchObject({ status: 200 });
  const wrong = { ...made, variables: { seconds: '3.5' } };
  expect(await gate('POST', '/pipelines', wrong)).toMatchObject({
    status: 422,
    body: { details: { field: 'variables.seconds' } },
  });
  // As `pipeline update --disabled` sends back what it read.
  const read = (await gate('GET', '/applications/cart/pipelineConfigs/Made')).body;
  expect(read).toMatchObject({ type: 'templatedPipeline', variables: { seconds: '3' } });
  expect(await gate('POST', '/pipelines', { ...read, disabled: true })).toMatchObject({ status: 200 });
  expect((await gate('GET', '/applications/cart/pipelineConfigs/Made')).body).toMatchObject({ disabled: true });
  expect(await gate('DELETE', '/pipelines/cart/Made')).toMatchObject({ status: 200 });
  expect(await gate('DELETE', `${at}/base`)).toMatchObject({ status: 202 });
});
