import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createEgress } from '#platform/egress/egress.ts';
import { startRawHttpServer } from '#testing/raw-http-server.ts';
import type { RawHttpServer, SeenRequest } from '#testing/raw-http-server.ts';
import { createGitHubClient } from './client.ts';
import type { GitHubClient } from './client.ts';
import { mayRepeat } from './github-errors.ts';

const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const token = 'ghp_canary';

async function github(
  answer: (request: SeenRequest, response: ServerResponse) => void,
  options: { timeoutMs?: number } = {},
): Promise<{ server: RawHttpServer; client: GitHubClient }> {
  const server = await startRawHttpServer(answer);
  const egress = createEgress({ allow: [server.authority] });
  open.push(server, egress);
  return {
    server,
    client: createGitHubClient({ egress, apiUrl: server.origin, credentials: { kind: 'token', token }, ...options }),
  };
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body));
}

const dispatch = { org: 'acme', repo: 'payments', workflow: 'deploy.yml', ref: 'main', inputs: { run_id: 'r_1' } };
const dispatchPath = '/repos/acme/payments/actions/workflows/deploy.yml/dispatches';
const rawRun = (overrides: object = {}): object => ({
  id: 42,
  html_url: 'https://github.example.com/acme/payments/actions/runs/42',
  display_title: 'Deploy',
  status: 'queued',
  conclusion: null,
  event: 'workflow_dispatch',
  head_branch: 'main',
  run_attempt: 1,
  created_at: '2026-01-05T12:00:00Z',
  updated_at: '2026-01-05T12:00:00Z',
  ...overrides,
});

