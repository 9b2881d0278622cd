import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

const path = '/v1/blueprints/entities/datasource-entities';
const mine = 'port-ocean/k8s/0.1.2/mine/exporter';
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const schema = { properties: {}, required: [] };
  for (const identifier of ['node', 'pod'])
    await app.call('POST', '/v1/blueprints', { identifier, title: 'K', schema });
  const write = async (blueprint: string, identifier: string, agent: string): Promise<void> => {
    await app.call('POST', `/v1/blueprints/${blueprint}/entities?upsert=true`, { identifier }, { 'user-agent': agent });
  };
  await write('pod', 'b', mine);
  await write('node', 'c', mine);
  await write('node', 'a', mine);
  await write('node', 'gitops', 'port-ocean/k8s/0.1.2/mine/gitops');
  await write('node', 'theirs', 'port-ocean/k8s/0.1.2/theirs/exporter');
  await write('node', 'percent', 'port-ocean/k8s/%/_/mine/exporter');
  // Whoever wrote last counts, also when nothing changed.
  await write('node', 'taken', mine);
  await write('node', 'taken', 'curl/8');
});
afterAll(async () => app.stop());

async function found(body: object): Promise<readonly string[]> {
  const names: string[] = [];
  let from: unknown = null;
  do {
    const asked = { datasource_prefix: 'port-ocean/k8s/', datasource_suffix: '/mine/exporter', from, ...body };
    const answer = await app.call('POST', path, asked);
    expect(answer.status).toBe(200);
    names.push(
      ...(answer.body['entities'] as { identifier: string; blueprint: string }[]).map(
        (entity) => `${entity.blueprint}/${entity.identifier}`,
      ),
    );
    from = answer.body['next'];
  } while (from !== undefined);
  return names;
}

test('what an integration wrote last is found by the ends of how it introduced itself, page by page', async () => {
  const all = ['node/a', 'node/c', 'node/percent', 'pod/b'];
  expect(await found({})).toEqual(all);
  expect(await found({ limit: 1 })).toEqual(all);
  expect(await found({ limit: 3 })).toEqual(all);
  expect(await found({ datasource_suffix: '/mine/gitops' })).toEqual(['node/gitops']);
  expect(await found({ datasource_prefix: 'port-ocean/k8s/%' })).toEqual(['node/percent']);
  expect(await found({ before: '2001-01-01T00:00:00Z' })).toEqual([]);
});

test.each([
  ['no ends', {}, 'datasource_prefix'],
  ['an invented cursor', { datasource_prefix: '', datasource_suffix: '', from: 'bm9uZQ' }, 'from'],
  ['no instant', { datasource_prefix: '', datasource_suffix: '', before: 'yesterday' }, 'before'],
  ['too many', { datasource_prefix: '', datasource_suffix: '', limit: 5001 }, 'limit'],
])('%s is refused with the field named', async (_, body, field) => {
  const answer = await app.call('POST', path, body);
  expect(answer).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
  expect(JSON.stringify(answer.body)).toContain(field);
});

test('shows nobody what they may not read', async () => {
  const member = await addPerson(app, { email: 'member@example.com' });
  await app.call('PATCH', '/v1/blueprints/pod/permissions', { entities: { read: { roles: ['Admin'] } } });
  const answer = await member.call('POST', path, { datasource_prefix: '', datasource_suffix: '/mine/exporter' });
  expect((answer.body['entities'] as { blueprint: string }[]).map((entity) => entity.blueprint)).not.toContain('pod');
});
