import { createAppAuth } from '@octokit/auth-app';
import { request as octokit } from '@octokit/request';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWebhookReceiver } from '#testing/webhook-receiver.ts';
import type { WebhookReceiver } from '#testing/webhook-receiver.ts';
import { startGitHubCounterpart } from './github-counterpart.ts';
import type { GitHubCounterpart, GitHubCounterpartOptions } from './github-counterpart.ts';
import { senderStep } from './sender-step.ts';

const reminder = `
name: Generate Scorecards Reminders
on:
  workflow_dispatch:
    inputs:
      run_id:
        description: 'The id of the action run'
        required: true
        type: string
jobs:
  generate-scorecards-reminders:
    runs-on: ubuntu-latest
    steps:
      - name: Generate Scorecards Reminders
        uses: port-labs/port-sender@v0.2.3
        with:
          operation_kind: scorecard_reminder
          port_client_id: \${{ secrets.PORT_CLIENT_ID }}
          port_client_secret: \${{ secrets.PORT_CLIENT_SECRET }}
          slack_webhook_url: \${{ secrets.SLACK_WEBHOOK_URL }}
          blueprint: service
          scorecard: ProductionReadiness
          target_kind: slack
      - name: Report status to Port
        uses: port-labs/port-github-action@v1
        with:
          clientId: \${{ secrets.PORT_CLIENT_ID }}
          clientSecret: \${{ secrets.PORT_CLIENT_SECRET }}
          operation: PATCH_RUN
          runId: \${{ inputs.run_id }}
          logMessage: |
            Slack reminder sent successfully 🚀
`;
const olderReminder = reminder
  .replace(/run_id:\n.*\n/, 'port_payload:\n')
  .replace('inputs.run_id', 'fromJson(inputs.port_payload).context.runId');

const where = { owner: 'acme', repo: 'portal' };
let quayside: WebhookReceiver;
let github: GitHubCounterpart;
let call: typeof octokit;

beforeEach(async () => {
  quayside = await startWebhookReceiver(({ path }) => {
    if (path === '/v1/auth/access_token')
      return { body: { ok: true, accessToken: 'jwt', expiresIn: 10800, tokenType: 'Bearer' } };
    return {
      status: 201,
      body: { ok: true, run: { id: 'r_1' }, runLog: { runId: 'r_1' }, entity: { identifier: 'e' } },
    };
  });
});
afterEach(async () => {
  await github.close();
  await quayside.close();
});

async function start(
  workflows: Record<string, string>,
  options: Partial<GitHubCounterpartOptions> = {},
): Promise<void> {
  github = await startGitHubCounterpart({
    fetch,
    quaysideUrl: quayside.url.slice(0, -1),
    repositories: [{ owner: 'acme', name: 'portal', refs: ['v1'], workflows }],
    secrets: {
      PORT_CLIENT_ID: 'client-id',
      PORT_CLIENT_SECRET: 'client-secret',
      SLACK_WEBHOOK_URL: 'https://hooks.example.com/x',
    },
    ...options,
  });
  call = octokit.defaults({ baseUrl: github.apiUrl, headers: { authorization: `token ${github.token}` } });
}

function dispatch(
  workflow: string,
  inputs: Record<string, unknown>,
  more: Record<string, unknown> = {},
): ReturnType<typeof octokit> {
  return call('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
    ...where,
    workflow_id: workflow,
    ref: 'main',
    inputs,
    ...more,
  });
}

const oneStep = (step: string) => `on: workflow_dispatch\njobs:\n  only:\n    steps:\n      - ${step}\n`;

