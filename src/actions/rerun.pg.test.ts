import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestAnswer, type TestApp, uniqueName } from '#testing/start-app.ts';
import { begin, readRun, saveAction } from '#testing/test-action.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => app.stop());

const again = async (id: string, body: object = {}): Promise<TestAnswer> =>
  app.call('POST', `/api/v1/runs/${id}/again`, body);

const inputs = { size: { type: 'number' }, token: { type: 'string', encryption: 'aes256-gcm' } };

describe('running again', () => {
  test('begins another run with the same inputs, or others where they are given', async () => {
    const { id } = await begin(app, await saveAction(app, { type: 'KAFKA' }), { properties: { a: 1, b: [2] } });
    const same = await again(id);
    expect(same).toMatchObject({ status: 202, body: { run: { status: 'IN_PROGRESS', properties: { a: 1, b: [2] } } } });
    const other = await again(id, { properties: { a: 3 } });
    expect(other).toMatchObject({ status: 202, body: { run: { properties: { a: 3, b: [2] } } } });
    const ids = [id, ...[same, other].map(({ body }) => (body['run'] as { id: string }).id)];
    expect(new Set(ids).size).toBe(3);
  });

  test('asks for secret inputs again, and keeps none', async () => {
    const action = await saveAction(app, { type: 'KAFKA' }, { trigger: { userInputs: { properties: inputs } } });
    const properties = { size: 2, token: 'canary-of-the-run' };
    const { id } = await begin(app, action, { properties });
    const without = await again(id);
    expect(without).toMatchObject({
      status: 422,
      body: { error: 'secret_inputs_needed', details: { inputs: ['token'] } },
    });
    const answer = await again(id, { properties: { token: 'canary-again' } });
    expect(answer).toMatchObject({ status: 202, body: { run: { properties: { size: 2 } } } });
    expect(JSON.stringify([answer.body, await readRun(app, id)])).not.toContain('canary');
  });

  test('is refused for who may not execute, for a deleted action and for an unknown run', async () => {
    const action = await saveAction(app, { type: 'KAFKA' });
    await app.call('PATCH', `/v1/actions/${action}/permissions`, { execute: { roles: ['Admin'] } });
    const { id } = await begin(app, action);
    const member = await addPerson(app, { email: `${uniqueName('member')}@example.com` });
    expect((await member.call('POST', `/api/v1/runs/${id}/again`, {})).status).toBe(403);
    await app.call('DELETE', `/v1/actions/${action}`);
    expect((await again(id)).status).toBe(404);
    expect((await again('r_none')).status).toBe(404);
  });
});
