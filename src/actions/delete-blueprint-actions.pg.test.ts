import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => app.stop());

test('a blueprint with actions goes only when they may go too', async () => {
  await app.call('POST', '/v1/blueprints', { identifier: 'machine', title: 'Machine', schema: { properties: {} } });
  const made = await app.call('POST', '/v1/blueprints/machine/actions', {
    identifier: 'reboot',
    title: 'Reboot',
    userInputs: { properties: {} },
    invocationMethod: { type: 'WEBHOOK', url: 'https://example.com' },
    trigger: 'DAY-2',
  });
  expect(made.body).toMatchObject({ ok: true });
  expect(await app.call('DELETE', '/v1/blueprints/machine')).toMatchObject({
    status: 409,
    body: { error: 'has_dependents', details: { dependents: 'actions' } },
  });
  expect((await app.call('DELETE', '/v1/blueprints/machine?delete_actions=true')).status).toBe(200);
  expect((await app.call('GET', '/v1/actions')).body['actions']).toEqual([]);
});
