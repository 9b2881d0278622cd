import type { Clock } from '#platform/clock.ts';
import type { Egress } from '#platform/egress/egress.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { createGitLabRest, failed, type GitLabCredentials, type GitLabResult, notUnderstood } from './gitlab-rest.ts';

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

export function createGitLabClient(egress: Egress, clock: Clock, credentials: GitLabCredentials): GitLabClient {
  const { token, triggerToken } = credentials;
  const call = createGitLabRest(egress, clock, credentials);

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
      const path = `/projects/${encodeURIComponent(project)}/pipelines?${query.toString()}`;
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
