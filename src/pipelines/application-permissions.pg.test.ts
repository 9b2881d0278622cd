import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pipelineDesk, type PipelineDesk, type ShownExecution, stageOf } from '#testing/pipeline-desk.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let app: TestApp;
let desk: PipelineDesk;
/** By what their team may do with the application; `stranger` is in none. */
const people: Record<string, Visitor> = {};
let pipeline: string;
let execution: ShownExecution;

const judgment = { refId: '1', requisiteStageRefIds: [], type: 'manualJudgment', name: 'Approve' };
const closed = { READ: ['readers'], EXECUTE: ['starters'], WRITE: ['writers'] };

beforeAll(async () => {
  app = await startTestApp();
  desk = pipelineDesk(app);
  for (const team of ['readers', 'starters', 'writers']) await app.call('POST', '/v1/teams', { name: team });
  for (const name of ['reader', 'starter', 'writer', 'stranger']) {
    const teams = name === 'stranger' ? [] : [`${name}s`];
    people[name] = await addPerson(app, { email: `${name}@example.com`, roles: ['Member'], teams });
  }
  await app.call('POST', '/api/v1/applications', { name: 'vault', permissions: closed });
  const webhook = {
    refId: '2',
    requisiteStageRefIds: ['1'],
    type: 'webhook',
    name: 'Go',
    url: 'https://example.com/?token=canary',
  };
  pipeline = await desk.save([judgment, webhook], {
    application: 'vault',
    name: 'Deploy',
    triggers: [{ type: 'webhook', source: 'ci', enabled: true }],
  });
  execution = await desk.start(pipeline);
  await app.settle();
});
afterAll(async () => app.stop());

async function status(name: string, method: string, path: string, body?: unknown): Promise<number> {
  const answer = await people[name]?.call(method, path, body);
  return answer?.status ?? 0;
}

async function statuses(method: string, path: string, body?: unknown): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of ['stranger', 'reader', 'starter', 'writer']) found.push(await status(name, method, path, body));
  return found;
}

async function listed(name: string, path: string, key: string): Promise<number> {
  const body = (await people[name]?.call('GET', path))?.body ?? {};
  const list = key === '' ? (body as unknown) : body[key];
  return (list as readonly unknown[]).length;
}

