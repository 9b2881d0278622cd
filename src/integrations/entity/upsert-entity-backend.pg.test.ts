import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await app.call('POST', '/v1/blueprints', { identifier: 'team_space', title: 'Space', schema: { properties: {} } });
  await app.call('POST', '/v1/blueprints', {
    identifier: 'environment',
    title: 'Environment',
    schema: {
      properties: { region: { type: 'string' }, ttl: { type: 'number' }, tags: { type: 'array' } },
      required: ['region'],
    },
    relations: {
      space: { target: 'team_space', title: 'Space' },
      spaces: { target: 'team_space', title: 'Spaces', many: true },
    },
  });
  await app.call('POST', '/v1/blueprints/team_space/entities', { identifier: 'payments', title: 'Payments' });
  await app.call('POST', '/v1/blueprints/team_space/entities', { identifier: 'search', title: 'Search' });
  for (const name of ['harbour', 'pilots']) await app.call('POST', '/v1/teams', { name });
});
afterAll(async () => app.stop());

async function execute(mapping: object, properties: object, inputs: object = {}): Promise<Record<string, unknown>> {
  const identifier = uniqueName('upsert');
  await app.call('POST', '/v1/actions', {
    identifier,
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: inputs } },
    invocationMethod: { type: 'UPSERT_ENTITY', blueprintIdentifier: 'environment', mapping },
  });
  const begun = await app.call('POST', `/v1/actions/${identifier}/runs`, { properties });
  expect(begun.status).toBe(202);
  await app.settle();
  const { id } = begun.body['run'] as { id: string };
  return (await app.call('GET', `/v1/actions/runs/${id}?version=v2`)).body['run'] as Record<string, unknown>;
}

const mapping = {
  identifier: '{{ .inputs.name }}',
  title: 'Environment {{ .inputs.name }}',
  properties: { region: '{{ .inputs.region }}', ttl: '{{ .inputs.ttl }}' },
  relations: { space: '{{ .inputs.space }}' },
};

test('writes the entity that the mapping describes, ties it to the run and ends the run', async () => {
  const run = await execute(mapping, { name: 'demo', region: 'eu-west-1', ttl: 7, space: 'payments' });
  expect(run).toMatchObject({ status: 'SUCCESS' });
  const entity = await app.call('GET', '/v1/blueprints/environment/entities/demo');
  expect(entity.body['entity']).toMatchObject({
    title: 'Environment demo',
    properties: { region: 'eu-west-1', ttl: 7 },
    relations: { space: 'payments' },
  });
  const audits = await app.call('GET', `/v1/audit-log?run_id=${String(run['id'])}&resources=entity&includes=context`);
  expect(audits.body['audits']).toEqual([{ context: { blueprint: 'environment', entity: 'demo', runId: run['id'] } }]);
});

test('an entity input stands for its identifier, and what exists is merged', async () => {
  await execute(mapping, { name: 'kept', region: 'eu-west-1', ttl: 7, space: 'payments' });
  const run = await execute(
    { identifier: '{{ .inputs.name }}', relations: { space: '{{ .inputs.space }}' } },
    { name: 'kept', space: { identifier: 'payments', title: 'Payments' } },
  );
  expect(run).toMatchObject({ status: 'SUCCESS' });
  const entity = await app.call('GET', '/v1/blueprints/environment/entities/kept');
  expect(entity.body['entity']).toMatchObject({ properties: { region: 'eu-west-1', ttl: 7 } });
});

const space = { type: 'string', format: 'entity', blueprint: 'team_space' };

test.each([
  ['whole', '{{ .inputs.spaces }}'],
  ['by their identifiers', '{{ .inputs.spaces | map(.identifier) }}'],
  ['one by one', ['{{ .inputs.spaces[0] }}', '{{ .inputs.spaces[1].identifier }}']],
])('lists fill relations of many, properties and teams: entities %s', async (_how, spaces) => {
  const name = uniqueName('lists');
  const lists = {
    identifier: '{{ .inputs.name }}',
    title: '{{ .inputs.name }}',
    icon: 'Cloud',
    team: '{{ .inputs.teams }}',
    properties: { region: 'eu', tags: '{{ .inputs.tags }}' },
    relations: { spaces, '{{ if .inputs.tags == [] then "space" else null end }}': 'payments' },
  };
  const given = { name, teams: ['harbour', 'pilots'], tags: ['a', 'b'], spaces: ['payments', 'search'] };
  const run = await execute(lists, given, { spaces: { type: 'array', items: space } });
  expect(run).toMatchObject({ status: 'SUCCESS' });
  const entity = await app.call('GET', `/v1/blueprints/environment/entities/${name}`);
  expect(entity.body['entity']).toMatchObject({
    title: name,
    icon: 'Cloud',
    team: ['harbour', 'pilots'],
    properties: { region: 'eu', tags: ['a', 'b'] },
    relations: { space: null, spaces: ['payments', 'search'] },
  });
});

test('what is related has to be there: it is not made on the way', async () => {
  const name = uniqueName('missing');
  const run = await execute(mapping, { name, region: 'eu', ttl: 1, space: 'nowhere' });
  expect(run).toMatchObject({ status: 'FAILURE', statusLabel: 'Entity refused' });
  expect((await app.call('GET', `/v1/blueprints/environment/entities/${name}`)).status).toBe(404);
  expect((await app.call('GET', '/v1/blueprints/team_space/entities/nowhere')).status).toBe(404);
});

test('a refused entity fails the run with the reason in its log', async () => {
  const run = await execute(mapping, { name: 'broken', ttl: 'not a number', region: 'eu-west-1', space: 'payments' });
  expect(run).toMatchObject({ status: 'FAILURE', statusLabel: 'Entity refused' });
  const logs = await app.call('GET', `/v1/actions/runs/${String(run['id'])}/logs`);
  expect(JSON.stringify(logs.body['runLogs'])).toContain('ttl');
});
