import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await app.call('POST', '/v1/blueprints', { identifier: 'team_space', title: 'Space', schema: { properties: {} } });
  await app.call('POST', '/v1/blueprints', {
    identifier: 'environment',
    title: 'Environment',
    schema: { properties: { region: { type: 'string' }, ttl: { type: 'number' } }, required: ['region'] },
    relations: { space: { target: 'team_space', title: 'Space' } },
  });
  await app.call('POST', '/v1/blueprints/team_space/entities', { identifier: 'payments', title: 'Payments' });
});
afterAll(async () => app.stop());

async function execute(mapping: object, properties: object): Promise<Record<string, unknown>> {
  const identifier = uniqueName('upsert');
  await app.call('POST', '/v1/actions', {
    identifier,
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {} } },
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

test('a refused entity fails the run with the reason in its log', async () => {
  const run = await execute(mapping, { name: 'broken', ttl: 'not a number', region: 'eu-west-1', space: 'payments' });
  expect(run).toMatchObject({ status: 'FAILURE', statusLabel: 'Entity refused' });
  const logs = await app.call('GET', `/v1/actions/runs/${String(run['id'])}/logs`);
  expect(JSON.stringify(logs.body['runLogs'])).toContain('ttl');
});