describe('a dispatch', () => {
  it.each([
    ['the reminder of the guide', reminder, { run_id: 'r_1' }],
    ['its older form', olderReminder, { port_payload: JSON.stringify({ context: { runId: 'r_1' } }) }],
  ])('carries out %s', async (_name, file, inputs) => {
    const sent: unknown[] = [];
    const send = senderStep(async ({ env, out }) => {
      sent.push(env);
      out(`posting to ${env['INPUT_SLACK_WEBHOOK_URL']}`);
      return 0;
    });
    await start({ 'reminder.yml': file }, { steps: { 'port-labs/port-sender': send } });
    expect((await dispatch('reminder.yml', inputs)).status).toBe(204);
    const run = await github.waitForRun();

    expect(run.jobs[0]?.log.join('\n')).not.toContain('client-secret');
    expect([run.status, run.conclusion]).toEqual(['completed', 'success']);
    expect(sent).toEqual([
      {
        INPUT_PORT_BASE_URL: quayside.url.slice(0, -1),
        INPUT_OPERATION_KIND: 'scorecard_reminder',
        INPUT_PORT_CLIENT_ID: 'client-id',
        INPUT_PORT_CLIENT_SECRET: 'client-secret',
        INPUT_SLACK_WEBHOOK_URL: 'https://hooks.example.com/x',
        INPUT_BLUEPRINT: 'service',
        INPUT_SCORECARD: 'ProductionReadiness',
        INPUT_TARGET_KIND: 'slack',
      },
    ]);
    expect(run.jobs[0]?.log.join('\n')).toContain('posting to ***');
    const calls = quayside.requests.map(({ method, url, body }) => [
      method,
      url,
      JSON.parse(body.toString('utf8')) as unknown,
    ]);
    expect(calls).toEqual([
      ['POST', '/v1/auth/access_token', { clientId: 'client-id', clientSecret: 'client-secret' }],
      ['POST', '/v1/actions/runs/r_1/logs', { message: 'Slack reminder sent successfully 🚀' }],
    ]);
    expect(quayside.requests[1]?.headers).toMatchObject({
      authorization: 'Bearer jwt',
      'user-agent': 'github-action/v1.0',
    });
  });

  it('answers with the run when asked, or by the newer version of the API', async () => {
    await start({ 'w.yml': oneStep('run: echo hi') });
    const asked = await dispatch('w.yml', {}, { return_run_details: true });
    expect(asked.status).toBe(200);
    const newer = await dispatch('w.yml', {}, { headers: { 'x-github-api-version': '2026-03-10' } });
    await github.settled();
    const [second, first] = github.runs();
    expect(asked.data).toEqual({
      workflow_run_id: first?.id,
      run_url: `${github.origin}/repos/acme/portal/actions/runs/${first?.id}`,
      html_url: `${github.origin}/acme/portal/actions/runs/${first?.id}`,
    });
    expect(newer.data).toMatchObject({ workflow_run_id: second?.id });
  });
});

describe('a dispatch that cannot be', () => {
  it('is refused in GitHub’s words', async () => {
    await start({
      'reminder.yml': reminder,
      'push.yml': 'on: push\njobs: {a: {steps: [{run: x}]}}',
      'broken.yml': 'jobs: [',
    });
    const refused = async (answer: Promise<unknown>): Promise<unknown> => {
      const error = (await answer.catch((reason: unknown) => reason)) as {
        status: number;
        response: { data: { message: string } };
      };
      return [error.status, error.response.data.message];
    };
    expect(await refused(dispatch('reminder.yml', { runId: 'r' }))).toEqual([
      422,
      'Unexpected inputs provided: ["runId"]',
    ]);
    expect(await refused(dispatch('reminder.yml', {}))).toEqual([422, "Required input 'run_id' not provided"]);
    expect(await refused(dispatch('reminder.yml', { run_id: 'r' }, { ref: 'nope' }))).toEqual([
      422,
      'No ref found for: nope',
    ]);
    expect(await refused(dispatch('push.yml', {}))).toEqual([
      422,
      "Workflow does not have 'workflow_dispatch' trigger",
    ]);
    expect(await refused(dispatch('broken.yml', {}))).toEqual([
      422,
      expect.stringContaining('failed to parse workflow: broken.yml'),
    ]);
    expect(await refused(dispatch('missing.yml', {}))).toEqual([404, 'Not Found']);
    expect(await refused(dispatch('reminder.yml', { run_id: 'r' }, { repo: 'other' }))).toEqual([404, 'Not Found']);
    const stranger = { headers: { authorization: 'token ghp_stranger' } };
    expect(await refused(dispatch('reminder.yml', { run_id: 'r' }, stranger))).toEqual([401, 'Bad credentials']);
    expect(await refused(call('GET /repos/{owner}/{repo}', { ...where, ...stranger }))).toEqual([
      401,
      'Bad credentials',
    ]);
    await call('PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/disable', {
      ...where,
      workflow_id: 'reminder.yml',
    });
    expect(await refused(dispatch('reminder.yml', { run_id: 'r' }))).toEqual([
      422,
      "Cannot trigger a 'workflow_dispatch' on a disabled workflow",
    ]);
    expect(github.runs()).toEqual([]);
  });
});

