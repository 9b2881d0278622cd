import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pipelineDesk, type PipelineDesk, stageOf } from '#testing/pipeline-desk.ts';
import { startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';

let app: TestApp;
let desk: PipelineDesk;
beforeAll(async () => {
  app = await startTestApp();
  desk = pipelineDesk(app);
});
afterAll(async () => app.stop());

const path = '/gate/v2/pipelineTemplates';
const template = {
  schema: 'v2',
  id: 'rollout',
  protect: false,
  metadata: { name: 'Rollout', description: 'Soak, then ask', owner: 'me@example.com', scopes: ['global'] },
  variables: [
    { name: 'soak', type: 'int', defaultValue: 0, description: 'Seconds' },
    { name: 'groups', type: 'list', defaultValue: [] },
    { name: 'service', type: 'string' },
  ],
  pipeline: {
    lastModifiedBy: 'somebody',
    limitConcurrent: true,
    parameterConfig: [{ name: 'version', required: true, default: '1' }],
    triggers: [{ type: 'webhook', source: 'rollout', enabled: true }],
    notifications: [{ type: 'email', address: 'ops@example.com', level: 'pipeline', when: ['pipeline.failed'] }],
    stages: [
      { refId: 'soak', requisiteStageRefIds: [], type: 'wait', name: 'Soak', waitTime: '${ templateVariables.soak }' },
      {
        refId: 'ask',
        requisiteStageRefIds: ['soak'],
        type: 'manualJudgment',
        name: 'Ask',
        instructions:
          'Ship ${templateVariables.service} ${ parameters.version } to ${templateVariables.groups[0] ?: "all"}?',
        selectedStageRoles: '${ templateVariables.groups }',
      },
    ],
  },
};
const instance = (name: string, fields: object = {}): object => ({
  schema: 'v2',
  type: 'templatedPipeline',
  application: 'shop',
  name,
  template: {
    artifactAccount: 'front50ArtifactCredentials',
    type: 'front50/pipelineTemplate',
    reference: 'spinnaker://rollout',
  },
  variables: { service: 'cart' },
  exclude: [],
  triggers: [],
  parameters: [],
  notifications: [],
  stages: [],
  ...fields,
});

async function made(name: string): Promise<Record<string, unknown>> {
  const found = await app.call('GET', '/api/v1/pipelines?application=shop');
  const pipeline = (found.body['pipelines'] as Record<string, unknown>[]).find((each) => each['name'] === name);
  return { id: pipeline?.['id'], ...(pipeline?.['document'] as object) };
}

const refs = (document: Record<string, unknown>): Record<string, readonly string[]> =>
  Object.fromEntries(
    (document['stages'] as { refId: string; requisiteStageRefIds: string[] }[]).map((each) => [
      each.refId,
      each.requisiteStageRefIds,
    ]),
  );

describe('pipeline templates, as spin uses them', () => {
  test('are created, listed, read by tag and digest, and not created twice', async () => {
    expect(await app.call('POST', `${path}/create?tag=latest`, template)).toMatchObject({ status: 202 });
    expect(await app.call('POST', `${path}/create`, template)).toMatchObject({ status: 409 });
    const got = await app.call('GET', `${path}/rollout?tag=latest`);
    expect(got).toMatchObject({ status: 200, body: { id: 'rollout', metadata: { name: 'Rollout' }, tag: 'latest' } });
    const { digest } = got.body as { digest: string };
    expect(await app.call('GET', `${path}/rollout?digest=${digest}`)).toMatchObject({ status: 200, body: { digest } });
    expect(await app.call('GET', `${path}/rollout?tag=stable`)).toMatchObject({ status: 404 });
    for (const [query, count] of [
      ['', 1],
      ['?scopes=global', 1],
      ['?scopes=other', 0],
    ] as const) {
      expect((await app.call('GET', `${path}${query}`)).body).toHaveLength(count);
    }
    expect(await app.call('POST', `${path}/update/nobody`, { ...template, id: 'nobody' })).toMatchObject({
      status: 404,
    });
  });

  test.each([
    [{ schema: '1' }, 'schema'],
    [{ id: 'a b' }, 'id'],
    [{ pipeline: [] }, 'pipeline'],
    [{ variables: [{ name: '1x' }] }, 'variables[0].name'],
    [{ variables: [{ name: 'x', type: 'date' }] }, 'variables[0].type'],
    [{ variables: [{ name: 'x', type: 'int', defaultValue: 'y' }] }, 'variables[0].defaultValue'],
  ])('are refused for %j', async (fields, field) => {
    const refused = await app.call('POST', `${path}/create`, { ...template, id: 'wrong', ...fields });
    expect(refused).toMatchObject({ status: 422, body: { details: { field } } });
  });

  test('make pipelines: variables in their places, what is inherited, and executions that run', async () => {
    expect(await app.call('POST', '/gate/pipelines', instance('Plain'))).toMatchObject({ status: 200 });
    const document = await made('Plain');
    expect(document).toMatchObject({
      limitConcurrent: true,
      parameterConfig: [{ name: 'version' }],
      triggers: [{ source: 'rollout' }],
      stages: [{ waitTime: 0 }, { selectedStageRoles: [] }],
    });
    const written = (await app.call('GET', '/gate/applications/shop/pipelineConfigs/Plain')).body;
    expect(written).toMatchObject({ type: 'templatedPipeline', variables: { service: 'cart' }, stages: [] });
    const begun = await desk.start(String(document['id']));
    expect(stageOf(begun, 'ask').context['instructions']).toBe('Ship cart 1 to all?');
    const shown = await app.call('GET', `/gate/pipelines/${begun.id}`);
    expect(shown.body).toMatchObject({ templateVariables: { service: 'cart', soak: 0 } });
  });

  test('take stages of the author where these say, and leave out what is excluded', async () => {
    const wait = (inject: object, refId: string): object => ({ refId, inject, type: 'wait', name: refId, waitTime: 0 });
    const stages = [
      wait({ first: true }, 'first'),
      wait({ last: true }, 'last'),
      wait({ before: ['ask'] }, 'early'),
      wait({ after: ['ask'] }, 'late'),
    ];
    const exclude = ['triggers', 'notifications', 'parameters'];
    expect(await app.call('POST', '/gate/pipelines', instance('More', { stages, exclude }))).toMatchObject({
      status: 200,
    });
    const document = await made('More');
    expect(refs(document)).toEqual({
      first: [],
      soak: ['first'],
      early: ['soak'],
      ask: ['early'],
      late: ['ask'],
      last: ['late'],
    });
    expect(document).toMatchObject({ triggers: [], notifications: [], parameterConfig: [] });
  });

  test.each([
    [{ variables: {} }, 'variables.service'],
    [{ variables: { service: 'cart', soak: 'long' } }, 'variables.soak'],
    [{ variables: { service: 'cart', colour: 'red' } }, 'variables.colour'],
    [{ template: { reference: 'spinnaker://nobody' } }, 'template.reference'],
    [{ template: {} }, 'template.reference'],
    [{ stages: [{ refId: 'x', type: 'wait', waitTime: 0, inject: { after: ['nowhere'] } }] }, 'stages[0].inject'],
    [{ stages: [{ refId: 'ask', type: 'wait', waitTime: 0, inject: { last: true } }] }, 'stages[2].refId'],
  ])('make no pipeline of %j', async (fields, field) => {
    for (const at of ['/gate/pipelines', `${path}/plan`, '/api/v1/pipelines']) {
      const refused = await app.call('POST', at, instance('Wrong', fields));
      expect([at, refused.status, refused.body['details']]).toMatchObject([at, 422, { field }]);
    }
    expect(await made('Wrong')).toEqual({ id: undefined });
  });

  test('are planned without saving', async () => {
    const planned = await app.call(
      'POST',
      `${path}/plan`,
      instance('Planned', { variables: { service: 'cart', soak: 5 } }),
    );
    expect(planned).toMatchObject({ status: 200, body: { name: 'Planned', stages: [{ waitTime: 5 }, {}] } });
    expect(await made('Planned')).toEqual({ id: undefined });
  });

  test('change every pipeline that follows them, or none', async () => {
    const pinned = (await app.call('GET', `${path}/rollout`)).body['digest'] as string;
    const at = (reference: string): object => ({ template: { reference } });
    await app.call('POST', '/gate/pipelines', instance('Pinned', at(`spinnaker://rollout@sha256:${pinned}`)));
    const longer = structuredClone(template);
    longer.variables[0] = { name: 'soak', type: 'int', defaultValue: 7, description: 'Seconds' };
    const stricter = { ...longer, variables: [...longer.variables, { name: 'more', type: 'string' }] };
    const refused = await app.call('POST', `${path}/update/rollout?tag=latest`, stricter);
    expect(refused).toMatchObject({ status: 422 });
    expect(refused.body['message']).toContain('Variable more needs a value.');
    expect(await app.call('POST', `${path}/update/rollout?tag=latest`, longer)).toMatchObject({ status: 202 });
    expect(await made('Plain')).toMatchObject({ stages: [{ waitTime: 7 }, {}] });
    expect(await made('Pinned')).toMatchObject({ stages: [{ waitTime: 0 }, {}] });
    const before = (await app.call('GET', `/api/v1/pipelines/${String((await made('Plain'))['id'])}`)).body;
    await app.call('POST', `${path}/update/rollout?tag=latest`, longer);
    expect((await app.call('GET', `/api/v1/pipelines/${String((await made('Plain'))['id'])}`)).body).toEqual(before);
    expect((await app.call('GET', `${path}/rollout/dependents`)).body).toHaveLength(3);
    expect(await app.call('DELETE', `${path}/rollout`)).toMatchObject({ status: 409 });
  });

  test("let a pipeline be edited as it was made: settings and triggers of its own stay, stages are the template's", async () => {
    const { id, ...document } = await made('Plain');
    const put = async (body: object): Promise<TestAnswer> => app.call('PUT', `/api/v1/pipelines/${String(id)}`, body);
    const own = { type: 'webhook', source: 'own', enabled: true, id: 'own' };
    const triggers = [...(document['triggers'] as object[]), own];
    expect(await put({ ...document, disabled: true, triggers })).toMatchObject({ status: 200 });
    expect(await made('Plain')).toMatchObject({ disabled: true, triggers: [{ source: 'rollout' }, { source: 'own' }] });
    expect(await app.call('POST', `${path}/update/rollout`, template)).toMatchObject({ status: 202 });
    expect(await made('Plain')).toMatchObject({
      disabled: true,
      triggers: [{ source: 'rollout' }, { source: 'own' }],
      stages: [{ waitTime: 0 }, {}],
    });
    // Other values, with the stages that they make: as the builder sends what it planned.
    const { id: _id, ...now } = await made('Plain');
    const variables = { service: 'cart', soak: 7 };
    const planned = await app.call('POST', `${path}/plan`, { ...(now['templatedFrom'] as object), variables });
    expect(await put({ ...now, variables, stages: planned.body['stages'] })).toMatchObject({ status: 200 });
    expect(await made('Plain')).toMatchObject({ disabled: true, variables, stages: [{ waitTime: 7 }, {}] });
    expect(await put(now)).toMatchObject({ status: 200 });
    const stages = (await made('Plain'))['stages'] as object[];
    expect(await put({ ...(await made('Plain')), stages: stages.slice(1) })).toMatchObject({ status: 409 });
    const { type: _type, template: _template, templatedFrom: _from, ...detached } = await made('Plain');
    expect(await put({ ...detached, stages: [{ type: 'wait', waitTime: 1 }] })).toMatchObject({ status: 200 });
    expect((await app.call('GET', `${path}/rollout/dependents`)).body).toHaveLength(2);
  });

  test('are deleted by tag, or whole when nothing is made from them', async () => {
    await app.call('POST', `${path}/create?tag=stable`, { ...template, id: 'gone' });
    await app.call('POST', `${path}/create`, { ...template, id: 'gone' });
    expect(await app.call('DELETE', `${path}/gone?tag=stable`)).toMatchObject({ status: 202 });
    expect(await app.call('GET', `${path}/gone?tag=stable`)).toMatchObject({ status: 404 });
    expect(await app.call('GET', `${path}/gone`)).toMatchObject({ status: 200 });
    expect(await app.call('DELETE', `${path}/gone`)).toMatchObject({ status: 202 });
    expect(await app.call('DELETE', `${path}/gone`)).toMatchObject({ status: 404 });
  });
});