describe('an application whose permissions name teams', () => {
  test('is not there for others, nor is anything of it; Gate says so with a 403', async () => {
    for (const path of [
      '/api/v1/applications/vault',
      `/api/v1/pipelines/${pipeline}`,
      `/api/v1/pipelines/${pipeline}/revisions`,
      `/api/v1/executions/${execution.id}`,
    ]) {
      expect([path, await statuses('GET', path)]).toEqual([path, [404, 200, 200, 200]]);
    }
    for (const path of [
      '/gate/applications/vault',
      '/gate/applications/vault/pipelineConfigs',
      '/gate/applications/VAULT/pipelineConfigs/deploy',
      '/gate/applications/vault/pipelines',
      '/gate/applications/vault/executions/search',
      `/gate/pipelines/${execution.id}`,
      `/gate/pipelineConfigs/${pipeline}/history`,
      `/gate/pipelines/${execution.id}/evaluateExpression?expression=1`,
    ]) {
      expect([path, await statuses('GET', path)]).toEqual([path, [403, 200, 200, 200]]);
    }
    for (const [path, key] of [
      ['/api/v1/applications', 'applications'],
      ['/api/v1/pipelines', 'pipelines'],
      ['/api/v1/executions', 'executions'],
      ['/api/v1/executions?awaiting=true', 'executions'],
      ['/api/v1/approvals?view=pending', 'approvals'],
      ['/gate/applications', ''],
      ['/gate/pipelineConfigs', ''],
      [`/gate/executions?executionIds=${execution.id}`, ''],
      ['/gate/applications/*/executions/search', ''],
    ] as const) {
      expect([path, await listed('stranger', path, key), await listed('reader', path, key)]).toEqual([path, 0, 1]);
    }
    const audit = '/v1/audit-log?resources=pipeline&resources=execution&resources=application&limit=100';
    expect(JSON.stringify((await people['stranger']?.call('GET', audit))?.body)).not.toContain('vault');
    expect(JSON.stringify((await people['reader']?.call('GET', audit))?.body)).toContain('vault');
  });

  test('shows where stages send to only to who may change it', async () => {
    const shown = async (name: string): Promise<string> =>
      JSON.stringify((await people[name]?.call('GET', `/api/v1/pipelines/${pipeline}`))?.body);
    expect(await shown('reader')).not.toContain('canary');
    expect(await shown('starter')).not.toContain('canary');
    expect(await shown('writer')).toContain('canary');
  });

  test('says to each reader whether they may change it', async () => {
    const said: unknown[] = [];
    for (const name of ['reader', 'starter', 'writer']) {
      const one = await people[name]?.call('GET', '/api/v1/applications/vault');
      const all = await people[name]?.call('GET', '/api/v1/applications');
      const first = one?.body['application'] as { writable: boolean } | undefined;
      const list = (all?.body['applications'] ?? []) as readonly { name: string; writable: boolean }[];
      said.push([first?.writable, list.find((each) => each.name === 'vault')?.writable]);
    }
    expect(said).toEqual([
      [false, false],
      [false, false],
      [true, true],
    ]);
  });

  test('is started and controlled by those who may execute, at every door', async () => {
    const started = [404, 403, 201, 403];
    expect(await statuses('POST', `/api/v1/pipelines/${pipeline}/executions`, {})).toEqual(started);
    expect(await statuses('POST', '/gate/pipelines/vault/Deploy', {})).toEqual([403, 403, 202, 403]);
    const before = (await desk.list(pipeline)).length;
    for (const name of ['stranger', 'reader']) expect(await status(name, 'POST', '/hooks/pipelines/ci', {})).toBe(200);
    expect(await desk.list(pipeline)).toHaveLength(before);
    expect(await status('starter', 'POST', '/hooks/pipelines/ci', {})).toBe(200);
    expect(await desk.list(pipeline)).toHaveLength(before + 1);
    const { id } = execution;
    for (const verb of ['pause', 'resume'] as const) {
      expect(await statuses('POST', `/api/v1/executions/${id}/${verb}`)).toEqual([404, 403, 200, 403]);
    }
    for (const verb of ['pause', 'resume'] as const) {
      expect(await statuses('PUT', `/gate/pipelines/${id}/${verb}`)).toEqual([403, 403, 200, 403]);
    }
    const other = await desk.start(pipeline);
    expect(await statuses('POST', `/api/v1/executions/${other.id}/cancel`, {})).toEqual([404, 403, 200, 403]);
    expect(await statuses('POST', `/api/v1/executions/${other.id}/stages/1/restart`)).toEqual([404, 403, 200, 403]);
  });

  test('has its judgments seen by readers and decided by those who may execute', async () => {
    const approval = stageOf(await desk.read(execution.id), '1').waitsFor?.id ?? '';
    expect(await statuses('GET', `/api/v1/approvals/${approval}`)).toEqual([404, 200, 200, 200]);
    const mine = async (name: string): Promise<number> => listed(name, '/api/v1/approvals?view=mine', 'approvals');
    expect(await mine('reader')).toBe(0);
    expect(await mine('starter')).toBeGreaterThan(0);
    const decision = { verdict: 'approve' };
    for (const name of ['stranger', 'reader', 'writer']) {
      const wanted = name === 'stranger' ? 404 : 403;
      expect(await status(name, 'POST', `/api/v1/approvals/${approval}/decision`, decision)).toBe(wanted);
    }
    const stage = stageOf(await desk.read(execution.id), '1').id;
    const patch = `/gate/pipelines/${execution.id}/stages/${stage}`;
    expect(await statuses('PATCH', patch, { judgmentStatus: 'stop' })).toEqual([403, 403, 200, 409]);
  });

  test('is changed by who may write, who need not be an administrator', async () => {
    const document = { application: 'vault', name: 'Second', stages: [{ type: 'wait', waitTime: 0 }] };
    expect(await statuses('POST', '/api/v1/pipelines', document)).toEqual([404, 403, 403, 201]);
    expect(await statuses('POST', '/gate/pipelines', { ...document, name: 'Third' })).toEqual([403, 403, 403, 200]);
    expect(await statuses('POST', '/api/v1/pipelines/validate', document)).toEqual([404, 403, 403, 200]);
    expect(await statuses('PATCH', '/api/v1/applications/vault', { description: 'x' })).toEqual([404, 403, 403, 200]);
    expect(await statuses('DELETE', '/gate/pipelines/vault/Third')).toEqual([403, 403, 403, 200]);
    expect(await status('writer', 'POST', '/api/v1/pipelines', { ...document, application: 'elsewhere' })).toBe(403);
    // Neither taken out of an application that somebody may not change, nor put into one.
    await app.call('POST', '/api/v1/applications', {
      name: 'other',
      permissions: { READ: ['writers'], WRITE: ['starters'] },
    });
    const own = await desk.save([{ type: 'wait', waitTime: 0 }], { application: 'other', name: 'Theirs' });
    const moved = { ...document, name: 'Theirs' };
    expect(await status('writer', 'PUT', `/api/v1/pipelines/${own}`, moved)).toBe(403);
    expect(await status('starter', 'PUT', `/api/v1/pipelines/${own}`, moved)).toBe(403);
  });

  test('starts nothing of people who may not see it', async () => {
    await app.call('POST', '/api/v1/applications', {
      name: 'theirs',
      permissions: { WRITE: ['readers'], READ: ['readers'] },
    });
    const follows = (target: string): object => ({
      application: 'theirs',
      name: `After ${target}`,
      triggers: [{ type: 'pipeline', pipeline: target, enabled: true }],
      stages: [{ type: 'wait', waitTime: 0 }],
    });
    const hidden = await desk.save([{ type: 'wait', waitTime: 0 }], { application: 'hidden', name: 'Hidden' });
    await app.call('PATCH', '/api/v1/applications/hidden', { permissions: { READ: ['writers'] } });
    const refused = await people['reader']?.call('POST', '/api/v1/pipelines', follows(hidden));
    expect(refused).toMatchObject({ status: 422, body: { details: { field: 'triggers[0].pipeline' } } });
    expect(await status('reader', 'POST', '/api/v1/pipelines', follows(pipeline))).toBe(201);
    // A stage that starts one acts as who started its own pipeline.
    const starting = await desk.save([{ type: 'pipeline', pipeline: hidden }], { application: 'open', name: 'Starts' });
    const begun = await people['reader']?.call('POST', `/api/v1/pipelines/${starting}/executions`, {});
    expect(begun?.body['execution']).toMatchObject({ status: 'TERMINAL' });
  });

  test('that is opened or closed has what is asked already follow', async () => {
    const id = await desk.save([judgment], { application: 'later', name: 'Later' });
    const asked = stageOf(await desk.start(id), '1').waitsFor?.id ?? '';
    expect(await status('stranger', 'GET', `/api/v1/approvals/${asked}`)).toBe(200);
    await app.call('PATCH', '/api/v1/applications/later', {
      permissions: { READ: ['readers'], EXECUTE: ['starters'] },
    });
    expect(await statuses('GET', `/api/v1/approvals/${asked}`)).toEqual([404, 200, 200, 404]);
    await app.call('PATCH', '/api/v1/applications/later', { permissions: null });
    expect(await status('stranger', 'POST', `/api/v1/approvals/${asked}/decision`, { verdict: 'approve' })).toBe(200);
  });

  test('refuses permissions that cannot be read', async () => {
    for (const permissions of [{ FLY: ['x'] }, { READ: 'x' }, { READ: [''] }, []]) {
      expect(await app.call('PATCH', '/api/v1/applications/vault', { permissions })).toMatchObject({ status: 422 });
    }
  });
});
