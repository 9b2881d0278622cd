import type { Clock } from '#platform/clock.ts';
import { EgressFailure } from '#platform/egress/egress-failure.ts';
import { type Egress, type EgressResponse, responseText } from '#platform/egress/egress.ts';
import { hideTexts } from '#platform/hide-texts.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
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

export interface PipelineRequest {
  /** `group/subgroup/project`. */
  readonly project: string;
  readonly ref: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface Pipeline {
  readonly id: string;
  readonly url: string;
  readonly status: string;
  readonly source: string;
  readonly createdAt: string;
}

export type GitLabResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: CallFailure };

/** GitLab as one set of credentials sees it. Calls answer results; expected trouble is not thrown. */
export interface GitLabClient {
  /** Whether pipelines can be asked for. */
  readonly mayRead: boolean;
  start(request: PipelineRequest): Promise<GitLabResult<Pipeline>>;
  get(project: string, id: string): Promise<GitLabResult<Pipeline>>;
  /** The earliest pipeline that was started over the API since then and that nobody else follows. */
  find(search: {
    readonly project: string;
    readonly ref: string;
    readonly notBefore: string;
    readonly claimed: readonly string[];
  }): Promise<GitLabResult<Pipeline | undefined>>;
  /** Names and pages of jobs that failed. */
  failedJobs(project: string, id: string): Promise<readonly { readonly name: string; readonly url: string }[]>;
}

const timeoutMs = 30_000;
const shownAnswer = 500;
const unstatedLimitMs = 60_000;

interface Call {
  readonly doing: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

export function createGitLabClient(egress: Egress, clock: Clock, credentials: GitLabCredentials): GitLabClient {
  const { url, token, triggerToken } = credentials;
  const secrets = [token, triggerToken].filter((secret) => secret !== null);

  async function call(request: Call): Promise<GitLabResult<unknown>> {
    try {
      const answer = await egress.request({
        url: `${url}/api/v4${request.path}`,
        method: request.method,
        headers: {
          'Content-Type': 'application/json',
          'User-Agent': 'Quayside',
          ...(token === null || isTrigger(request) ? {} : { 'PRIVATE-TOKEN': token }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        timeoutMs,
      });
      return answer.ok ? read(request, answer) : failed(refusal(request, answer, clock.now().getTime(), secrets));
    } catch (error) {
      return failed(brokenCall(request, error));
    }
  }

  return {
    mayRead: token !== null,
    async start({ project, ref, variables }) {
      const doing = `start a pipeline of ${project} on ${ref}`;
      const path = `/projects/${encodeURIComponent(project)}`;
      if (triggerToken !== null) {
        const body = { token: triggerToken, ref, variables };
        return asPipeline(doing, await call({ doing, method: 'POST', path: `${path}/trigger/pipeline`, body }));
      }
      const listed = Object.entries(variables).map(([key, value]) => ({ key, value }));
      const body = { ref, variables: listed };
      return asPipeline(doing, await call({ doing, method: 'POST', path: `${path}/pipeline`, body }));
    },
    async get(project, id) {
      const doing = `look at the pipeline of ${project}`;
      const path = `/projects/${encodeURIComponent(project)}/pipelines/${encodeURIComponent(id)}`;
      return asPipeline(doing, await call({ doing, method: 'GET', path }));
    },
    async find({ project, ref, notBefore, claimed }) {
      const doing = `look for the pipeline of ${project}`;
      const query = new URLSearchParams({ ref, updated_after: notBefore, per_page: '100' });
      const path = `/projects/${encodeURIComponent(project)}/pipelines?${query}`;
      const answer = await call({ doing, method: 'GET', path });
      if (!answer.ok) return answer;
      const pipelines = (Array.isArray(answer.value) ? answer.value : []).map(readPipeline);
      const found = pipelines
        .filter((one) => one !== undefined)
        .filter((one) => one.source === 'trigger' || one.source === 'api')
        .filter((one) => Date.parse(one.createdAt) >= Date.parse(notBefore) && !claimed.includes(one.id))
        .toSorted((left, right) => Number(left.id) - Number(right.id));
      return { ok: true, value: found[0] };
    },
    async failedJobs(project, id) {
      const path = `/projects/${encodeURIComponent(project)}/pipelines/${encodeURIComponent(id)}/jobs?scope[]=failed`;
      const answer = await call({ doing: `look at the jobs of ${project}`, method: 'GET', path });
      const jobs = answer.ok && Array.isArray(answer.value) ? answer.value.filter(isJsonObject) : [];
      return jobs.map((job) => ({ name: String(job['name']), url: textOf(job, 'web_url') }));
    },
  };
}

function isTrigger({ path }: Call): boolean {
  return path.endsWith('/trigger/pipeline');
}

function failed(failure: CallFailure): { readonly ok: false; readonly failure: CallFailure } {
  return { ok: false, failure };
}

function read(request: Call, answer: EgressResponse): GitLabResult<unknown> {
  try {
    return { ok: true, value: JSON.parse(responseText(answer)) as unknown };
  } catch {
    return failed(notUnderstood(request));
  }
}

function notUnderstood({ doing, method }: Pick<Call, 'doing' | 'method'>): CallFailure {
  return {
    worth: method === 'POST' ? 'unknown' : 'refused',
    message: `Could not ${doing}: the answer was not understood. Check the address of GitLab.`,
  };
}

function asPipeline(doing: string, answer: GitLabResult<unknown>): GitLabResult<Pipeline> {
  if (!answer.ok) return answer;
  const pipeline = readPipeline(answer.value);
  return pipeline === undefined ? failed(notUnderstood({ doing, method: 'POST' })) : { ok: true, value: pipeline };
}

function readPipeline(raw: unknown): Pipeline | undefined {
  if (!isJsonObject(raw) || typeof raw['id'] !== 'number' || typeof raw['status'] !== 'string') return undefined;
  return {
    id: String(raw['id']),
    url: textOf(raw, 'web_url'),
    status: raw['status'],
    source: textOf(raw, 'source'),
    createdAt: textOf(raw, 'created_at'),
  };
}

function textOf(raw: JsonObject, key: string): string {
  const value = raw[key];
  return typeof value === 'string' ? value : '';
}

function brokenCall(request: Call, error: unknown): CallFailure {
  if (error instanceof EgressFailure) {
    const arrived = error.requestSent && request.method === 'POST' && error.reason !== 'redirect';
    return { worth: arrived ? 'unknown' : 'later', message: `Could not ${request.doing}: ${error.message}` };
  }
  if (error instanceof Problem) return { worth: 'refused', message: `Could not ${request.doing}: ${error.message}` };
  throw error;
}

function refusal(request: Call, answer: EgressResponse, nowMs: number, secrets: readonly string[]): CallFailure {
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