describe('an installation', () => {
  it('does not know run details on an older Enterprise Server', async () => {
    await start({ 'w.yml': oneStep('run: echo hi') }, { knowsRunDetails: false });
    await expect(dispatch('w.yml', {}, { return_run_details: true })).rejects.toThrow(
      '"return_run_details" is not a permitted key.',
    );
    expect((await dispatch('w.yml', {}, { headers: { 'x-github-api-version': '2026-03-10' } })).status).toBe(204);
  });

  it('takes a file of the folder as it is at that moment', async () => {
    const workflowsDirectory = await mkdtemp(join(tmpdir(), 'workflows-'));
    await start({}, { repositories: [{ owner: 'acme', name: 'portal' }], workflowsDirectory });
    await writeFile(join(workflowsDirectory, 'late.yaml'), oneStep('run: exit 3'));
    await dispatch('late.yaml', {});
    expect((await github.waitForRun()).conclusion).toBe('failure');
    await rm(workflowsDirectory, { recursive: true });
  });
});

describe('a run', () => {
  it('is queued, then in progress, then completed, and every change is announced and signed', async () => {
    const receiver = await startWebhookReceiver();
    const gate = Promise.withResolvers<void>();
    const holding = async () => {
      await gate.promise;
      return { conclusion: 'success' as const };
    };
    await start(
      { 'w.yml': oneStep('uses: acme/hold@v1') },
      { steps: { 'acme/hold': holding }, webhook: { url: receiver.url, secret: 'hush' } },
    );
    await dispatch('w.yml', {});
    await receiver.received(2);
    const { data: during } = await call('GET /repos/{owner}/{repo}/actions/runs', { ...where, status: 'in_progress' });
    expect(during.total_count).toBe(1);
    gate.resolve();
    const requests = await receiver.received(3);
    await github.settled();

    const bodies = requests.map(
      ({ body }) =>
        JSON.parse(body.toString('utf8')) as {
          action: string;
          workflow_run: { status: string; conclusion: string | null };
        },
    );
    expect(bodies.map(({ action, workflow_run: run }) => [action, run.status, run.conclusion])).toEqual([
      ['requested', 'queued', null],
      ['in_progress', 'in_progress', null],
      ['completed', 'completed', 'success'],
    ]);
    for (const { headers, body } of requests) {
      expect(headers['x-github-event']).toBe('workflow_run');
      expect(headers['x-hub-signature-256']).toBe(`sha256=${createHmac('sha256', 'hush').update(body).digest('hex')}`);
    }
    expect(new Set(requests.map(({ headers }) => headers['x-github-delivery'])).size).toBe(3);
    expect(github.deliveries.map(({ status }) => status)).toEqual([200, 200, 200]);
    await receiver.close();
  });

  it('can be read with its jobs, steps, log and page', async () => {
    await start({ 'w.yml': oneStep('{id: say, name: Say it, run: echo hello}') });
    await dispatch('w.yml', {});
    const { id } = await github.waitForRun();
    const { data: run } = await call('GET /repos/{owner}/{repo}/actions/runs/{run_id}', { ...where, run_id: id });
    expect(run).toMatchObject({
      id,
      run_number: 1,
      event: 'workflow_dispatch',
      conclusion: 'success',
      path: '.github/workflows/w.yml',
      repository: { full_name: 'acme/portal', url: `${github.origin}/repos/acme/portal` },
    });
    const { data: jobs } = await call('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', { ...where, run_id: id });
    expect(jobs.jobs[0]).toMatchObject({
      name: 'only',
      conclusion: 'success',
      steps: [{ name: 'Say it', number: 1, conclusion: 'success' }],
    });
    const logs = await call('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', {
      ...where,
      job_id: Number(jobs.jobs[0]?.id),
    });
    expect(logs.data).toContain('hello');
    const { data: list } = await call('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
      ...where,
      workflow_id: 'w.yml',
      created: `>=${run.created_at}`,
    });
    expect(list.workflow_runs.map((each) => each.id)).toEqual([id]);
    const page = await (await fetch(run.html_url)).text();
    expect(page).toContain('hello');
    await expect(call('GET /repos/{owner}/{repo}/actions/runs/{run_id}', { ...where, run_id: 1 })).rejects.toThrow(
      'Not Found',
    );
  });
});

