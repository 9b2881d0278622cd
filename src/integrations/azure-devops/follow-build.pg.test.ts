import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { settableClock, systemClock } from '#platform/clock.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { beginDispatches } from '#runs/record-dispatch.ts';
import { type RawHttpServer, startRawHttpServer } from '#testing/raw-http-server.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, readLog, readRun, saveAction, type WireRun } from '#testing/test-action.ts';

const token = 'the-access-token-of-azure';
const method = { type: 'AZURE_DEVOPS', org: 'acme', webhook: 'deploys', payload: { runId: '{{ .run.id }}' } };

/** A build as Azure DevOps lists it; looked at more often than there are states, it stays in the last one. */
interface TestBuild {
  readonly id: number;
  readonly marks: Readonly<Record<string, unknown>>;
  readonly states: readonly { readonly status: string; readonly result?: string }[];
}

let azure: RawHttpServer;
let app: TestApp;
/** What an incoming webhook starts, by the run's id. */
let starts: (runId: string) => readonly TestBuild[] = () => [];
/** Answers reads before the builds are looked at; null lets them be. */
let trouble: (path: string) => { readonly status: number; readonly retryAfter?: string } | null = () => null;
let builds: TestBuild[] = [];
let looks = new Map<number, number>();

beforeAll(async () => {
  azure = await startRawHttpServer((request, response) => {
    const url = new URL(request.path, 'http://azure');
    const answer = (status: number, body: unknown = {}, headers = {}): void =>
      void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    if (request.method === 'POST') {
      builds.push(...starts((JSON.parse(request.body) as { runId: string }).runId));
      return answer(200);
    }
    const refused = trouble(url.pathname);
    if (refused !== null) {
      return answer(refused.status, {}, refused.retryAfter === undefined ? {} : { 'retry-after': refused.retryAfter });
    }
    const known = `Basic ${Buffer.from(`:${token}`).toString('base64')}`;
    if (request.headers.authorization !== known) return answer(203, 'sign in');
    const [, , project, , , , id, more] = url.pathname.split('/');
    if (project !== 'portal') return answer(404);
    if (more === 'timeline') return answer(200, { records: failedTimeline });
    if (id === undefined) return answer(200, { value: builds.toReversed().map(wireBuild) });
    const build = builds.find((one) => String(one.id) === id);
    return build === undefined ? answer(404) : answer(200, wireBuild(build));
  });
  app = await startTestApp({
    // What is to happen later is due at once.
    clock: settableClock(new Date(systemClock.now().getTime() - 3_600_000)),
    allow: ['127.0.0.1'],
    environment: {
      QUAYSIDE_AZURE_DEVOPS_URL: azure.origin,
      QUAYSIDE_AZURE_DEVOPS_TOKEN: token,
      QUAYSIDE_AZURE_DEVOPS_PROJECT: 'portal',
    },
  });
});
afterAll(async () => {
  await app.stop();
  await azure.close();
});
afterEach(() => {
  builds = [];
  looks = new Map();
  starts = () => [];
  trouble = () => null;
});

let lastId = 0;
/** Azure DevOps never gives out a number twice. */
const nextId = (): number => (lastId += 1);

const failedTimeline = [
  { type: 'Job', name: 'Job', result: 'failed' },
  { type: 'Task', name: 'Test', result: 'failed', issues: [{ type: 'error', message: 'exit code 1' }] },
  { type: 'Task', name: 'Publish', result: 'skipped' },
];

function wireBuild({ id, marks, states }: TestBuild): object {
  const look = looks.get(id) ?? 0;
  looks.set(id, look + 1);
  const state = states[Math.min(look, states.length - 1)];
  return {
    id,
    ...marks,
    ...state,
    _links: { web: { href: `${azure.origin}/acme/portal/_build/results?buildId=${id}` } },
  };
}

const inProgress = { status: 'inProgress' };
const ended = (result: string): TestBuild['states'] => [inProgress, inProgress, { status: 'completed', result }];

async function finish(id: string): Promise<WireRun & { readonly log: readonly string[] }> {
  await app.settle();
  return { ...(await readRun(app, id)), log: await readLog(app, id) };
}

