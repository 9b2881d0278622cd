import { gitHubLogin } from './github-emulator.ts';
import type { WorkflowFile } from './github-desk.ts';
import type { WorkflowJobRun, WorkflowRun } from './workflow-run.ts';

type Json = Record<string, unknown>;

/** Where things of a repository are, as GitHub spells it. */
export function repositoryUrls(
  origin: string,
  owner: string,
  name: string,
): { readonly api: string; readonly page: string } {
  return { api: `${origin}/repos/${owner}/${name}`, page: `${origin}/${owner}/${name}` };
}

export function runUrls(origin: string, run: WorkflowRun): { readonly api: string; readonly page: string } {
  const { api, page } = repositoryUrls(origin, run.owner, run.repository);
  return { api: `${api}/actions/runs/${run.id}`, page: `${page}/actions/runs/${run.id}` };
}

/** A run as `GET /repos/{owner}/{repo}/actions/runs/{id}` and the `workflow_run` webhook show it. */
export function runView(run: WorkflowRun, origin: string, repository: Json): Json {
  const { api, page } = runUrls(origin, run);
  const { api: repositoryApi } = repositoryUrls(origin, run.owner, run.repository);
  const actor = actorView(origin);
  return {
    id: run.id,
    name: run.workflow.name,
    node_id: nodeId('WFR', run.id),
    head_branch: run.ref,
    head_sha: run.sha,
    path: `.github/workflows/${run.workflow.file}`,
    display_title: run.title,
    run_number: run.number,
    run_attempt: 1,
    event: 'workflow_dispatch',
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflow.id,
    url: api,
    html_url: page,
    pull_requests: [],
    created_at: seconds(run.createdAt),
    updated_at: seconds(run.updatedAt),
    run_started_at: seconds(run.startedAt ?? run.createdAt),
    actor,
    triggering_actor: actor,
    jobs_url: `${api}/jobs`,
    logs_url: `${api}/logs`,
    artifacts_url: `${api}/artifacts`,
    cancel_url: `${api}/cancel`,
    rerun_url: `${api}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${repositoryApi}/actions/workflows/${run.workflow.id}`,
    head_commit: { id: run.sha, message: run.title, timestamp: seconds(run.createdAt) },
    repository,
    head_repository: repository,
  };
}

export function jobView(job: WorkflowJobRun, run: WorkflowRun, origin: string): Json {
  const { api, page } = runUrls(origin, run);
  const { api: repositoryApi } = repositoryUrls(origin, run.owner, run.repository);
  return {
    id: job.id,
    run_id: run.id,
    run_url: api,
    run_attempt: 1,
    workflow_name: run.workflow.name,
    head_branch: run.ref,
    head_sha: run.sha,
    node_id: nodeId('CR', job.id),
    url: `${repositoryApi}/actions/jobs/${job.id}`,
    html_url: `${page}#job-${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: seconds(run.createdAt),
    started_at: seconds(job.startedAt ?? run.createdAt),
    completed_at: job.completedAt && seconds(job.completedAt),
    name: job.name,
    labels: ['ubuntu-latest'],
    runner_id: 1,
    runner_name: 'Loopback runner',
    steps: job.steps.map((step) => ({
      name: step.name,
      number: step.number,
      status: step.status,
      conclusion: step.conclusion,
      started_at: step.startedAt && seconds(step.startedAt),
      completed_at: step.completedAt && seconds(step.completedAt),
    })),
  };
}

export function workflowView(
  file: WorkflowFile,
  name: string,
  urls: { readonly api: string; readonly page: string },
  isDisabled: boolean,
): Json {
  return {
    id: file.id,
    node_id: nodeId('W', file.id),
    name,
    path: `.github/workflows/${file.name}`,
    state: isDisabled ? 'disabled_manually' : 'active',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    url: `${urls.api}/actions/workflows/${file.id}`,
    html_url: `${urls.page}/blob/main/.github/workflows/${file.name}`,
    badge_url: `${urls.page}/actions/workflows/${file.name}/badge.svg`,
  };
}

export function actorView(origin: string): Json {
  return { login: gitHubLogin, id: 1, type: 'User', site_admin: false, url: `${origin}/users/${gitHubLogin}` };
}

/** GitHub's times have no milliseconds. */
function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function nodeId(prefix: string, id: number): string {
  return `${prefix}_${Buffer.from(String(id)).toString('base64url')}`;
}