describe('dispatchWorkflow', () => {
  test('sends branch and inputs, and learns the run where GitHub names it', async () => {
    const { server, client } = await github((_request, response) =>
      json(response, 200, {
        workflow_run_id: 42,
        run_url: 'x',
        html_url: 'https://github.example.com/acme/payments/actions/runs/42',
      }),
    );
    const result = await client.dispatchWorkflow(dispatch);
    expect(result).toMatchObject({
      ok: true,
      value: { ref: 'main', run: { id: '42', url: 'https://github.example.com/acme/payments/actions/runs/42' } },
    });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      path: dispatchPath,
      headers: {
        authorization: `Bearer ${token}`,
        'x-github-api-version': '2022-11-28',
        'user-agent': expect.stringMatching(/^Quayside/),
      },
    });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      ref: 'main',
      inputs: { run_id: 'r_1' },
      return_run_details: true,
    });
  });

  test('where GitHub does not name the run, tells from when on to look, by GitHub’s clock', async () => {
    const date = new Date(Date.UTC(2031, 4, 1, 8, 30, 30));
    const { client } = await github(
      (_request, response) => void response.writeHead(204, { date: date.toUTCString() }).end(),
    );
    const result = await client.dispatchWorkflow(dispatch);
    expect(result).toMatchObject({ ok: true, value: { run: undefined } });
    const notBefore = Date.parse(result.ok ? result.value.notBefore : '');
    expect(notBefore).toBeLessThanOrEqual(date.getTime() - 2_000);
    expect(notBefore).toBeGreaterThan(date.getTime() - 10_000);
  });

  test('a server that does not know how to name the run is asked again without', async () => {
    const { server, client } = await github((request, response) => {
      if (request.body.includes('return_run_details'))
        json(response, 422, { message: 'Invalid request.\n\n"return_run_details" is not a permitted key.' });
      else response.writeHead(204).end();
    });
    await expect(client.dispatchWorkflow(dispatch)).resolves.toMatchObject({ ok: true, value: { run: undefined } });
    expect(server.seen.map((request) => JSON.parse(request.body))).toEqual([
      { ref: 'main', inputs: { run_id: 'r_1' }, return_run_details: true },
      { ref: 'main', inputs: { run_id: 'r_1' } },
    ]);
  });

  test('without a branch the default branch is asked for', async () => {
    const { server, client } = await github((request, response) => {
      if (request.method === 'GET') json(response, 200, { default_branch: 'trunk' });
      else response.writeHead(204).end();
    });
    await expect(client.dispatchWorkflow({ ...dispatch, ref: undefined })).resolves.toMatchObject({
      ok: true,
      value: { ref: 'trunk' },
    });
    expect(server.seen.map((request) => `${request.method} ${request.path}`)).toEqual([
      'GET /repos/acme/payments',
      `POST ${dispatchPath}`,
    ]);
    expect(JSON.parse(server.seen[1]?.body ?? '')).toMatchObject({ ref: 'trunk' });
  });

  test('a refusal is explained, once asked, and never shows the token', async () => {
    const { server, client } = await github((_request, response) =>
      json(response, 422, {
        message: 'Unexpected inputs provided: ["run_id"]',
        documentation_url: 'https://docs.github.com/rest',
      }),
    );
    const result = await client.dispatchWorkflow(dispatch);
    expect(result).toMatchObject({
      ok: false,
      failure: { reason: 'rejected', status: 422, message: expect.stringContaining('["run_id"]') },
    });
    expect(JSON.stringify(result)).not.toContain(token);
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ['the connection breaks', (response: ServerResponse) => void response.socket?.destroy()],
    ['no answer comes', () => undefined],
    ['a gateway gives up', (response: ServerResponse) => json(response, 502, {})],
    [
      'a page comes instead',
      (response: ServerResponse) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    ],
  ])('when %s the outcome is unknown, nothing is repeated, and it says where to look', async (_what, answer) => {
    const { server, client } = await github((_request, response) => answer(response), { timeoutMs: 1_000 });
    const before = systemClock.now().getTime();
    const result = await client.dispatchWorkflow(dispatch);
    expect(result).toMatchObject({ ok: false, failure: { reason: 'unknown' }, search: { ref: 'main' } });
    expect(!result.ok && mayRepeat(result.failure)).toBe(false);
    expect(Date.parse(result.ok ? '' : (result.search?.notBefore ?? ''))).toBeLessThan(before);
    expect(server.seen).toHaveLength(1);
  });

  test('a server that cannot be reached has started nothing, and may be asked again', async () => {
    const { server, client } = await github(() => undefined);
    await server.close();
    open.shift();
    const result = await client.dispatchWorkflow(dispatch);
    expect(result).toMatchObject({
      ok: false,
      failure: { reason: 'unavailable', message: expect.stringContaining('refused the connection') },
    });
    expect(!result.ok && mayRepeat(result.failure)).toBe(true);
  });

  test('a repository that moved is told, not followed', async () => {
    const { server, client } = await github(
      (_request, response) => void response.writeHead(307, { location: '/repositories/1' }).end(),
    );
    await expect(client.dispatchWorkflow(dispatch)).resolves.toMatchObject({
      ok: false,
      failure: { reason: 'rejected', message: expect.stringContaining('acme/payments has moved') },
    });
    expect(server.seen).toHaveLength(1);
  });

  test('a private address of the API is refused by the guard', async () => {
    const egress = createEgress({ allow: [] });
    open.push(egress);
    const client = createGitHubClient({
      egress,
      apiUrl: 'http://169.254.169.254/',
      credentials: { kind: 'token', token },
    });
    await expect(client.dispatchWorkflow(dispatch)).resolves.toMatchObject({
      ok: false,
      failure: { reason: 'rejected', message: expect.stringContaining('QUAYSIDE_EGRESS_ALLOW') },
    });
  });

  test('the rate limit tells when to come back', async () => {
    const { client } = await github((_request, response) =>
      json(
        response,
        403,
        { message: 'API rate limit exceeded' },
        { 'x-ratelimit-remaining': '0', 'retry-after': '17' },
      ),
    );
    await expect(client.dispatchWorkflow(dispatch)).resolves.toMatchObject({
      ok: false,
      failure: { reason: 'rate-limited', retryAfterMs: 17_000 },
    });
  });
});

