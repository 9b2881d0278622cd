import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { settableClock, systemClock } from '#platform/clock.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { beginDispatches } from '#runs/record-dispatch.ts';
import { rateLimited } from '#sample/counterparts/faults.ts';
import { type GitLabCounterpart, startGitLabCounterpart } from '#sample/counterparts/gitlab/gitlab-counterpart.ts';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';
import { begin, execute, readLog, readRun, saveAction, type WireRun } from '#testing/test-action.ts';

const method = { type: 'GITLAB', projectName: 'portal', groupName: 'acme/platform' };
let gitlab: GitLabCounterpart;
let app: TestApp;

beforeAll(async () => {
  gitlab = await startGitLabCounterpart({
    projects: [{ path: 'acme/platform/portal', refs: ['develop'] }],
    endsAs: ({ variables }) => variables['END'] ?? 'success',
  });
  app = await startTestApp({
    // What is to happen later is due at once.
    clock: settableClock(new Date(systemClock.now().getTime() - 3_600_000)),
    allow: ['127.0.0.1'],
    environment: {
      QUAYSIDE_GITLAB_URL: gitlab.url,
      QUAYSIDE_GITLAB_TOKEN: gitlab.token,
      QUAYSIDE_GITLAB_TRIGGER_TOKEN: gitlab.triggerToken,
    },
  });
});
afterAll(async () => {
  await app.stop();
  await gitlab.close();
});
afterEach(() => gitlab.faults.clear());

async function finish(id: string): Promise<WireRun & { readonly log: readonly string[] }> {
  await app.settle();
  return { ...(await readRun(app, id)), log: await readLog(app, id) };
}

const reads = ({ method: verb }: { method: string }): boolean => verb === 'GET';

describe('a pipeline', () => {
  test.each([
    ['success', 'SUCCESS', ['The pipeline ended: Succeeded.']],
    [
      'failed',
      'FAILURE',
      [expect.stringMatching(/^Job "deploy" failed: http/) as string, 'The pipeline ended: Failed.'],
    ],
    ['canceled', 'FAILURE', [expect.stringContaining('deploy') as string, 'The pipeline ended: Cancelled.']],
    ['skipped', 'SUCCESS', ['The pipeline ended: Skipped.']],
  ])('that ends as %s ends the run as %s', async (end, status, lines) => {
    const pipelineVariables = { RUN_ID: '{{ .run.id }}', END: end, MAP: { a: 1 }, NONE: null };
    const { id } = await begin(app, await saveAction(app, { ...method, defaultRef: 'develop', pipelineVariables }));
    const run = await finish(id);
    const started = gitlab.pipelines.at(-1);
    expect(started).toMatchObject({
      ref: 'develop',
      source: 'trigger',
      variables: { RUN_ID: id, END: end, MAP: '{"a":1}' },
    });
    expect(started?.variables).not.toHaveProperty('NONE');
    expect(run).toMatchObject({ status, link: `${gitlab.url}/acme/platform/portal/-/pipelines/${started?.id}` });
    expect(run.log).toEqual([`Started pipeline ${started?.id} of acme/platform/portal on develop.`, ...lines]);
  });

  test('of an older action gets every input and the payload', async () => {
    const blueprint = uniqueName('service');
    await app.call('POST', '/v1/blueprints', { identifier: blueprint, title: 'S', schema: { properties: {} } });
    await app.call('POST', `/v1/blueprints/${blueprint}/actions`, {
      identifier: 'deploy',
      trigger: 'CREATE',
      userInputs: { properties: { ref: { type: 'string' }, region: { type: 'string' } } },
      invocationMethod: { ...method, agent: true },
    });
    const properties = { ref: 'develop', region: 'eu' };
    const answer = await app.call('POST', `/v1/blueprints/${blueprint}/actions/deploy/runs`, { properties });
    const run = answer.body['run'] as WireRun;
    expect(await finish(run.id)).toMatchObject({ status: 'SUCCESS' });
    const { ref, variables } = gitlab.pipelines.at(-1) ?? {};
    expect({ ref, region: variables?.['region'] }).toEqual({ ref: 'develop', region: 'eu' });
    expect(JSON.parse(variables?.['port_payload'] ?? '')).toMatchObject({ context: { runId: run.id } });
  });

  test('is not started twice when the answer got lost, and is found', async () => {
    const before = gitlab.pipelines.length;
    gitlab.faults.add({ kind: 'reset', after: 'effect' }, { match: ({ method: verb }) => verb === 'POST', times: 1 });
    const { id } = await begin(app, await saveAction(app, method));
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'SUCCESS', statusLabel: null, dispatchState: 'called' });
    expect(gitlab.pipelines).toHaveLength(before + 1);
  });

  test('is not started again by a process that died while it started one', async () => {
    const { id } = await begin(app, await saveAction(app, method));
    const caller = { actor: systemActor(app.orgId, 'runs'), origin: 'SYSTEM', requestId: null } as const;
    await app.app.core.runner.execute(caller, beginDispatches, [id]);
    const before = gitlab.pipelines.length;
    const run = await finish(id);
    expect(run.log[0]).toContain('not started again');
    expect(gitlab.pipelines).toHaveLength(before);
  });

  test('is started later when GitLab has no room', async () => {
    const before = gitlab.pipelines.length;
    const posts = { match: ({ method: verb }: { method: string }) => verb === 'POST', times: 2 };
    gitlab.faults.add(rateLimited(1), posts);
    const { id } = await begin(app, await saveAction(app, method));
    expect(await finish(id)).toMatchObject({ status: 'SUCCESS' });
    expect(gitlab.pipelines).toHaveLength(before + 1);
  });

  test('that can no longer be asked for ends the asking, and the run says why', async () => {
    gitlab.faults.add({ kind: 'answer', status: 401, body: { message: '401 Unauthorized' } }, { match: reads });
    const { id } = await begin(app, await saveAction(app, method));
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'IN_PROGRESS', statusLabel: 'No longer followed' });
    expect(run.log.at(-1)).toMatch(/does not accept the token.*not followed further\.$/);
  });

  test('is asked for until an outage passes', async () => {
    gitlab.faults.add({ kind: 'answer', status: 502 }, { match: reads, times: 9 });
    const { id } = await begin(app, await saveAction(app, method));
    expect(await finish(id)).toMatchObject({ status: 'SUCCESS', statusLabel: null });
  });
});

