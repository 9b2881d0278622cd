import { createRestClient } from './rest-client.ts';
import type { RestClientOptions } from './rest-client.ts';
import { dispatchWorkflow, getDefaultBranch } from './dispatch-workflow.ts';
import type { DispatchResult } from './dispatch-workflow.ts';
import type { GitHubResult } from './github-errors.ts';
import { findWorkflowRun, getWorkflowRun, listJobs, readJobLog } from './read-workflow-runs.ts';
import type { Repository, WorkflowRunSearch } from './read-workflow-runs.ts';
import type { WorkflowDispatch } from './build-workflow-dispatch.ts';
import { readWorkflowInputs, type WorkflowFile } from './read-workflow-inputs.ts';
import type { WorkflowInput } from './workflow-inputs-rules.ts';
import type { WorkflowJob, WorkflowRun } from './workflow-run-contract.ts';

/** GitHub as one set of credentials sees it. Calls answer results; expected trouble is not thrown. */
export interface GitHubClient {
  readonly dispatchWorkflow: (dispatch: WorkflowDispatch) => Promise<DispatchResult>;
  readonly findWorkflowRun: (search: WorkflowRunSearch) => Promise<GitHubResult<WorkflowRun | undefined>>;
  readonly getWorkflowRun: (query: Repository & { readonly runId: string }) => Promise<GitHubResult<WorkflowRun>>;
  readonly listJobs: (query: Repository & { readonly runId: string }) => Promise<GitHubResult<readonly WorkflowJob[]>>;
  readonly readJobLog: (
    query: Repository & { readonly jobId: string; readonly maxBytes?: number },
  ) => Promise<GitHubResult<string>>;
  readonly readWorkflowInputs: (file: WorkflowFile) => Promise<GitHubResult<readonly WorkflowInput[] | null>>;
  readonly getDefaultBranch: (query: Repository) => Promise<GitHubResult<string>>;
}

/** Keep the client for as long as the credentials hold: it remembers a GitHub App's tokens. */
export function createGitHubClient(options: RestClientOptions): GitHubClient {
  const api = createRestClient(options);
  return {
    dispatchWorkflow: (dispatch) => dispatchWorkflow(api, dispatch),
    findWorkflowRun: (search) => findWorkflowRun(api, search),
    getWorkflowRun: (query) => getWorkflowRun(api, query),
    listJobs: (query) => listJobs(api, query),
    readJobLog: (query) => readJobLog(api, query),
    readWorkflowInputs: (file) => readWorkflowInputs(api, file),
    getDefaultBranch: (query) => getDefaultBranch(api, query),
  };
}
