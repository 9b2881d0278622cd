import { describe, expect, test } from 'vitest';
import { describeRefusal } from './describe-refusal.ts';
import type { GitHubRefusal, GitHubTask } from './describe-refusal.ts';

const now = Date.UTC(2026, 0, 5, 12);
const dispatch: GitHubTask = {
  org: 'acme',
  repo: 'payments',
  workflow: 'deploy.yml',
  ref: 'main',
  doing: 'start the workflow deploy.yml in acme/payments',
  changesSomething: true,
};
const read: GitHubTask = {
  org: 'acme',
  repo: 'payments',
  doing: 'read the repository acme/payments',
  changesSomething: false,
};
const explain = (refusal: Partial<GitHubRefusal>, task = dispatch) =>
  describeRefusal({ status: 422, message: '', headers: {}, ...refusal }, task, now);

describe('a refusal says what to check', () => {
  test.each([
    [
      404,
      'Not Found',
      'not-found',
      /no repository acme\/payments with a workflow "deploy.yml".*default branch.*Actions: read and write/,
    ],
    [
      422,
      'Unexpected inputs provided: ["runId"]',
      'rejected',
      /\["runId"\].*on\.workflow_dispatch\.inputs in \.github\/workflows\/deploy\.yml/,
    ],
    [422, "Required input 'run_id' not provided", 'rejected', /'run_id'.*Add the input to the action/],
    [422, "Provided value 'x' for input 'env' not in the list of allowed values", 'rejected', /Compare the value/],
    [422, 'No ref found for: main', 'rejected', /branch or tag "main" does not exist.*"ref"/],
    [422, "Workflow does not have 'workflow_dispatch' trigger", 'rejected', /Add "workflow_dispatch" under "on"/],
    [422, 'Workflow is not active', 'rejected', /Enable the workflow/],
    [403, "Cannot trigger a 'workflow_dispatch' on a disabled workflow", 'rejected', /Enable the workflow/],
    [422, 'you may only define up to 10 `inputs`', 'rejected', /at most 25/],
    [403, 'Resource not accessible by personal access token', 'unauthorized', /Actions: read and write/],
    [403, 'Repository was archived so is read-only.', 'rejected', /archived repository runs no workflows/],
    [401, 'Bad credentials', 'unauthorized', /expired or been revoked/],
    [301, 'Moved Permanently', 'rejected', /has moved/],
    [422, 'Something else entirely', 'rejected', /GitHub says "Something else entirely"\.$/],
    [400, '', 'rejected', /gives no reason\.$/],
  ] as const)('%i %s', (status, message, reason, words) => {
    const failure = explain({ status, message });
    expect(failure).toMatchObject({ reason, status });
    expect(failure.message).toMatch(words);
    expect(failure.message).toMatch(/^Could not start the workflow deploy\.yml in acme\/payments: /);
  });

  test('a missing repository is not blamed on a workflow when none was asked for', () => {
    expect(explain({ status: 404 }, read).message).toBe(
      'Could not read the repository acme/payments: GitHub knows no repository acme/payments, or hides it. ' +
        'Check that acme/payments exists and that the credentials may see it.',
    );
  });
});

describe('rate limits', () => {
  const reset = now / 1000 + 90;
  test.each([
    ['Retry-After', { status: 429, headers: { 'retry-after': '7' } }, 7_000],
    ['Retry-After on 403', { status: 403, headers: { 'retry-after': '30' } }, 30_000],
    ['used up', { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) } }, 91_000],
    [
      'used up, by GitHub’s own clock',
      {
        status: 429,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(reset),
          date: new Date(now + 60_000).toUTCString(),
        },
      },
      31_000,
    ],
    ['reset already past', { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } }, 1_000],
    ['secondary, unstated', { status: 403, message: 'You have exceeded a secondary rate limit.' }, 60_000],
    ['429 without a word', { status: 429 }, 60_000],
  ])('%s', (_what, refusal, retryAfterMs) => {
    expect(explain(refusal)).toMatchObject({ reason: 'rate-limited', retryAfterMs });
  });

  test('a 403 with requests left is no rate limit', () => {
    expect(explain({ status: 403, message: 'Forbidden', headers: { 'x-ratelimit-remaining': '4999' } }).reason).toBe(
      'unauthorized',
    );
  });
});

describe('broken answers', () => {
  test.each([500, 502, 504])('%i leaves open whether a workflow was started, but harms no reading', (status) => {
    expect(explain({ status }).reason).toBe('unknown');
    expect(explain({ status }, read).reason).toBe('unavailable');
  });

  test('503 is an honest no', () => {
    expect(explain({ status: 503 }).reason).toBe('unavailable');
  });
});