describe('following a run', () => {
  test('finds the run of a dispatch among others', async () => {
    const { server, client } = await github((_request, response) =>
      json(response, 200, {
        total_count: 3,
        workflow_runs: [
          rawRun({ id: 44, created_at: '2026-01-05T12:00:09Z' }),
          rawRun({ id: 43, created_at: '2026-01-05T12:00:05Z' }),
          rawRun({ id: 42, created_at: '2026-01-05T11:59:00Z' }),
        ],
      }),
    );
    const search = {
      org: 'acme',
      repo: 'payments',
      workflow: 'deploy.yml',
      ref: 'refs/heads/main',
      notBefore: '2026-01-05T12:00:00Z',
    };
    await expect(client.findWorkflowRun(search)).resolves.toMatchObject({
      ok: true,
      value: { id: '43', status: 'queued' },
    });
    await expect(client.findWorkflowRun({ ...search, claimed: ['43', '44'] })).resolves.toEqual({
      ok: true,
      value: undefined,
    });
    expect(server.seen[0]?.path).toBe(
      '/repos/acme/payments/actions/workflows/deploy.yml/runs?event=workflow_dispatch&branch=main&per_page=100',
    );
  });

  test('reads a run and its jobs', async () => {
    const { client } = await github((request, response) => {
      if (request.path.endsWith('/actions/runs/42'))
        return json(response, 200, rawRun({ status: 'completed', conclusion: 'success' }));
      if (request.path.startsWith('/repos/acme/payments/actions/runs/42/jobs?')) {
        const steps = [{ name: 'Check out', status: 'completed', conclusion: 'success', number: 1 }];
        return json(response, 200, {
          jobs: [{ id: 7, name: 'build', status: 'completed', conclusion: 'success', html_url: 'u', steps }],
        });
      }
      return json(response, 404, { message: 'Not Found' });
    });
    const place = { org: 'acme', repo: 'payments' };
    await expect(client.getWorkflowRun({ ...place, runId: '42' })).resolves.toMatchObject({
      ok: true,
      value: { conclusion: 'success' },
    });
    await expect(client.listJobs({ ...place, runId: '42' })).resolves.toMatchObject({
      ok: true,
      value: [{ id: '7', name: 'build', steps: [{ name: 'Check out', conclusion: 'success' }] }],
    });
    await expect(client.getWorkflowRun({ ...place, runId: '41' })).resolves.toMatchObject({
      ok: false,
      failure: { reason: 'not-found' },
    });
  });

  test('a log is fetched from where GitHub keeps it, without the token, and cut', async () => {
    const storage = await startRawHttpServer((_request, response) => void response.end('line one\nline two\n'));
    open.push(storage);
    const server = await startRawHttpServer(
      (_request, response) => void response.writeHead(302, { location: `${storage.origin}/log?sig=x` }).end(),
    );
    const egress = createEgress({ allow: [server.authority, storage.authority] });
    open.push(server, egress);
    const client = createGitHubClient({ egress, apiUrl: server.origin, credentials: { kind: 'token', token } });
    const query = { org: 'acme', repo: 'payments', jobId: '7' };
    await expect(client.readJobLog(query)).resolves.toEqual({ ok: true, value: 'line one\nline two\n' });
    await expect(client.readJobLog({ ...query, maxBytes: 8 })).resolves.toEqual({ ok: true, value: 'line one' });
    expect(storage.seen.map((request) => request.headers.authorization)).toEqual([undefined, undefined]);
  });

  test('an answer that is not GitHub’s is a failure', async () => {
    const { client } = await github(
      (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    );
    const place = { org: 'acme', repo: 'payments' };
    const search = { ...place, workflow: 'deploy.yml', ref: 'main', notBefore: '2026-01-05T12:00:00Z' };
    for (const result of [
      await client.getWorkflowRun({ ...place, runId: '1' }),
      await client.getDefaultBranch(place),
      await client.findWorkflowRun(search),
      await client.listJobs({ ...place, runId: '1' }),
    ]) {
      expect(result).toMatchObject({
        ok: false,
        failure: { reason: 'unavailable', message: expect.stringContaining('address of its API') },
      });
    }
  });
});
