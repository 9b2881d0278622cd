import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { settableClock, systemClock } from '#platform/clock.ts';
import { type GitHubCounterpart, startGitHubCounterpart } from '#sample/counterparts/github/github-counterpart.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, readLog, readRun, saveAction, type WireRun } from '#testing/test-action.ts';

const workflow = `
name: Test
on:
  workflow_dispatch:
    inputs:
      run_id: { required: true, type: string }
jobs:
  only:
    runs-on: ubuntu-latest
    steps:
      - run: exit 0
`;
const appId = 4711;
const inputs = { run_id: '{{ .run.id }}' };
const method = { type: 'GITHUB', org: 'acme', repo: 'portal', workflow: 'exit.yml', workflowInputs: inputs };
let github: GitHubCounterpart;
let app: TestApp;

beforeAll(async () => {
  let quaysideUrl = '';
  github = await startGitHubCounterpart({
    quaysideUrl: () => quaysideUrl,
    repositories: [{ owner: 'acme', name: 'portal', workflows: { 'exit.yml': workflow } }],
    app: { id: appId, slug: 'quayside', name: 'Quayside', installationId: 99 },
  });
  app = await startTestApp({
    // What is to happen later is due at once.
    clock: settableClock(new Date(systemClock.now().getTime() - 3_600_000)),
    allow: ['127.0.0.1'],
    environment: { QUAYSIDE_GITHUB_API_URL: github.apiUrl },
  });
  quaysideUrl = app.url;
});
afterAll(async () => {
  await app.stop();
  await github.close();
});
afterEach(() => github.faults.clear());

async function connect(settings: object): Promise<void> {
  const answer = await app.call('PUT', '/api/v1/connections/github', {
    settings: { apiUrl: github.apiUrl, appId: String(appId), ...settings },
    secrets: { privateKey: github.appPrivateKey },
  });
  expect(answer.status).toBe(200);
}

async function finish(id: string): Promise<WireRun & { readonly log: readonly string[] }> {
  await app.settle();
  await github.settled();
  await app.settle();
  return { ...(await readRun(app, id)), log: await readLog(app, id) };
}

/** Counts and lets pass: a fault that matches, and does nothing but take the time it took anyway. */
function countTokens(): { readonly hits: number } {
  return github.faults.add({ kind: 'delay', until: 0 }, { match: ({ path }) => path.endsWith('/access_tokens') });
}

describe.each([
  ['that is looked up', {}],
  ['that is given', { installationId: '99' }],
])("an organisation's GitHub App, with an installation %s", (_case, settings) => {
  test('starts workflows and follows them, with one token for all', async () => {
    await connect(settings);
    const tokens = countTokens();
    const action = await saveAction(app, method);
    for (let round = 0; round < 2; round += 1) {
      const { id } = await begin(app, action);
      const run = await finish(id);
      expect(run).toMatchObject({ status: 'SUCCESS', link: expect.stringContaining('/actions/runs/') as string });
      expect(run.log).toEqual(['Started exit.yml of acme/portal on main.', 'The workflow ended: Succeeded.']);
    }
    expect(tokens.hits).toBe(1);
  });

  test('gets a new token when GitHub no longer takes the one it gave out, and starts the workflow once', async () => {
    await connect(settings);
    const action = await saveAction(app, method);
    expect(await finish((await begin(app, action)).id)).toMatchObject({ status: 'SUCCESS' });
    const before = github.runs().length;
    const tokens = countTokens();
    github.faults.add(
      { kind: 'answer', status: 401, body: { message: 'Bad credentials' } },
      { match: ({ path }) => path.endsWith('/dispatches'), times: 1 },
    );
    expect(await finish((await begin(app, action)).id)).toMatchObject({ status: 'SUCCESS' });
    expect(tokens.hits).toBe(1);
    expect(github.runs()).toHaveLength(before + 1);
  });

  test('that is refused with every token is told, after two tries', async () => {
    await connect(settings);
    const refused = github.faults.add(
      { kind: 'answer', status: 401, body: { message: 'Bad credentials' } },
      { match: ({ path }) => path.endsWith('/dispatches') },
    );
    const run = await finish((await begin(app, await saveAction(app, method))).id);
    expect(run).toMatchObject({ status: 'FAILURE', statusLabel: 'Workflow not started' });
    expect(run.log.join('\n')).toContain('does not accept the credentials');
    expect(run.log.join('\n')).not.toContain('PRIVATE KEY');
    expect(refused.hits).toBe(2);
  });
});

test.each([
  ['a secondary limit', 403, { 'retry-after': '1' }, { message: 'You have exceeded a secondary rate limit.' }],
  ['a used-up limit', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }, { message: 'rate limit' }],
  ['too many requests', 429, { 'retry-after': '1' }, {}],
])('%s is waited for, and one workflow starts', async (_case, status, headers, body) => {
  await connect({});
  const before = github.runs().length;
  const fault = github.faults.add(
    { kind: 'answer', status, headers, body },
    { match: ({ path }) => path.endsWith('/dispatches'), times: 2 },
  );
  const run = await finish((await begin(app, await saveAction(app, method))).id);
  expect(run).toMatchObject({ status: 'SUCCESS' });
  expect(run.log[0]).toContain("GitHub's rate limit");
  expect(fault.hits).toBe(2);
  expect(github.runs()).toHaveLength(before + 1);
});
