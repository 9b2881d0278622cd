import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type {
  DispatchOutcome,
  DispatchRequest,
  FollowOutcome,
  FollowRequest,
  Invocation,
  PrepareRequest,
  RunBackend,
} from '#runs/backend.ts';
import {
  afterFailure,
  afterRefusal,
  asksForAppearance,
  type FollowedWork,
  nextLookMs,
  noLongerFollowed,
  tellWork,
} from '../follow-outcomes.ts';
import type { GitLabClient, Pipeline, PipelineRequest } from './gitlab-client.ts';

/** What Quayside remembers of a pipeline to follow it. */
interface FollowState extends FollowedWork {
  readonly project: string;
  readonly ref: string;
  readonly notBefore: string;
}

export type GitLabOf = (orgId: string) => Promise<GitLabClient | null>;

const defaultRef = 'main';
const mostJobsTold = 20;
/** Allowed between our clock and GitLab's. */
const clockDifferenceMs = 5_000;

/** Starts a pipeline with variables and follows it to its end where an access token allows it. */
export function createGitLabBackend(clientOf: GitLabOf): RunBackend {
  return {
    type: 'GITLAB',
    prepare: async (request) => prepareGitLab(request),
    dispatch: async (request) => dispatchGitLab(await clientOf(request.run.org_id), request),
    follow: async (request) => followGitLab(await clientOf(request.run.org_id), request),
  };
}

