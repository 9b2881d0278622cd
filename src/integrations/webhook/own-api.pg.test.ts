import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';
import { begin, execute, readLog, readRun, saveAction, type WireRun } from '#testing/test-action.ts';
import { ownApiPath } from './own-api.ts';

let app: TestApp;
beforeAll(async () => {
  // Nothing private may be called, this installation's own address included.
  app = await startTestApp();
  const schema = { properties: { tier: { type: 'string' } } };
  await app.call('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema });
});
afterAll(async () => app.stop());

async function finish(id: string): Promise<WireRun & { readonly log: readonly string[] }> {
  await app.settle();
  return { ...(await readRun(app, id)), log: await readLog(app, id) };
}

const webhook = (url: string, more: object = {}): object => ({
  type: 'WEBHOOK',
  url,
  synchronized: true,
  body: { identifier: '{{ .inputs.name }}', properties: { tier: '1' } },
  ...more,
});

describe("calls of actions to Port's addresses, and to our own", () => {
  test.each(['https://api.getport.io', 'https://api.port.io', 'own'])('%s stay within', async (host) => {
    const name = uniqueName('entity');
    const base = host === 'own' ? app.url : host;
    const action = await saveAction(app, { ...webhook(`${base}/v1/blueprints/service/entities?run_id={{ .run.id }}`) });
    const { id } = await begin(app, action, { properties: { name } });
    expect(await finish(id)).toMatchObject({
      status: 'SUCCESS',
      response: { status: 201, body: { ok: true, entity: { identifier: name } } },
    });
    const { body } = await app.call('GET', `/v1/audit-log?run_id=${id}&resources=entity`);
    expect(body['audits']).toMatchObject([{ action: 'CREATE', context: { entity: name } }]);
  });

  test('that are refused fail the run with the words of the refusal', async () => {
    const action = await saveAction(app, { ...webhook('https://api.getport.io/v1/blueprints/none/entities') });
    const { id } = await begin(app, action, { properties: { name: 'x' } });
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'FAILURE', response: { status: 404 } });
    expect(run.log.join('\n')).toContain('not_found');
  });

  test('with credentials of their own count as those, and wrong ones are refused', async () => {
    const headers = { authorization: 'Bearer of-somebody-else' };
    const url = 'https://api.getport.io/v1/blueprints/service/entities';
    const { id } = await begin(app, await saveAction(app, { ...webhook(url, { headers }) }), {
      properties: { name: 'x' },
    });
    expect(await finish(id)).toMatchObject({ status: 'FAILURE', response: { status: 401 } });
  });

  test('may end other runs, in the name of the action', async () => {
    const target = await begin(app, await saveAction(app, { type: 'KAFKA' }));
    const url = `https://api.getport.io/v1/actions/runs/${target.id}`;
    const method = webhook(url, { method: 'PATCH', body: { status: 'SUCCESS' } });
    const { id } = await begin(app, await saveAction(app, { ...method }));
    expect(await finish(id)).toMatchObject({ status: 'SUCCESS' });
    expect(await readRun(app, target.id)).toMatchObject({
      status: 'SUCCESS',
      updatedBy: expect.stringMatching(/^system\|action/) as string,
    });
  });

  test('answers show no secrets of where definitions send', async () => {
    const url = 'https://hooks.example.com/in?token=canary-of-an-address';
    const asked = await saveAction(app, { type: 'WEBHOOK', url, headers: { Authorization: 'canary-header' } });
    const method = webhook(`https://api.getport.io/v1/actions/${asked}`, { method: 'GET' });
    const { id } = await begin(app, await saveAction(app, { ...method }));
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'SUCCESS', response: { body: { action: { identifier: asked } } } });
    expect(JSON.stringify(run)).toContain('hooks.example.com');
    expect(JSON.stringify(run)).not.toContain('canary');
  });

  test('begin runs as any call of the API does', async () => {
    const other = await saveAction(app, { type: 'KAFKA' });
    const method = webhook(`https://api.getport.io/v1/actions/${other}/runs`, { body: { properties: {} } });
    const { id } = await begin(app, await saveAction(app, { ...method }));
    expect(await finish(id)).toMatchObject({ status: 'SUCCESS', response: { body: { run: { source: 'API' } } } });
  });

  test.each([
    '/v1/auth/access_token',
    '/v1/apps',
    '/v1/%61pps',
    '/v1//apps',
    '/v1/rotate-credentials/x',
    '/v1/x/../apps',
    // Quayside's own API, which shows secrets to whom it may be shown.
    '/api/v1/credentials',
    '/api/v1/credentials/x/reveal',
    '/v1/%2e%2e/api/v1/invitations',
    '/gate/applications',
    '/',
  ])('may not be for credentials: %s', async (path) => {
    const answer = await execute(app, await saveAction(app, { ...webhook(`https://api.getport.io${path}`) }));
    expect(answer).toMatchObject({ status: 403, body: { error: 'missing_permissions' } });
  });
});

test.each([
  ['https://api.getport.io/v1/x?y=1', '/v1/x?y=1'],
  ['https://api.getport.io.example.com/v1/x', null],
  ['https://quayside.example.com/v1/x', '/v1/x'],
  ['http://quayside.example.com/v1/x', null],
  ['https://quayside.example.com/hooks/github', null],
  ['https://example.com/v1/x', null],
  ['no address', null],
])('%s is own: %s', (address, path) => {
  expect(ownApiPath(address, 'https://quayside.example.com')).toBe(path);
});
