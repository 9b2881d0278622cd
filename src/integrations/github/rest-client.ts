import { request as octokitRequest } from '@octokit/request';
import { systemClock } from '#platform/clock.ts';
import type { Clock } from '#platform/clock.ts';
import { createEgressFetch } from '#platform/egress/egress-fetch.ts';
import type { Egress } from '#platform/egress/egress.ts';
import { createAuthorize, statusOf } from './authorize-requests.ts';
import type { GitHubCredentials } from './authorize-requests.ts';
import type { GitHubTask } from './describe-refusal.ts';
import { translateFailure } from './translate-failure.ts';
import { failed, succeeded } from './github-errors.ts';
import type { GitHubResult } from './github-errors.ts';

export interface RestClientOptions {
  readonly egress: Egress;
  readonly credentials: GitHubCredentials;
  /** Default `https://api.github.com`; a GitHub Enterprise Server has it at `https://host/api/v3`. */
  readonly apiUrl?: string;
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/** What the calls share: Octokit on the guarded client, credentials, and one translation of everything that fails. */
export interface RestClient {
  readonly request: typeof octokitRequest;
  readonly egress: Egress;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Runs a call with credentials and answers its value or what went wrong. */
  readonly attempt: <Value>(
    task: GitHubTask,
    call: (headers: { readonly authorization: string }) => Promise<Value>,
  ) => Promise<GitHubResult<Value>>;
}

// Octokit writes to the console otherwise.
const noLog = { debug() {}, info() {}, warn() {}, error() {} };

export function createRestClient(options: RestClientOptions): RestClient {
  const clock = options.clock ?? systemClock;
  const timeoutMs = options.timeoutMs ?? 30_000;
  const request = octokitRequest.defaults({
    baseUrl: (options.apiUrl ?? 'https://api.github.com').replace(/\/+$/, ''),
    headers: { 'x-github-api-version': '2022-11-28', 'user-agent': 'Quayside' },
    request: { fetch: createEgressFetch(options.egress, { timeoutMs }), log: noLog },
  });
  const authorize = createAuthorize(request, options.credentials);

  return {
    request,
    egress: options.egress,
    clock,
    timeoutMs,
    async attempt(task, call) {
      // Until the call itself begins nothing has been asked for, whatever became of fetching a token.
      let stage: GitHubTask = { ...task, changesSomething: false };
      try {
        const authorization = await authorize(task.org, task.repo);
        stage = task;
        const value = await call({ authorization }).catch(async (error: unknown) => {
          // A token of an App may end before its time. What is refused for it was not done, so it is asked once more.
          if (authorize.anew === undefined || statusOf(error) !== 401) throw error;
          return call({ authorization: await authorize.anew(task.org, task.repo) });
        });
        return succeeded(value);
      } catch (error) {
        return failed(translateFailure(error, stage, clock.now().getTime()));
      }
    },
  };
}

/** For answers that have to hold something; a page of a proxy, for instance, does not. */
export function understood<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('GitHub answered in a form that is not understood.');
  return value;
}