function prepareGitLab({ method, shape, inputs, legacyBody }: PrepareRequest): Invocation {
  const project = `${pathPart(method, 'groupName')}/${pathPart(method, 'projectName')}`;
  const { ref: wantedRef, ...userInputs } = inputs;
  const given =
    shape === 2
      ? (method['pipelineVariables'] ?? {})
      : {
          ...(method['omitUserInputs'] === true ? {} : userInputs),
          ...(method['omitPayload'] === true ? {} : { port_payload: legacyBody }),
        };
  if (!isJsonObject(given)) throw unusable('pipelineVariables', 'must be an object of names and values');
  const odd = Object.keys(given).find((key) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key));
  if (odd !== undefined) {
    throw unusable('pipelineVariables', `must have names of letters, digits and _; "${odd.slice(0, 100)}" is not one`);
  }
  const texts = Object.entries(given).flatMap(([key, value]) => {
    if (value === undefined || value === null) return [];
    return [[key, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
  const ref = [shape === 1 ? wantedRef : undefined, method['defaultRef'], defaultRef].find(
    (candidate) => typeof candidate === 'string' && candidate !== '',
  );
  return {
    type: 'GITLAB',
    project,
    ref: String(ref),
    pipelineVariables: Object.fromEntries(texts) as Record<string, string>,
    reportWorkflowStatus: method['reportWorkflowStatus'] !== false,
  };
}

/** A group may hold groups. */
function pathPart(method: PrepareRequest['method'], key: 'groupName' | 'projectName'): string {
  const value = method[key];
  const text = typeof value === 'string' ? value.replace(/^\/+|\/+$/g, '') : '';
  const parts = key === 'projectName' ? [text] : text.split('/');
  const fits = parts.every((part) => /^[\w][\w.-]{0,254}$/.test(part));
  if (!fits) throw unusable(key, 'must be the path that GitLab knows');
  return text;
}

function unusable(field: string, message: string): Error {
  return problem('invalid', 'invalid_evaluated_invocation_method', `The action's ${field} ${message}.`, {
    field: `invocationMethod.${field}`,
  });
}

async function dispatchGitLab(client: GitLabClient | null, request: DispatchRequest): Promise<DispatchOutcome> {
  if (client === null) {
    throw problem(
      'invalid',
      'gitlab_not_configured',
      'GitLab is not connected. Connect it in the settings or set QUAYSIDE_GITLAB_TOKEN, then execute the action again.',
    );
  }
  const pipeline = pipelineOf(request.invocation);
  const begun = (request.earlierCallAt ?? request.run.dispatch_started_at ?? request.run.created_at).getTime();
  const state: FollowState = {
    project: pipeline.project,
    ref: pipeline.ref,
    notBefore: new Date(begun - clockDifferenceMs).toISOString(),
    followed: null,
    report: request.invocation['reportWorkflowStatus'] === true,
  };
  if (request.earlierCallAt !== null) {
    const line = `Quayside stopped while it was starting the pipeline of ${pipeline.project}. It is not started again.`;
    return { outcome: 'unknown', log: [line], ...(client.mayRead ? { backend: state } : {}) };
  }
  const started = await client.start(pipeline);
  if (started.ok) return startedOutcome(client, state, started.value);
  const { message, worth, retryAfterMs } = started.failure;
  if (worth === 'unknown') {
    return { outcome: 'unknown', log: [message], ...(client.mayRead ? { backend: state } : {}) };
  }
  if (worth === 'later') return { outcome: 'later', afterMs: retryAfterMs ?? null, log: [message] };
  return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Pipeline not started', log: [message] };
}

function startedOutcome(client: GitLabClient, state: FollowState, { id, url }: Pipeline): DispatchOutcome {
  const unread = 'Its status is not followed: GitLab is connected without an access token.';
  return {
    outcome: 'called',
    log: [`Started pipeline ${id} of ${state.project} on ${state.ref}.`, ...(client.mayRead ? [] : [unread])],
    ...(url === '' ? {} : { link: url }),
    ...(client.mayRead ? { backend: { ...state, followed: id } } : {}),
  };
}

function pipelineOf(invocation: Invocation): PipelineRequest {
  const variables = invocation['pipelineVariables'];
  return {
    project: String(invocation['project']),
    ref: String(invocation['ref']),
    variables: isJsonObject(variables) ? (variables as Record<string, string>) : {},
  };
}

async function followGitLab(
  client: GitLabClient | null,
  { run, askedTimes, followedByOthers }: FollowRequest,
): Promise<FollowOutcome> {
  const state = run.backend as unknown as FollowState;
  if (typeof state.project !== 'string') return { outcome: 'over' };
  if (client === null || !client.mayRead) return afterRefusal(state, 'GitLab is not connected any more.');
  const { project, ref, notBefore, followed } = state;
  const found =
    followed === null
      ? await client.find({ project, ref, notBefore, claimed: await followedByOthers() })
      : await client.get(project, followed);
  if (!found.ok) return afterFailure(state, found.failure);
  if (found.value === undefined) {
    if (askedTimes < asksForAppearance) return { outcome: 'again', afterMs: nextLookMs(askedTimes) };
    return noLongerFollowed(state, `GitLab never showed a pipeline of ${project}.`);
  }
  const { id, url, status } = found.value;
  return tellWork(
    state,
    { id, url, ...pipelineOutcome(status) },
    {
      link: run.link,
      askedTimes,
      what: 'pipeline',
      details: async () => {
        const jobs = await client.failedJobs(project, id);
        return jobs
          .slice(0, mostJobsTold)
          .map((job) => `Job "${job.name}" failed${job.url === '' ? '' : `: ${job.url}`}`);
      },
    },
  );
}

const endings: Readonly<Record<string, { readonly status: 'SUCCESS' | 'FAILURE'; readonly label: string }>> = {
  success: { status: 'SUCCESS', label: 'Succeeded' },
  skipped: { status: 'SUCCESS', label: 'Skipped' },
  failed: { status: 'FAILURE', label: 'Failed' },
  canceled: { status: 'FAILURE', label: 'Cancelled' },
};

/** What a pipeline's state means for the run; a state that is not known yet counts as going on. */
export function pipelineOutcome(status: string): {
  readonly ended: boolean;
  readonly status?: 'SUCCESS' | 'FAILURE';
  readonly label: string;
} {
  const ending = endings[status];
  if (ending !== undefined) return { ended: true, ...ending };
  return { ended: false, label: status === 'manual' ? 'Waiting for a person' : 'In progress' };
}
