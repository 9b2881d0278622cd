import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readGitHubEvent, verifyGitHubWebhook } from './verify-webhook.ts';

const secret = 'webhook-secret';
const rawBody = '{"action":"completed","title":"grüß"}';
const sign = (body: string, key = secret): string => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
const check = (overrides: Partial<Parameters<typeof verifyGitHubWebhook>[0]> = {}) =>
  verifyGitHubWebhook({ secrets: [secret], signature: sign(rawBody), rawBody, ...overrides });

describe('verifyGitHubWebhook', () => {
  test('accepts the example of GitHub’s documentation', () => {
    expect(
      verifyGitHubWebhook({
        secrets: ["It's a Secret to Everybody"],
        rawBody: 'Hello, World!',
        signature: 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      }),
    ).toEqual({ valid: true });
  });

  test('accepts texts, bytes, an empty body and any of several secrets', () => {
    expect(check()).toEqual({ valid: true });
    expect(check({ rawBody: Buffer.from(rawBody) })).toEqual({ valid: true });
    expect(check({ rawBody: '', signature: sign('') })).toEqual({ valid: true });
    expect(check({ secrets: ['new', secret] })).toEqual({ valid: true });
  });

  test.each([
    ['the body was serialised anew', { rawBody: JSON.stringify(JSON.parse(rawBody), null, 2) }],
    ['line ends changed', { rawBody: `${rawBody}\r\n` }],
    ['the body is gone', { rawBody: '' }],
    ['it was signed with another secret', { signature: sign(rawBody, 'other') }],
    ['the secret was replaced', { secrets: ['new'] }],
    ['no secret is set', { secrets: [] }],
    ['the secret is empty', { secrets: [''], signature: sign(rawBody, '') }],
  ])('refuses when %s', (_what, overrides) => {
    expect(check(overrides)).toEqual({ valid: false, reason: 'mismatch' });
  });

  test.each([
    [undefined, 'missing'],
    ['', 'malformed'],
    ['sha256=', 'malformed'],
    [sign(rawBody).replace('sha256', 'sha1'), 'malformed'],
    [sign(rawBody).slice(0, -1), 'malformed'],
    [sign(rawBody).toUpperCase(), 'malformed'],
    [`${sign(rawBody)}, ${sign(rawBody)}`, 'malformed'],
    [[sign(rawBody), sign(rawBody)], 'malformed'],
    ['sha256=é', 'malformed'],
  ] as const)('the signature %j is %s', (signature, reason) => {
    expect(check({ signature })).toEqual({ valid: false, reason });
  });
});

describe('readGitHubEvent', () => {
  const workflowRun = {
    id: 42,
    html_url: 'https://github.example.com/acme/payments/actions/runs/42',
    display_title: 'Deploy',
    status: 'completed',
    conclusion: 'failure',
    event: 'workflow_dispatch',
    head_branch: 'main',
    path: '.github/workflows/deploy.yml@refs/heads/main',
    created_at: '2026-01-05T12:00:00Z',
    updated_at: '2026-01-05T12:01:00Z',
  };
  const body = { action: 'completed', workflow_run: workflowRun, repository: { full_name: 'acme/payments' } };

  test('reads a workflow_run', () => {
    expect(readGitHubEvent('workflow_run', body)).toMatchObject({
      kind: 'workflow-run',
      action: 'completed',
      org: 'acme',
      repo: 'payments',
      workflow: 'deploy.yml',
      run: { id: '42', conclusion: 'failure', url: workflowRun.html_url },
    });
  });

  test('sets other events aside', () => {
    expect(readGitHubEvent('ping', { zen: 'x' })).toEqual({ kind: 'ping' });
    expect(readGitHubEvent('push', {})).toEqual({ kind: 'other', name: 'push' });
    expect(readGitHubEvent('workflow_run', { ...body, action: 'renamed' })).toEqual({
      kind: 'other',
      name: 'workflow_run',
    });
  });

  test.each([null, [], {}, { ...body, workflow_run: null }, { ...body, repository: { full_name: 'acme' } }])(
    'refuses %j',
    (broken) => {
      expect(() => readGitHubEvent('workflow_run', broken)).toThrow(expect.objectContaining({ kind: 'bad-request' }));
    },
  );
});
