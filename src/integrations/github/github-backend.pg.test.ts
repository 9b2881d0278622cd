import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Clock, settableClock, systemClock } from '#platform/clock.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { beginDispatches } from '#runs/record-dispatch.ts';
import { type GitHubCounterpart, startGitHubCounterpart } from '#sample/counterparts/github/github-counterpart.ts';
import { rateLimited } from '#sample/counterparts/faults.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, execute, readLog, readRun, saveAction, type WireRun } from '#testing/test-action.ts';

const workflow = (steps: string, inputs = ''): string => `
name: Test
on:
  workflow_dispatch:
    inputs:
      run_id: { required: true, type: string }
      code: { required: false, type: string, default: '0' }
${inputs}
jobs:
  only:
    runs-on: ubuntu-latest
    steps:
      - run: ${steps}
`;
const workflows = { 'exit.yml': workflow('exit ${{ inputs.code }}'), 'idle.yml': workflow('echo hello') };
const webhookSecret = 'the secret of the webhook';
const method = { type: 'GITHUB', org: 'acme', repo: 'portal', workflow: 'exit.yml' };

interface Program {
  readonly github: GitHubCounterpart;
  readonly app: TestApp;
  close(): Promise<void>;
}

/** Quayside and GitHub. With a clock that is behind, whatever is to happen later is due at once. */
async function start(options: { clock: Clock; knowsRunDetails?: boolean; token?: boolean }): Promise<Program> {
  let quaysideUrl = '';
  const github = await startGitHubCounterpart({
    quaysideUrl: () => quaysideUrl,
    repositories: [{ owner: 'acme', name: 'portal', refs: ['v1'], workflows }],
    knowsRunDetails: options.knowsRunDetails ?? true,
  });
  const app = await startTestApp({
    clock: options.clock,
    allow: ['127.0.0.1'],
    environment: {
      ...(options.token === false ? {} : { QUAYSIDE_GITHUB_TOKEN: github.token }),
      QUAYSIDE_GITHUB_API_URL: github.apiUrl,
      QUAYSIDE_GITHUB_WEBHOOK_SECRET: webhookSecret,
    },
  });
  quaysideUrl = app.url;
  return {
    github,
    app,
    async close() {
      await app.stop();
      await github.close();
    },
  };
}

const anHourAgo = (): Clock => settableClock(new Date(systemClock.now().getTime() - 3_600_000));

async function finish({ app, github }: Program, id: string): Promise<WireRun & { readonly log: readonly string[] }> {
  await app.settle();
  await github.settled();
  await app.settle();
  return { ...(await readRun(app, id)), log: await readLog(app, id) };
}

function save({ app }: Program, inputs: object = {}, parts: object = {}): Promise<string> {
  return saveAction(app, { ...method, workflowInputs: { run_id: '{{ .run.id }}', ...inputs }, ...parts });
}

