import { responseText } from '#platform/egress/egress.ts';
import { understood } from './rest-client.ts';
import type { RestClient } from './rest-client.ts';
import type { GitHubResult } from './github-errors.ts';
import { readWorkflowJob, readWorkflowRun } from './workflow-run-contract.ts';
import { chooseWorkflowRun } from './workflow-run-rules.ts';
import type { WorkflowJob, WorkflowRun } from './workflow-run-contract.ts';

export interface Repository {
  readonly org: string;
  readonly repo: string;
}

export interface WorkflowRunSearch extends Repository {
  readonly workflow: string;
  readonly ref: string;
  /** From the result of the dispatch. */
  readonly notBefore: string;
  /** Ids that belong to other dispatches. */
  readonly claimed?: readonly string[];
  /** A text that only this run's title would hold. */
  readonly hint?: string | undefined;
}

const defaultLogBytes = 1024 * 1024;

/** The run that a dispatch started, or undefined while there is none yet: GitHub takes some seconds. */
export function findWorkflowRun(
  api: RestClient,
  search: WorkflowRunSearch,
): Promise<GitHubResult<WorkflowRun | undefined>> {
  const { org, repo, workflow, ref, notBefore, claimed = [], hint } = search;
  const task = {
    org,
    repo,
    workflow,
    doing: `list the runs of ${workflow} in ${org}/${repo}`,
    changesSomething: false,
  };
  return api.attempt(task, async (headers) => {
    const { data } = await api.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
      owner: org,
      repo,
      workflow_id: workflow,
      event: 'workflow_dispatch',
      branch: ref.replace(/^refs\/(heads|tags)\//, ''),
      per_page: 100,
      headers,
    });
    return chooseWorkflowRun(readAll(data.workflow_runs, readWorkflowRun), { notBefore, claimed, hint });
  });
}

export function getWorkflowRun(
  api: RestClient,
  { org, repo, runId }: Repository & { readonly runId: string },
): Promise<GitHubResult<WorkflowRun>> {
  const task = { org, repo, doing: `read the workflow run ${runId} of ${org}/${repo}`, changesSomething: false };
  return api.attempt(task, async (headers) => {
    const path = { owner: org, repo, run_id: Number(runId) };
    const { data } = await api.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', { ...path, headers });
    return understood(readWorkflowRun(data));
  });
}

/** The first hundred jobs of the run's latest attempt. */
export function listJobs(
  api: RestClient,
  { org, repo, runId }: Repository & { readonly runId: string },
): Promise<GitHubResult<readonly WorkflowJob[]>> {
  const task = {
    org,
    repo,
    doing: `list the jobs of the workflow run ${runId} of ${org}/${repo}`,
    changesSomething: false,
  };
  return api.attempt(task, async (headers) => {
    const query = { owner: org, repo, run_id: Number(runId), filter: 'latest' as const, per_page: 100 };
    const { data } = await api.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', { ...query, headers });
    return readAll(data.jobs, readWorkflowJob);
  });
}

/** A finished job's log; only its beginning when it is longer than `maxBytes` (default 1 MiB). */
export function readJobLog(
  api: RestClient,
  { org, repo, jobId, maxBytes = defaultLogBytes }: Repository & { readonly jobId: string; readonly maxBytes?: number },
): Promise<GitHubResult<string>> {
  const task = { org, repo, doing: `read the log of the job ${jobId} of ${org}/${repo}`, changesSomething: false };
  return api.attempt(task, async (headers) => {
    const answer = await api.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', {
      owner: org,
      repo,
      job_id: Number(jobId),
      request: { redirect: 'manual' },
      headers,
    });
    const { location } = answer.headers;
    if (location === undefined) return String(answer.data).slice(0, maxBytes);
    // A storage address that carries its own signature. The token is not for it and stays behind.
    const log = await api.egress.request({ url: location, maxResponseBytes: maxBytes, timeoutMs: api.timeoutMs });
    return understood<string>(log.ok ? responseText(log) : undefined);
  });
}

function readAll<Value>(raw: unknown, read: (one: unknown) => Value | undefined): Value[] {
  return understood<unknown[]>(Array.isArray(raw) ? raw : undefined)
    .map(read)
    .filter((one) => one !== undefined);
}
