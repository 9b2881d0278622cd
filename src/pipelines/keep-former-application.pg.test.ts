import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pipelineDesk, type PipelineDesk } from '#testing/pipeline-desk.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let app: TestApp;
let desk: PipelineDesk;
let stranger: Visitor;
let reader: Visitor;

const permissions = { READ: ['readers'], WRITE: ['writers'] };

beforeAll(async () => {
  app = await startTestApp();
  desk = pipelineDesk(app);
  for (const team of ['readers', 'writers']) await app.call('POST', '/v1/teams', { name: team });
  stranger = await addPerson(app, { email: 'stranger@example.com', roles: ['Moderator'] });
  reader = await addPerson(app, { email: 'reader@example.com', roles: ['Member'], teams: ['readers'] });
});
afterAll(async () => app.stop());

/** An execution of an application that is deleted afterwards. */
async function leftBehind(name: string): Promise<string> {
  await app.call('POST', '/api/v1/applications', { name, permissions });
  const pipeline = await desk.save([{ type: 'wait', waitTime: 0 }], { application: name, name: 'Only' });
  const { id } = await desk.start(pipeline);
  await app.call('DELETE', `/api/v1/pipelines/${pipeline}`);
  expect(await app.call('DELETE', `/api/v1/applications/${name}`)).toMatchObject({ status: 200 });
  return id;
}

async function seen(visitor: Visitor, execution: string): Promise<readonly number[]> {
  const own = await visitor.call('GET', `/api/v1/executions/${execution}`);
  const gate = await visitor.call('GET', `/gate/pipelines/${execution}`);
  const listed = await visitor.call('GET', '/api/v1/executions');
  const ids = (listed.body['executions'] as readonly { id: string }[]).map(({ id }) => id);
  return [own.status, gate.status, ids.includes(execution) ? 1 : 0];
}

describe('an application with restricted rights that was deleted', () => {
  test('leaves its executions to whom its last rights named', async () => {
    const execution = await leftBehind('vault');
    expect(await seen(stranger, execution)).toEqual([404, 403, 0]);
    expect(await seen(reader, execution)).toEqual([200, 200, 1]);
    expect((await app.call('GET', `/api/v1/executions/${execution}`)).status).toBe(200);
    const audit = await stranger.call('GET', '/v1/audit-log?resources=execution&resources=application&limit=100');
    expect(JSON.stringify(audit.body)).not.toContain('vault');
  });

  test('keeps its name and rights from whom it was closed to', async () => {
    const execution = await leftBehind('safe');
    const again = { name: 'SAFE' };
    for (const [path, body] of [
      ['/api/v1/applications', again],
      ['/api/v1/pipelines', { application: 'Safe', name: 'New', stages: [{ type: 'wait', waitTime: 0 }] }],
      ['/gate/pipelines', { application: 'safe', name: 'New', stages: [{ type: 'wait', waitTime: 0 }] }],
    ] as const) {
      const refused = await stranger.call('POST', path, body);
      expect([path, refused.status >= 400 && refused.status < 500]).toEqual([path, true]);
    }
    expect(await seen(stranger, execution)).toEqual([404, 403, 0]);
    // Made again it has its name and its rights.
    expect(await app.call('POST', '/api/v1/applications', again)).toMatchObject({
      status: 201,
      body: { application: { name: 'safe', permissions } },
    });
    expect(await seen(stranger, execution)).toEqual([404, 403, 0]);
    await app.call('PATCH', '/api/v1/applications/safe', { permissions: null });
    expect(await seen(stranger, execution)).toEqual([200, 200, 1]);
  });

  test('that nobody restricted leaves them to everybody, as before', async () => {
    const pipeline = await desk.save([{ type: 'wait', waitTime: 0 }], { application: 'open', name: 'Only' });
    const { id } = await desk.start(pipeline);
    await app.call('DELETE', `/api/v1/pipelines/${pipeline}`);
    await app.call('DELETE', '/api/v1/applications/open');
    expect(await seen(stranger, id)).toEqual([200, 200, 1]);
  });
});
