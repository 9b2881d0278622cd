import type { Clock } from '#platform/clock.ts';
import { EgressFailure } from '#platform/egress/egress-failure.ts';
import { type Egress, type EgressResponse, responseText } from '#platform/egress/egress.ts';
import { hideTexts } from '#platform/hide-texts.ts';
import { plainText } from '#platform/plain-text.ts';
import { Problem } from '#platform/problem.ts';
import type { CallFailure } from '../follow-outcomes.ts';

export interface GitLabCredentials {
  /** Without a trailing slash. */
  readonly url: string;
  /** Reads pipelines; also starts them where there is no trigger token. */
  readonly token: string | null;
  readonly triggerToken: string | null;
}

export type GitLabResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: CallFailure };

export interface GitLabCall {
  /** Completes "Could not …". */
  readonly doing: string;
  readonly method: 'GET' | 'POST';
  /** Below `/api/v4`. */
  readonly path: string;
  readonly body?: object;
}

const timeoutMs = 30_000;
const shownAnswer = 500;
const unstatedLimitMs = 60_000;

/** Calls GitLab with its credentials and answers the JSON or what went wrong. */
export function createGitLabRest(
  egress: Egress,
  clock: Clock,
  { url, token, triggerToken }: GitLabCredentials,
): (call: GitLabCall) => Promise<GitLabResult<unknown>> {
  const secrets = [token, triggerToken].filter((secret) => secret !== null);
  return async (call) => {
    try {
      const answer = await egress.request({
        url: `${url}/api/v4${call.path}`,
        method: call.method,
        headers: {
          'Content-Type': 'application/json',
          'User-Agent': 'Quayside',
          // The trigger token is in the body, and goes alone.
          ...(token === null || call.path.endsWith('/trigger/pipeline') ? {} : { 'PRIVATE-TOKEN': token }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        timeoutMs,
      });
      return answer.ok ? read(call, answer) : failed(refusal(call, answer, clock.now().getTime(), secrets));
    } catch (error) {
      return failed(brokenCall(call, error));
    }
  };
}

export function failed(failure: CallFailure): { readonly ok: false; readonly failure: CallFailure } {
  return { ok: false, failure };
}

function read(request: GitLabCall, answer: EgressResponse): GitLabResult<unknown> {
  try {
    return { ok: true, value: JSON.parse(responseText(answer)) as unknown };
  } catch {
    return failed(notUnderstood(request));
  }
}

export function notUnderstood({ doing, method }: Pick<GitLabCall, 'doing' | 'method'>): CallFailure {
  return {
    worth: method === 'POST' ? 'unknown' : 'refused',
    message: `Could not ${doing}: the answer was not understood. Check the address of GitLab.`,
  };
}

function brokenCall(request: GitLabCall, error: unknown): CallFailure {
  if (error instanceof EgressFailure) {
    const arrived = error.requestSent && request.method === 'POST' && error.reason !== 'redirect';
    return { worth: arrived ? 'unknown' : 'later', message: `Could not ${request.doing}: ${error.message}` };
  }
  if (error instanceof Problem) return { worth: 'refused', message: `Could not ${request.doing}: ${error.message}` };
  throw error;
}

function refusal(request: GitLabCall, answer: EgressResponse, nowMs: number, secrets: readonly string[]): CallFailure {
  const { status, headers } = answer;
  const could = `Could not ${request.doing}:`;
  if (status === 429) {
    const wait = Number(headers['retry-after'] ?? Number.NaN) * 1000;
    const reset = Number(headers['ratelimit-reset'] ?? Number.NaN) * 1000 - nowMs;
    const retryAfterMs = Number.isFinite(wait)
      ? wait
      : Number.isFinite(reset)
        ? Math.max(1000, reset)
        : unstatedLimitMs;
    const seconds = Math.ceil(retryAfterMs / 1000);
    return {
      worth: 'later',
      retryAfterMs,
      message: `${could} GitLab's rate limit is used up. It may be asked again in ${seconds} s.`,
    };
  }
  if (status >= 500) {
    // Behind a gateway's answer the pipeline may have been started all the same.
    const worth = request.method === 'POST' && status !== 503 ? 'unknown' : 'later';
    return { worth, message: `${could} GitLab is not available at the moment (${status}).` };
  }
  const said = String(hideTexts(plainText(responseText(answer)).slice(0, shownAnswer).trim(), secrets));
  return { worth: 'refused', message: `${could} ${advice(status, said)}`.trim() };
}

function advice(status: number, said: string): string {
  if (status === 401) return 'GitLab does not accept the token. It may have expired or been revoked; set a new one.';
  if (status === 404) {
    return 'GitLab knows no such project, or hides it. Check the group and project names, and that the token belongs to it.';
  }
  if (status === 403) return 'the token is not allowed to. It needs the scope api, or use a pipeline trigger token.';
  if (status >= 300 && status < 400) return 'GitLab answered with a redirect. Check its address and the project name.';
  return `GitLab answered ${status}${said === '' ? '.' : `: ${said}`}`;
}