describe('what GitLab refuses', () => {
  test.each([
    ['an unknown project', { projectName: 'none' }, 'no such project'],
    ['an unknown branch', { defaultRef: 'nowhere' }, 'Reference not found'],
  ])('(%s) ends the run and stands in its log', async (_case, parts, words) => {
    const { id } = await begin(app, await saveAction(app, { ...method, ...parts }));
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'FAILURE', statusLabel: 'Pipeline not started' });
    expect(run.log.join('\n')).toContain(words);
    expect(run.log.join('\n')).not.toContain(gitlab.triggerToken);
  });

  test.each([
    ['projectName', { projectName: '{{ "../other" }}' }],
    ['groupName', { groupName: 'a//b' }],
    ['pipelineVariables', { pipelineVariables: { 'no-name': 'x' } }],
    ['pipelineVariables', { pipelineVariables: ['x'] }],
  ])('(an unusable %s) is refused while the caller waits', async (field, parts) => {
    const answer = await execute(app, await saveAction(app, { ...method, ...parts }));
    expect(answer).toMatchObject({ status: 422, body: { details: { field: `invocationMethod.${field}` } } });
  });
});

describe("a connection of the organisation's own", () => {
  afterAll(async () => app.call('DELETE', '/api/v1/connections/gitlab'));

  test('goes before the settings of the installation; without an access token nothing is followed', async () => {
    const secrets = { triggerToken: gitlab.triggerToken, token: null };
    expect(
      await app.call('PUT', '/api/v1/connections/gitlab', { settings: { url: gitlab.url }, secrets }),
    ).toMatchObject({ status: 200, body: { connection: { kind: 'gitlab', secrets: ['triggerToken'] } } });
    const { id } = await begin(app, await saveAction(app, method));
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'IN_PROGRESS', statusLabel: null, link: expect.any(String) as string });
    expect(run.log).toContain('Its status is not followed: GitLab is connected without an access token.');
  });

  test('without a trigger token the access token starts pipelines', async () => {
    await app.call('PUT', '/api/v1/connections/gitlab', { secrets: { triggerToken: null, token: gitlab.token } });
    const { id } = await begin(app, await saveAction(app, { ...method, pipelineVariables: { A: 'b' } }));
    expect(await finish(id)).toMatchObject({ status: 'SUCCESS' });
    expect(gitlab.pipelines.at(-1)).toMatchObject({ source: 'api', variables: { A: 'b' } });
  });
});

describe('the trigger address of a pipeline', () => {
  const webhook = (url: string): object => ({ type: 'WEBHOOK', url });
  const address = (): string =>
    `${gitlab.url}/api/v4/projects/acme%2Fplatform%2Fportal/ref/main/trigger/pipeline?token=${gitlab.triggerToken}`;

  test('is an action still in the making while it is blank', async () => {
    const action = await saveAction(app, { ...webhook('') }, { publish: false });
    expect(await execute(app, action)).toMatchObject({ status: 422 });
  });

  test('gets the body from which a job reads the run, and its token is seen by nobody', async () => {
    const blueprint = uniqueName('service');
    await app.call('POST', '/v1/blueprints', { identifier: blueprint, title: 'S', schema: { properties: {} } });
    await app.call('POST', `/v1/blueprints/${blueprint}/actions`, {
      identifier: 'remind',
      trigger: 'CREATE',
      userInputs: { properties: {} },
      invocationMethod: webhook(address()),
    });
    const answer = await app.call('POST', `/v1/blueprints/${blueprint}/actions/remind/runs`, { properties: {} });
    const { id } = answer.body['run'] as WireRun;
    await app.settle();
    expect(gitlab.pipelines.at(-1)?.triggerPayload).toMatchObject({ context: { runId: id } });

    const member = await addPerson(app, { email: `${uniqueName('member')}@example.com` });
    const seen = await Promise.all([
      member.call('GET', `/v1/actions/runs/${id}?version=v2`),
      member.call('GET', `/v1/actions/runs/${id}/logs`),
      member.call('GET', `/v1/blueprints/${blueprint}/actions`),
      member.call('GET', '/v1/actions?version=v2'),
      member.call('GET', '/v1/audit-log?resources=run&limit=100'),
      app.call('GET', `/v1/actions/runs/${id}?version=v2`),
      app.call('GET', '/v1/audit-log?resources=run&limit=100'),
    ]);
    expect(seen.map(({ status }) => status)).toEqual(seen.map(() => 200));
    expect(JSON.stringify(seen.map(({ body }) => body))).not.toContain(gitlab.triggerToken);
  });

  test('that refuses repeats no token in the log', async () => {
    gitlab.faults.add({ kind: 'answer', status: 400, body: `no pipeline for ${gitlab.triggerToken}` });
    const { id } = await begin(app, await saveAction(app, { ...webhook(address()) }));
    const run = await finish(id);
    expect(run).toMatchObject({ status: 'FAILURE' });
    expect(run.log.join('\n')).toContain('no pipeline for');
    expect(run.log.join('\n')).not.toContain(gitlab.triggerToken);
  });
});