describe('the build that names the run', () => {
  test.each<[string, string, readonly string[]]>([
    ['succeeded', 'SUCCESS', ['The pipeline ended: Succeeded.']],
    ['partiallySucceeded', 'SUCCESS', ['The pipeline ended: Partially succeeded.']],
    ['failed', 'FAILURE', ['Step "Test" failed: exit code 1', 'The pipeline ended: Failed.']],
    ['canceled', 'FAILURE', [expect.stringContaining('Test') as string, 'The pipeline ended: Cancelled.']],
  ])('and ends as %s ends the run as %s', async (result, status, lines) => {
    starts = (runId) => [
      { id: nextId(), marks: { tags: ['other'], buildNumber: '20261122.1' }, states: [inProgress] },
      { id: nextId(), marks: { tags: [runId] }, states: ended(result) },
    ];
    const { id } = await begin(app, await saveAction(app, method));
    const run = await finish(id);
    expect(run).toMatchObject({ status, link: expect.stringContaining(`buildId=${builds.at(-1)?.id}`) as string });
    expect(run.log).toEqual(['Called the webhook deploys of acme in Azure DevOps.', ...lines]);
    expect(azure.seen.at(-1)?.path).toContain('api-version=7.1');
  });

  test.each([
    ['its name', (runId: string) => ({ buildNumber: `deploy ${runId}` })],
    ['its parameters', (runId: string) => ({ templateParameters: { run: runId } })],
    ['what triggered it', (runId: string) => ({ triggerInfo: { payload: `{"runId":"${runId}"}` } })],
  ])('is known by %s as well', async (_case, marks) => {
    starts = (runId) => [{ id: nextId(), marks: marks(runId), states: ended('succeeded') }];
    const { id } = await begin(app, await saveAction(app, method));
    expect(await finish(id)).toMatchObject({ status: 'SUCCESS' });
  });

  test('of two runs at once is each its own', async () => {
    starts = (runId) => [
      { id: nextId(), marks: { tags: [runId] }, states: ended(builds.length === 0 ? 'failed' : 'succeeded') },
    ];
    const action = await saveAction(app, method);
    const [first, second] = [await begin(app, action), await begin(app, action)];
    await app.settle();
    const statuses = [(await readRun(app, first.id)).status, (await readRun(app, second.id)).status];
    expect(statuses.toSorted()).toEqual(['FAILURE', 'SUCCESS']);
  });

  test('is only linked when the action does not take its status from it', async () => {
    starts = (runId) => [{ id: nextId(), marks: { tags: [runId] }, states: ended('failed') }];
    const { id } = await begin(app, await saveAction(app, { ...method, reportWorkflowStatus: false }));
    expect(await finish(id)).toMatchObject({
      status: 'IN_PROGRESS',
      link: expect.stringContaining('buildId=') as string,
    });
  });

  test('is found after the process died while it called', async () => {
    const { id } = await begin(app, await saveAction(app, method));
    const caller = { actor: systemActor(app.orgId, 'runs'), origin: 'SYSTEM', requestId: null } as const;
    await app.app.core.runner.execute(caller, beginDispatches, [id]);
    const calls = azure.seen.filter((request) => request.method === 'POST').length;
    builds = [{ id: nextId(), marks: { tags: [id] }, states: ended('succeeded') }];
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'SUCCESS', dispatchState: 'called' });
    expect(azure.seen.filter((request) => request.method === 'POST')).toHaveLength(calls);
  });

  test('that another run follows is not followed twice', async () => {
    let shared: readonly TestBuild[] = [];
    starts = (runId) => (shared = [{ id: nextId(), marks: { tags: [runId] }, states: ended('failed') }]);
    const first = await begin(app, await saveAction(app, method));
    expect(await finish(first.id)).toMatchObject({ status: 'FAILURE' });
    starts = (runId) => [{ ...(shared[0] as TestBuild), marks: { tags: [first.id, runId] } }];
    builds = [];
    const second = await begin(app, await saveAction(app, method));
    expect((await finish(second.id)).log.at(-1)).toContain('No pipeline run in portal named this run');
  });
});

describe('a run that cannot be followed', () => {
  test('because no build names it says so, and stays open for the pipeline to report', async () => {
    starts = () => [{ id: nextId(), marks: { tags: ['r_other'] }, states: ended('failed') }];
    const { id } = await begin(app, await saveAction(app, method));
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'IN_PROGRESS', statusLabel: null, link: null });
    expect(run.log.at(-1)).toContain('No pipeline run in portal named this run');
  });

  test.each([
    ['an expired token', 203, 'does not accept the access token'],
    ['a redirect to the sign-in page', 302, 'does not accept the access token'],
    ['a token of others', 401, 'does not accept the access token'],
    ['a project that is gone', 404, 'no project portal'],
    ['an answer that makes no sense', 418, 'answered 418'],
  ])('for %s ends the asking, and says why', async (_case, status, words) => {
    trouble = () => ({ status });
    const { id } = await begin(app, await saveAction(app, method));
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'IN_PROGRESS', statusLabel: 'No longer followed' });
    expect(run.log.at(-1)).toContain(words);
    expect(run.log.join('\n')).not.toContain(token);
  });

  test('is asked for again when Azure DevOps has no room or is away', async () => {
    let times = 0;
    trouble = () => (times++ < 6 ? { status: times % 2 === 0 ? 503 : 429, retryAfter: '1' } : null);
    starts = (runId) => [{ id: nextId(), marks: { tags: [runId] }, states: ended('succeeded') }];
    const { id } = await begin(app, await saveAction(app, method));
    expect(await finish(id)).toMatchObject({ status: 'SUCCESS', statusLabel: null });
  });

  test('for want of a token or a project says how the pipeline reports', async () => {
    for (const [settings, secrets] of [
      [{ url: azure.origin, project: 'portal' }, { token: null }],
      [{ url: azure.origin }, { token }],
    ]) {
      await app.call('PUT', '/api/v1/connections/azure-devops', { settings, secrets });
      const { id } = await begin(app, await saveAction(app, method));
      const run = await finish(id);
      expect(run).toMatchObject({ status: 'IN_PROGRESS', dispatchState: 'called', statusLabel: null });
      expect(run.log.at(-1)).toContain(`PATCH ${app.url}/v1/actions/runs/${id}`);
    }
    starts = (runId) => [{ id: nextId(), marks: { tags: [runId] }, states: ended('succeeded') }];
    const { id } = await begin(app, await saveAction(app, { ...method, project: 'portal' }));
    expect(await finish(id)).toMatchObject({ status: 'SUCCESS' });
    await app.call('DELETE', '/api/v1/connections/azure-devops');
  });
});