describe('the steps of a run', () => {
  it('see conditions, outputs, environment and the jobs they need', async () => {
    const file = `
run-name: Check \${{ inputs.who }}
on: { workflow_dispatch: { inputs: { who: { default: you }, dry: { type: boolean } } } }
env: { GREETING: Hello }
jobs:
  last:
    needs: [first, broken]
    if: always()
    steps:
      - run: echo "\${{ needs.first.outputs.word }} after \${{ needs.broken.result }}"
  first:
    outputs: { word: "\${{ steps.make.outputs.word }}" }
    env: { WHO: "\${{ inputs.who }}" }
    steps:
      - { id: make, uses: acme/word@v1 }
      - { if: "!inputs.dry", run: "echo \${{ env.GREETING }} \${{ env.WHO }} in \${{ github.repository }} with \${{ vars.LEVEL }}" }
      - { if: inputs.dry, run: echo never }
  broken:
    steps:
      - { uses: acme/unknown@v1, continue-on-error: true }
      - run: exit 2
      - run: echo skipped
      - { if: failure(), run: echo cleaning up }
  skipped:
    needs: broken
    steps: [{ run: echo never }]
`;
    const word = async () => ({ conclusion: 'success' as const, outputs: { word: 'done' } });
    await start({ 'w.yml': file }, { steps: { 'acme/word': word }, variables: { LEVEL: 'gold' } });
    await dispatch('w.yml', {});
    const run = await github.waitForRun();
    expect([run.title, run.conclusion]).toEqual(['Check you', 'failure']);
    const job = Object.fromEntries(run.jobs.map((each) => [each.name, each]));
    const steps = (name: string): unknown => job[name]?.steps.map(({ conclusion }) => conclusion);
    const log = (name: string): string => job[name]?.log.join('\n') ?? '';
    expect(log('first')).toContain('Hello you in acme/portal with gold');
    expect(steps('first')).toEqual(['success', 'success', 'skipped']);
    expect(steps('broken')).toEqual(['success', 'failure', 'skipped', 'success']);
    expect(log('broken')).toContain('Unable to resolve action acme/unknown@v1');
    expect(log('last')).toContain('done after failure');
    expect([job['last']?.conclusion, job['skipped']?.conclusion]).toEqual(['success', 'skipped']);
  });

  it('fail when an expression or a shell command is beyond the runner, and say so', async () => {
    await start({ 'a.yml': oneStep('run: curl https://example.com'), 'b.yml': oneStep('run: echo ${{ nope.x }}') });
    await dispatch('a.yml', {});
    await dispatch('b.yml', {});
    await github.settled();
    const [second, first] = github.runs();
    expect(first?.jobs[0]?.log.join('\n')).toContain(
      'no shell here, so this is not carried out: curl https://example.com',
    );
    expect(second?.jobs[0]?.log.join('\n')).toContain("Unrecognized named-value: 'nope'");
    expect([first?.conclusion, second?.conclusion]).toEqual(['failure', 'failure']);
  });

  it('stop when the run is cancelled, except those that always run', async () => {
    const started = Promise.withResolvers<void>();
    const patient = async (_inputs: unknown, { signal }: { signal: AbortSignal }) => {
      started.resolve();
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
      return { conclusion: 'success' as const };
    };
    const file =
      'on: workflow_dispatch\njobs: {a: {steps: [{uses: acme/wait@v1}, {run: echo never}, {if: always(), run: echo always}]}}';
    await start({ 'w.yml': file }, { steps: { 'acme/wait': patient } });
    const { data } = await dispatch('w.yml', {}, { return_run_details: true });
    await started.promise;
    const { workflow_run_id: run_id } = data as { workflow_run_id: number };
    const cancel = () => call('POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel', { ...where, run_id });
    expect((await cancel()).status).toBe(202);
    const run = await github.waitForRun();
    expect(run.conclusion).toBe('cancelled');
    expect(run.jobs[0]?.steps.map(({ conclusion }) => conclusion)).toEqual(['cancelled', 'cancelled', 'success']);
    await expect(cancel()).rejects.toThrow('completed');
  });
});

