import { isJsonObject } from '#platform/json.ts';
import { understood } from './rest-client.ts';
import type { RestClient } from './rest-client.ts';
import { succeeded } from './github-errors.ts';
import type { GitHubFailure, GitHubResult } from './github-errors.ts';
import type { WorkflowDispatch } from './build-workflow-dispatch.ts';

/** A dispatch that GitHub accepted. */
export interface StartedWorkflow {
  /** Branch or tag it runs on. */
  readonly ref: string;
  /** Named by github.com; where a server does not, `findWorkflowRun` finds it. */
  readonly run: { readonly id: string; readonly url: string } | undefined;
  /** The run was created at or after this instant of GitHub's clock. */
  readonly notBefore: string;
}

export type DispatchResult =
  | { readonly ok: true; readonly value: StartedWorkflow }
  /** `search` is there when the outcome is unknown: `findWorkflowRun` can tell whether a run came of it after all. */
  | {
      readonly ok: false;
      readonly failure: GitHubFailure;
      readonly search?: { readonly ref: string; readonly notBefore: string };
    };

/** GitHub's creation times are whole seconds, and a run may be created just before the answer is dated. */
const marginMs = 2_000;
/** Allowed between our clock and GitHub's where only ours is known. */
const clockDifferenceMs = 20_000;

export function getDefaultBranch(
  api: RestClient,
  { org, repo }: { org: string; repo: string },
): Promise<GitHubResult<string>> {
  return api.attempt(
    { org, repo, doing: `read the repository ${org}/${repo}`, changesSomething: false },
    async (headers) => {
      const { data } = await api.request('GET /repos/{owner}/{repo}', { owner: org, repo, headers });
      return understood(
        isJsonObject(data) && typeof data['default_branch'] === 'string' ? data['default_branch'] : undefined,
      );
    },
  );
}

/** Starts a workflow, once: nothing whose outcome is uncertain is sent again. */
export async function dispatchWorkflow(api: RestClient, dispatch: WorkflowDispatch): Promise<DispatchResult> {
  const branch = dispatch.ref === undefined ? await getDefaultBranch(api, dispatch) : succeeded(dispatch.ref);
  if (!branch.ok) return branch;
  const ref = branch.value;

  const begun = api.clock.now().getTime();
  let answer = await post(api, dispatch, ref, true);
  // A server that does not know the question refuses all of it, so nothing has been started.
  if (!answer.ok && answer.failure.status === 422 && answer.failure.message.includes('return_run_details')) {
    answer = await post(api, dispatch, ref, false);
  }
  const ended = api.clock.now().getTime();

  if (!answer.ok) {
    if (answer.failure.reason !== 'unknown') return answer;
    return { ...answer, search: { ref, notBefore: instant(begun - clockDifferenceMs) } };
  }
  const { run, date } = answer.value;
  const stated = Date.parse(date ?? '');
  const latest = Number.isNaN(stated) ? ended - clockDifferenceMs : stated;
  return succeeded({ ref, run, notBefore: instant(latest - (ended - begun) - marginMs) });
}

function post(
  api: RestClient,
  dispatch: WorkflowDispatch,
  ref: string,
  withDetails: boolean,
): Promise<GitHubResult<{ run: StartedWorkflow['run']; date: string | undefined }>> {
  const { org, repo, workflow, inputs } = dispatch;
  const task = {
    org,
    repo,
    workflow,
    ref,
    doing: `start the workflow ${workflow} in ${org}/${repo}`,
    changesSomething: true,
  };
  return api.attempt(task, async (headers) => {
    const answer = await api.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
      owner: org,
      repo,
      workflow_id: workflow,
      ref,
      inputs: { ...inputs },
      ...(withDetails ? { return_run_details: true } : {}),
      headers,
    });
    // Servers that do not name the run answer 204 without a body.
    const run = isEmpty(answer.data) ? undefined : understood(startedRun(answer.data));
    return { run, date: answer.headers.date };
  });
}

function isEmpty(data: unknown): boolean {
  return data === undefined || data === '';
}

function startedRun(data: unknown): StartedWorkflow['run'] {
  if (!isJsonObject(data)) return undefined;
  const { workflow_run_id: id, html_url: url } = data;
  const known = (typeof id === 'number' || typeof id === 'bigint') && typeof url === 'string';
  return known ? { id: String(id), url } : undefined;
}

/** Whole seconds, as GitHub's search reads them. */
function instant(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