describe.each([
  ['github.com', true],
  ['a server that does not name the run it started', false],
])('on %s', (_name, knowsRunDetails) => {
  let program: Program;
  beforeAll(async () => {
    program = await start({ clock: anHourAgo(), knowsRunDetails });
  });
  afterAll(async () => program.close());
  afterEach(() => program.github.faults.clear());

  test.each([
    ['0', 'SUCCESS', 'The workflow ended: Succeeded.'],
    ['3', 'FAILURE', 'The workflow ended: Failed.'],
  ])('a workflow that exits with %s ends the run as %s', async (code, status, line) => {
    const { id } = await begin(program.app, await save(program, { code }));
    const run = await finish(program, id);
    const [started] = program.github.runs();
    expect(started?.inputs).toEqual({ run_id: id, code });
    expect(run).toMatchObject({ status, link: expect.stringContaining(`/actions/runs/${started?.id}`) as string });
    const failedJob =
      status === 'FAILURE'
        ? [
            expect.stringMatching(/^Job "only" failed/) as string,
            expect.stringMatching(/^The end of the log of "only":\n(?!.*\d{4}-\d\d-\d\dT)[^]*exit/) as string,
          ]
        : [];
    expect(run.log).toEqual(['Started exit.yml of acme/portal on main.', ...failedJob, line]);
  });

  test('of two started at once each run follows its own', async () => {
    const [good, bad] = [await save(program, { code: '0' }), await save(program, { code: '1' })];
    const pairs = await Promise.all([good, bad, good, bad].map(async (action) => begin(program.app, action)));
    for (const { id } of pairs) await finish(program, id);
    const runs = await Promise.all(pairs.map(async ({ id }) => readRun(program.app, id)));
    expect(new Set(runs.map(({ link }) => link)).size).toBe(4);
    const expected = pairs.map(({ id }) => program.github.runs().find(({ inputs }) => inputs['run_id'] === id));
    if (knowsRunDetails) {
      expect(runs.map(({ status }) => status)).toEqual(['SUCCESS', 'FAILURE', 'SUCCESS', 'FAILURE']);
      expect(runs.map(({ link }) => link)).toEqual(
        expected.map((run) => expect.stringContaining(`/actions/runs/${run?.id}`) as string),
      );
    }
  });

  test('with “report workflow status” off the run stays open, with a link', async () => {
    const { id } = await begin(program.app, await save(program, {}, { reportWorkflowStatus: false }));
    const run = await finish(program, id);
    expect(run).toMatchObject({ status: 'IN_PROGRESS', link: expect.stringContaining('/actions/runs/') as string });
  });

  test('an answer that got lost is unknown at first, then found, and nothing is started twice', async () => {
    const before = program.github.runs().length;
    program.github.faults.add(
      { kind: 'reset', after: 'effect' },
      // The older server refuses the question for the run first, and that starts nothing.
      {
        match: ({ path, body }) =>
          path.endsWith('/dispatches') && body.includes('return_run_details') === knowsRunDetails,
        times: 1,
      },
    );
    const { id } = await begin(program.app, await save(program));
    const run = await finish(program, id);
    expect(run).toMatchObject({ status: 'SUCCESS', statusLabel: null, dispatchState: 'called' });
    expect(run.log).toEqual([expect.stringContaining('effect is unknown'), 'The workflow ended: Succeeded.']);
    expect(program.github.runs()).toHaveLength(before + 1);
  });

  test('a process that died after it dispatched finds what it had started', async () => {
    const { app, github } = program;
    const { id } = await begin(app, await save(program));
    const caller = { actor: systemActor(app.orgId, 'runs'), origin: 'SYSTEM', requestId: null } as const;
    await app.app.core.runner.execute(caller, beginDispatches, [id]);
    const answer = await fetch(`${github.apiUrl}/repos/acme/portal/actions/workflows/exit.yml/dispatches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${github.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ref: 'main', inputs: { run_id: id } }),
    });
    expect(answer.ok).toBe(true);
    const before = github.runs().length;
    const run = await finish(program, id);
    expect(run).toMatchObject({
      status: 'SUCCESS',
      link: expect.stringContaining(`${github.runs()[0]?.id}`) as string,
    });
    expect(github.runs()).toHaveLength(before);
  });

  test('a process that died before it dispatched does not dispatch, and says that GitHub shows nothing', async () => {
    const { app, github } = program;
    const { id } = await begin(app, await save(program, {}, { workflow: 'idle.yml' }));
    const caller = { actor: systemActor(app.orgId, 'runs'), origin: 'SYSTEM', requestId: null } as const;
    await app.app.core.runner.execute(caller, beginDispatches, [id]);
    const before = github.runs().length;
    const run = await finish(program, id);
    expect(run).toMatchObject({ status: 'IN_PROGRESS', statusLabel: 'Delivery unknown', dispatchState: 'unknown' });
    expect(run.log).toEqual([
      expect.stringContaining('it is not started again'),
      'GitHub never showed a run of idle.yml. Its status is not followed further.',
    ]);
    expect(github.runs()).toHaveLength(before);
  });

  test('a dispatch that GitHub has no room for is tried again, and starts one workflow', async () => {
    const before = program.github.runs().length;
    const dispatches = { match: ({ path }: { path: string }) => path.endsWith('/dispatches'), times: 3 };
    const fault = program.github.faults.add(rateLimited(1), dispatches);
    const { id } = await begin(program.app, await save(program));
    const run = await finish(program, id);
    expect(run).toMatchObject({ status: 'SUCCESS', dispatchState: 'called' });
    expect(run.log.slice(-2)).toEqual(['Started exit.yml of acme/portal on main.', 'The workflow ended: Succeeded.']);
    expect(fault.hits).toBe(3);
    expect(program.github.runs()).toHaveLength(before + 1);
  });

  test('a GitHub that never has room is given up', async () => {
    const before = program.github.runs().length;
    program.github.faults.add(rateLimited(1));
    const { id } = await begin(program.app, await save(program));
    const run = await finish(program, id);
    expect(run).toMatchObject({ status: 'FAILURE', statusLabel: 'Not sent', dispatchState: 'failed' });
    expect(run.log).toHaveLength(6);
    expect(run.log.at(-1)).toBe('It is not tried again.');
    expect(program.github.runs()).toHaveLength(before);
  });

  test.each([
    ['a revoked token', 401, 'Bad credentials'],
    ['a repository that is gone', 404, 'Not Found'],
  ])('%s ends the asking, and the run says why', async (_case, status, message) => {
    const reads = ({ method: verb, path }: { method: string; path: string }): boolean =>
      verb === 'GET' && path.includes('/runs');
    const fault = program.github.faults.add({ kind: 'answer', status, body: { message } }, { match: reads });
    const { id } = await begin(program.app, await save(program));
    const run = await finish(program, id);
    expect(run).toMatchObject({ status: 'IN_PROGRESS', statusLabel: 'No longer followed' });
    expect(run.log.at(-1)).toMatch(/GitHub .* Its status is not followed further\.$/);
    expect(fault.hits).toBe(6);
  });

  test('a refusal that passes is put up with', async () => {
    const reads = ({ method: verb, path }: { method: string; path: string }): boolean =>
      verb === 'GET' && path.includes('/runs');
    program.github.faults.add({ kind: 'answer', status: 404, body: {} }, { match: reads, times: 3 });
    const { id } = await begin(program.app, await save(program));
    expect(await finish(program, id)).toMatchObject({ status: 'SUCCESS', statusLabel: null });
  });

  test('being told to wait is waited for', async () => {
    const reads = {
      match: ({ method: verb, path }: { method: string; path: string }) => verb === 'GET' && path.includes('/runs'),
    };
    const fault = program.github.faults.add(rateLimited(1), { ...reads, times: 2 });
    const { id } = await begin(program.app, await save(program));
    expect(await finish(program, id)).toMatchObject({ status: 'SUCCESS' });
    expect(fault.hits).toBe(2);
  });
});

describe('what GitHub refuses', () => {
  let program: Program;
  beforeAll(async () => {
    program = await start({ clock: systemClock });
  });
  afterAll(async () => program.close());
  afterEach(() => program.github.faults.clear());

  test.each([
    ['an input it does not know', { workflowInputs: { run_id: 'x', runId: 'y' } }, 'runId'],
    ['a missing input', { workflowInputs: {} }, 'run_id'],
    ['an unknown workflow', { workflow: 'none.yml' }, 'none.yml'],
    ['an unknown repository', { repo: 'none' }, 'acme/none'],
    ['an unknown branch', { workflowInputs: { run_id: 'x', ref: 'nowhere' } }, 'nowhere'],
  ])('(%s) ends the run and stands in its log', async (_case, parts, words) => {
    const { id } = await begin(program.app, await saveAction(program.app, { ...method, ...parts }));
    const run = await finish(program, id);
    expect(run).toMatchObject({ status: 'FAILURE', statusLabel: 'Workflow not started' });
    expect(run.log.join('\n')).toContain(words);
  });

  test('a token that is not valid is named as the reason', async () => {
    program.github.faults.add({ kind: 'answer', status: 401, body: { message: 'Bad credentials' } });
    const { id } = await begin(program.app, await save(program));
    const run = await finish(program, id);
    expect(run).toMatchObject({ status: 'FAILURE', statusLabel: 'Workflow not started' });
    expect(run.log.join('\n')).toMatch(/token|credentials/i);
  });

  test('too many inputs, and a name that is no name, are refused while the caller waits', async () => {
    const many = Object.fromEntries(Array.from({ length: 26 }, (_, at) => [`input_${at}`, 'x']));
    const answer = await execute(program.app, await saveAction(program.app, { ...method, workflowInputs: many }));
    expect(answer).toMatchObject({
      status: 422,
      body: { error: 'invalid_evaluated_invocation_method', details: { field: 'invocationMethod.workflowInputs' } },
    });
    const odd = await execute(program.app, await saveAction(program.app, { ...method, repo: '{{ "../other" }}' }));
    expect(odd).toMatchObject({
      status: 422,
      body: { error: 'invalid_evaluated_invocation_method', details: { field: 'invocationMethod.repo' } },
    });
  });
});

test('without a token the run ends and names the setting', async () => {
  const program = await start({ clock: systemClock, token: false });
  const { id } = await begin(program.app, await save(program));
  const run = await finish(program, id);
  expect(run).toMatchObject({ status: 'FAILURE', statusLabel: 'Not sent' });
  expect(run.log).toEqual([expect.stringContaining('QUAYSIDE_GITHUB_TOKEN')]);
  await program.close();
});

describe('webhooks', () => {
  let program: Program;
  beforeAll(async () => {
    program = await start({ clock: systemClock });
    program.github.setWebhook({ url: `${program.app.url}/hooks/github`, secret: webhookSecret });
  });
  afterAll(async () => program.close());

  async function deliver(body: string, secret: string, event = 'workflow_run'): Promise<number> {
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const headers = { 'x-github-event': event, 'x-hub-signature-256': `sha256=${signature}` };
    const answer = await fetch(`${program.app.url}/hooks/github`, { method: 'POST', headers, body });
    return answer.status;
  }

  async function waitingLooks(runId: string): Promise<number> {
    const found = await sql<{ jobs: number }>`
      select count(*)::int as jobs from job.job where name = 'run-follow' and data ->> 'runId' = ${runId}
        and state in ('created', 'retry')`.execute(program.app.app.core.db);
    return found.rows[0]?.jobs ?? 0;
  }

  test('tell of the end before it is asked for, and leave one look behind, not a chain each', async () => {
    const { id } = await begin(program.app, await save(program));
    expect(await finish(program, id)).toMatchObject({ status: 'SUCCESS' });
    expect(program.github.deliveries.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(3);
    expect(await waitingLooks(id)).toBe(1);
  });

  test('that are forged, of another kind or not JSON change nothing', async () => {
    program.github.setWebhook(undefined);
    const { id } = await begin(program.app, await save(program));
    await program.app.settle();
    await program.github.settled();
    const [workflowRun] = program.github.runs();
    const body = JSON.stringify({
      action: 'completed',
      // As GitHub spells it; the action may spell it otherwise.
      repository: { full_name: 'Acme/Portal' },
      workflow_run: {
        id: workflowRun?.id,
        html_url: 'https://example.com',
        status: 'completed',
        conclusion: 'failure',
        event: 'workflow_dispatch',
        created_at: '2026-01-01T00:00:00Z',
        updated_at: '2026-01-01T00:00:00Z',
      },
    });
    expect(await deliver(body, 'another secret')).toBe(401);
    expect((await fetch(`${program.app.url}/hooks/github`, { method: 'POST', body })).status).toBe(401);
    expect(await deliver(body, webhookSecret, 'push')).toBe(200);
    expect(await deliver('{', webhookSecret)).toBe(400);
    await program.app.settle();
    expect(await readRun(program.app, id)).toMatchObject({ status: 'IN_PROGRESS' });

    // Signed, it is still only a hint: GitHub is asked, and says that the workflow succeeded.
    expect(await deliver(body, webhookSecret)).toBe(200);
    await program.app.settle();
    const ended = await readRun(program.app, id);
    expect(ended).toMatchObject({ status: 'SUCCESS' });
    expect(await deliver(body, webhookSecret)).toBe(200);
    await program.app.settle();
    expect(await readRun(program.app, id)).toEqual(ended);
  });
});

describe("a connection of the organisation's own", () => {
  test('goes before the token of the installation, and its webhook secret proves deliveries', async () => {
    const program = await start({ clock: anHourAgo() });
    const { app, github } = program;
    const connect = async (secrets: object): Promise<void> => {
      const answer = await app.call('PUT', '/api/v1/connections/github', {
        settings: { apiUrl: github.apiUrl },
        secrets,
      });
      expect(answer.status).toBe(200);
    };
    await connect({ token: 'of somebody else', webhookSecret: 'our own' });
    const refused = await begin(app, await save(program));
    expect(await finish(program, refused.id)).toMatchObject({ statusLabel: 'Workflow not started' });

    await connect({ token: github.token });
    const accepted = await begin(app, await save(program));
    expect(await finish(program, accepted.id)).toMatchObject({ status: 'SUCCESS' });

    const body = '{}';
    const signature = createHmac('sha256', 'our own').update(body).digest('hex');
    const headers = { 'x-github-event': 'ping', 'x-hub-signature-256': `sha256=${signature}` };
    const hook = await fetch(`${app.url}/hooks/github`, { method: 'POST', headers, body });
    expect(hook.status).toBe(200);

    // A GitHub App whose key cannot sign says so, and nothing of the key.
    await app.call('PUT', '/api/v1/connections/github', {
      settings: { apiUrl: github.apiUrl, appId: '7' },
      secrets: { privateKey: 'no PEM at all' },
    });
    const unsigned = await begin(app, await save(program));
    const run = await finish(program, unsigned.id);
    expect(run.log.join('\n')).toContain('private key of the GitHub App cannot be used');
    expect(run.log.join('\n')).not.toContain('no PEM at all');
    await program.close();
  });
});

test('without a webhook secret nothing is taken', async () => {
  const app = await startTestApp();
  const answer = await fetch(`${app.url}/hooks/github`, { method: 'POST', body: '{}' });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({
    ok: false,
    message: expect.stringContaining('WEBHOOK_SECRET') as string,
  });
  await app.stop();
});
