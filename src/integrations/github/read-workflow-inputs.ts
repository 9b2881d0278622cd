import { isJsonObject } from '#platform/json.ts';
import type { GitHubResult } from './github-errors.ts';
import type { Repository } from './read-workflow-runs.ts';
import { type RestClient, understood } from './rest-client.ts';
import { dispatchInputs, type WorkflowInput } from './workflow-inputs-rules.ts';

export interface WorkflowFile extends Repository {
  /** The name of a file in `.github/workflows`. */
  readonly workflow: string;
  /** Default: the repository's default branch. */
  readonly ref?: string | undefined;
}

/** What a workflow asks for, read from its file; null when it cannot be started by hand. */
export function readWorkflowInputs(
  api: RestClient,
  { org, repo, workflow, ref }: WorkflowFile,
): Promise<GitHubResult<readonly WorkflowInput[] | null>> {
  const task = { org, repo, workflow, doing: `read ${workflow} of ${org}/${repo}`, changesSomething: false };
  return api.attempt(task, async (headers) => {
    const answer: { readonly data: unknown } = await api.request(
      'GET /repos/{owner}/{repo}/contents/.github/workflows/{file}',
      {
        owner: org,
        repo,
        file: workflow,
        ...(ref === undefined ? {} : { ref }),
        headers,
      },
    );
    return dispatchInputs(understood(contentOf(answer.data)));
  });
}

function contentOf(data: unknown): string | undefined {
  if (!isJsonObject(data) || typeof data['content'] !== 'string' || data['encoding'] !== 'base64') return undefined;
  return Buffer.from(data['content'], 'base64').toString('utf8');
}