describe('a run among troubles', () => {
  it('goes on although nobody answers its webhook', async () => {
    await start({ 'w.yml': oneStep('run: echo hi') }, { webhook: { url: 'http://127.0.0.1:1/', secret: 's' } });
    await dispatch('w.yml', {});
    await github.settled();
    expect(github.deliveries.map(({ action, status }) => [action, status])).toEqual([
      ['completed', undefined],
      ['in_progress', undefined],
      ['requested', undefined],
    ]);
  });

  it('shows a step that Quayside refused', async () => {
    await start(
      { 'reminder.yml': reminder },
      { steps: { 'port-labs/port-sender': async () => ({ conclusion: 'success' }) } },
    );
    quayside.answerWith({
      status: 401,
      body: { ok: false, error: 'invalid_credentials', message: 'Invalid credentials' },
    });
    await dispatch('reminder.yml', { run_id: 'r_1' });
    const run = await github.waitForRun();
    expect(run.conclusion).toBe('failure');
    expect(run.jobs[0]?.log.join('\n')).toContain('POST /v1/auth/access_token answered 401: Invalid credentials');
  });
});

describe('beside Actions', () => {
  it('repositories and issues are the emulator’s', async () => {
    await start({});
    const { data: repository } = await call('GET /repos/{owner}/{repo}', where);
    expect(repository.html_url).toBe(`${github.origin}/acme/portal`);
    const { data: issue } = await call('POST /repos/{owner}/{repo}/issues', { ...where, title: 'Reach Gold' });
    const { data: issues } = await call('GET /repos/{owner}/{repo}/issues', where);
    expect(issues.map(({ number }) => number)).toEqual([issue.number]);
  });

  it('a GitHub App signs in and dispatches', async () => {
    await start(
      { 'w.yml': oneStep('run: echo hi') },
      { app: { id: 7, slug: 'quayside', name: 'Quayside', installationId: 70 } },
    );
    const auth = createAppAuth({
      appId: 7,
      privateKey: github.appPrivateKey ?? '',
      installationId: 70,
      request: octokit.defaults({ baseUrl: github.apiUrl }),
    });
    const { token } = await auth({ type: 'installation' });
    const answer = await dispatch('w.yml', {}, { headers: { authorization: `token ${token}` } });
    expect(answer.status).toBe(204);
    expect((await github.waitForRun()).conclusion).toBe('success');
  });
});
