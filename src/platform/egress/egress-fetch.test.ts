import { request as octokitRequest } from '@octokit/request';
import { LogLevel, WebClient } from '@slack/web-api';
import { IncomingWebhook } from '@slack/webhook';
import { afterEach, describe, expect, test } from 'vitest';
import { startRawHttpServer } from '#testing/raw-http-server.ts';
import type { RawHttpServer } from '#testing/raw-http-server.ts';
import { createEgress } from './egress.ts';
import type { Egress } from './egress.ts';
import { EgressFailure, egressErrorIn } from './egress-failure.ts';
import { createEgressFetch } from './egress-fetch.ts';

const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function serve(
  answer: Parameters<typeof startRawHttpServer>[0],
): Promise<{ server: RawHttpServer; egress: Egress }> {
  const server = await startRawHttpServer(answer);
  const egress = createEgress({ allow: [server.authority], timeoutMs: 5_000 });
  open.push(server, egress);
  return { server, egress };
}

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => new Error('the call went through'),
    (error: unknown) => error,
  );

describe('createEgressFetch', () => {
  test('sends texts, forms and bytes with the headers fetch would add', async () => {
    const { server, egress } = await serve((_request, response) => void response.writeHead(204).end());
    const fetch = createEgressFetch(egress);
    const form = new FormData();
    form.append('file', new Blob(['content']), 'a.txt');
    for (const body of ['text', new URLSearchParams({ a: 'b c' }), form, new Uint8Array([65, 66])]) {
      const response = await fetch(`${server.origin}/x`, { method: 'POST', body });
      expect(response.status).toBe(204);
    }
    expect(server.seen.map((request) => request.headers['content-type']?.split(';')[0])).toEqual([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      undefined,
    ]);
    expect(server.seen.map((request) => request.body)).toEqual([
      'text',
      'a=b+c',
      expect.stringContaining('content'),
      'AB',
    ]);
  });

  test('never follows a redirect, and hands it out only when asked to', async () => {
    const { server, egress } = await serve(
      (_request, response) => void response.writeHead(302, { location: '/next' }).end(),
    );
    const fetch = createEgressFetch(egress);
    for (const redirect of ['follow', 'error'] as const) {
      expect(await errorOf(fetch(server.origin, { redirect }))).toMatchObject({ reason: 'redirect' });
    }
    const response = await fetch(server.origin, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/next']);
    expect(server.seen.map((request) => request.path)).toEqual(['/', '/', '/']);
  });

  test('an answer over the limit is a failure', async () => {
    const { server, egress } = await serve((_request, response) => void response.end('[1,2,3]'));
    const fetch = createEgressFetch(egress, { maxResponseBytes: 4 });
    expect(await errorOf(fetch(server.origin))).toMatchObject({ reason: 'too-large' });
  });

  test('an address with credentials is refused without repeating them', async () => {
    const { egress } = await serve(() => undefined);
    const error = await errorOf(createEgressFetch(egress)('https://user:hush@example.com/'));
    expect(error).toMatchObject({ code: 'invalid_destination' });
    expect(String(error)).not.toContain('hush');
  });

  test('ends with the signal given to it', async () => {
    const { server, egress } = await serve(() => undefined);
    const fetch = createEgressFetch(egress);
    expect(await errorOf(fetch(server.origin, { signal: AbortSignal.timeout(500) }))).toMatchObject({
      reason: 'timeout',
      requestSent: true,
    });
    expect(await errorOf(fetch(server.origin, { signal: AbortSignal.abort() }))).toMatchObject({
      reason: 'aborted',
      requestSent: false,
    });
  });
});

describe('client libraries on it', () => {
  test('Octokit works, and its errors still hold the guard’s', async () => {
    const { server, egress } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"full_name":"acme/payments"}');
    });
    const request = octokitRequest.defaults({ baseUrl: server.origin, request: { fetch: createEgressFetch(egress) } });
    const answer = await request('GET /repos/{owner}/{repo}', { owner: 'acme', repo: 'payments' });
    expect(answer.data.full_name).toBe('acme/payments');
    const error = await errorOf(
      request('GET /repos/{owner}/{repo}', { owner: 'a', repo: 'b', baseUrl: 'http://127.0.0.1:1' }),
    );
    expect(egressErrorIn(error)).toMatchObject({ code: 'private_destination' });
  });

  test('Slack’s Web API client works, and its errors still hold the guard’s', async () => {
    const { server, egress } = await serve((request, response) => {
      if (request.path === '/api/auth.test')
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
      else response.socket?.destroy();
    });
    const slack = new WebClient('xoxb-test', {
      slackApiUrl: `${server.origin}/api/`,
      fetch: createEgressFetch(egress),
      retryConfig: { retries: 0 },
      logLevel: LogLevel.ERROR,
    });
    await expect(slack.auth.test()).resolves.toMatchObject({ ok: true });
    const failure = egressErrorIn(await errorOf(slack.chat.postMessage({ channel: 'C1', text: 'hello' })));
    expect(failure).toBeInstanceOf(EgressFailure);
    expect(failure).toMatchObject({ reason: 'reset', requestSent: true });
  });

  test('Slack’s incoming webhook works, and its errors still hold the guard’s', async () => {
    const { server, egress } = await serve((_request, response) => void response.end('ok'));
    const fetch = createEgressFetch(egress);
    await expect(new IncomingWebhook(`${server.origin}/services/x`, { fetch }).send({ text: 'hi' })).resolves.toEqual({
      text: 'ok',
    });
    expect(server.seen[0]?.body).toBe('{"text":"hi"}');
    const error = await errorOf(new IncomingWebhook('http://169.254.169.254/', { fetch }).send('hi'));
    expect(egressErrorIn(error)).toMatchObject({ code: 'private_destination' });
  });
});

test('egressErrorIn finds nothing in other errors', () => {
  expect(egressErrorIn(new Error('a', { cause: new Error('b') }))).toBeUndefined();
  expect(egressErrorIn('text')).toBeUndefined();
});
