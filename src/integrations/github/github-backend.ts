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
  type CallFailure,
  type FollowedWork,
  nextLookMs,
  noLongerFollowed,
  tellWork,
} from '../follow-outcomes.ts';
import type { GitHubClient } from './client.ts';
import { type GitHubFailure, mayRepeat } from './github-errors.ts';
import { endOfJobLog } from './job-log-rules.ts';
import {
  buildLegacyWorkflowDispatch,
  type WorkflowDispatch,
  buildWorkflowDispatch,
} from './build-workflow-dispatch.ts';
import { workflowOutcome } from './workflow-run-rules.ts';

/** What Quayside remembers of a dispatch to follow it. */
interface FollowState extends FollowedWork {
  readonly org: string;
  readonly repo: string;
  readonly workflow: string;
  readonly ref: string;
  readonly notBefore: string;
}

const mostJobsTold = 20;
/** Of so many failed jobs the end of the log is told; of a log that is longer, nothing. */
const mostLogsTold = 3;
const mostLogBytes = 4 * 1024 * 1024;
/** Allowed between our clock and GitHub's, whose times are whole seconds. */
const clockDifferenceMs = 5_000;

export type GitHubOf = (orgId: string) => Promise<GitHubClient | null>;

/** Dispatches a workflow and, when the action reports its status, follows it to its end. */
export function createGitHubBackend(clientOf: GitHubOf): RunBackend {
  return {
    type: 'GITHUB',
    prepare: async (request) => prepareGitHub(request),
    dispatch: async (request) => dispatchGitHub(await clientOf(request.run.org_id), request),
    follow: async (request) => followGitHub(await clientOf(request.run.org_id), request),
  };
}

function prepareGitHub({ method, shape, inputs, legacyBody }: PrepareRequest): Invocation {
  const { org, repo, workflow } = method;
  const dispatch: WorkflowDispatch =
    shape === 1
      ? buildLegacyWorkflowDispatch({
          method: {
            org,
            repo,
            workflow,
            branch: method['branch'],
            omitPayload: method['omitPayload'] === true,
            omitUserInputs: method['omitUserInputs'] === true,
          },
          userInputs: inputs,
          payload: legacyBody,
        })
      : buildWorkflowDispatch({ org, repo, workflow, workflowInputs: method['workflowInputs'] });
  return {
    type: 'GITHUB',
    org: dispatch.org,
    repo: dispatch.repo,
    workflow: dispatch.workflow,
    ref: dispatch.ref ?? null,
    workflowInputs: dispatch.inputs,
    reportWorkflowStatus: method['reportWorkflowStatus'] !== false,
  };
}

async function dispatchGitHub(client: GitHubClient | null, request: DispatchRequest): Promise<DispatchOutcome> {
  if (client === null) {
    throw problem(
      'invalid',
      'github_not_configured',
      'GitHub is not connected. Connect it in the settings or set QUAYSIDE_GITHUB_TOKEN, then execute the action again.',
    );
  }
  const dispatch = dispatchOf(request.invocation);
  if (request.earlierCallAt !== null) return lookForEarlier(client, dispatch, request);
  const result = await client.dispatchWorkflow(dispatch);
  if (result.ok) {
    const { ref, run, notBefore } = result.value;
    return calledOutcome(dispatch, request.invocation, {
      ref,
      notBefore,
      followed: run?.id ?? null,
      url: run?.url ?? null,
    });
  }
  const { failure, search } = result;
  if (failure.reason === 'unknown' && search !== undefined) {
    const state = followState(dispatch, request.invocation, { ...search, followed: null });
    return { outcome: 'unknown', log: [failure.message], backend: state };
  }
  if (mayRepeat(failure)) return { outcome: 'later', afterMs: failure.retryAfterMs ?? null, log: [failure.message] };
  return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Workflow not started', log: [failure.message] };
}

/**
 * The process died during a dispatch: what GitHub lists since then tells whether it had arrived. What does not show
 * at once may still appear, so it is followed for a while; it is never started again.
 */
async function lookForEarlier(
  client: GitHubClient,
  dispatch: WorkflowDispatch,
  { invocation, earlierCallAt, run, followedByOthers }: DispatchRequest,
): Promise<DispatchOutcome> {
  const begun = (earlierCallAt ?? run.created_at).getTime();
  const notBefore = new Date(begun - clockDifferenceMs).toISOString();
  const branch = dispatch.ref === undefined ? await client.getDefaultBranch(dispatch) : null;
  const ref = dispatch.ref ?? (branch?.ok === true ? branch.value : 'main');
  const claimed = await followedByOthers();
  const found = await client.findWorkflowRun({ ...dispatch, ref, notBefore, hint: run.id, claimed });
  if (found.ok && found.value !== undefined) {
    const { id, url } = found.value;
    return calledOutcome(dispatch, invocation, { ref, notBefore, followed: id, url });
  }
  return {
    outcome: 'unknown',
    log: [
      `Quayside stopped while it was starting ${dispatch.workflow}. It may have been started: GitHub is being asked, ` +
        'and it is not started again.',
    ],
    backend: followState(dispatch, invocation, { ref, notBefore, followed: null }),
  };
}

interface Started {
  readonly ref: string;
  readonly notBefore: string;
  readonly followed: string | null;
}

function followState(dispatch: WorkflowDispatch, invocation: Invocation, started: Started): FollowState {
  const { org, repo, workflow } = dispatch;
  const { ref, notBefore, followed } = started;
  const report = invocation['reportWorkflowStatus'] === true;
  return { org, repo, workflow, ref, notBefore, followed, report };
}

function calledOutcome(
  dispatch: WorkflowDispatch,
  invocation: Invocation,
  started: Started & { readonly url: string | null },
): DispatchOutcome {
  const { url, ref } = started;
  return {
    outcome: 'called',
    log: [`Started ${dispatch.workflow} of ${dispatch.org}/${dispatch.repo} on ${ref}.`],
    ...(url === null ? {} : { link: url }),
    backend: { ...followState(dispatch, invocation, started) },
  };
}

function dispatchOf(invocation: Invocation): WorkflowDispatch {
  const inputs = invocation['workflowInputs'];
  const ref = invocation['ref'];
  return {
    org: String(invocation['org']),
    repo: String(invocation['repo']),
    workflow: String(invocation['workflow']),
    ref: typeof ref === 'string' ? ref : undefined,
    inputs: isJsonObject(inputs) ? (inputs as Record<string, string>) : {},
  };
}

async function followGitHub(
  client: GitHubClient | null,
  { run, askedTimes, followedByOthers }: FollowRequest,
): Promise<FollowOutcome> {
  const state = run.backend as unknown as FollowState;
  if (typeof state.workflow !== 'string') return { outcome: 'over' };
  if (client === null) return afterRefusal(state, 'GitHub is not connected any more.');
  const found =
    state.followed === null
      ? await client.findWorkflowRun({ ...state, hint: run.id, claimed: await followedByOthers() })
      : await client.getWorkflowRun({ ...state, runId: state.followed });
  if (!found.ok) return afterFailure(state, worthOf(found.failure));
  if (found.value === undefined) {
    if (askedTimes < asksForAppearance) return { outcome: 'again', afterMs: nextLookMs(askedTimes) };
    return noLongerFollowed(state, `GitHub never showed a run of ${state.workflow}.`);
  }
  const { id, url } = found.value;
  return tellWork(
    state,
    { id, url, ...workflowOutcome(found.value) },
    { link: run.link, askedTimes, what: 'workflow', details: async () => failedJobs(client, state, id) },
  );
}

function worthOf(failure: GitHubFailure): CallFailure {
  const worth = mayRepeat(failure) ? 'later' : failure.reason === 'unknown' ? 'unknown' : 'refused';
  return { message: failure.message, retryAfterMs: failure.retryAfterMs, worth };
}

/** Which jobs failed, at which step, and how their logs end; nothing when GitHub does not tell. */
async function failedJobs(client: GitHubClient, state: FollowState, runId: string): Promise<readonly string[]> {
  const jobs = await client.listJobs({ ...state, runId });
  if (!jobs.ok) return [];
  const failed = jobs.value
    .filter((job) => job.conclusion === 'failure' || job.conclusion === 'timed_out')
    .slice(0, mostJobsTold);
  const lines: string[] = [];
  for (const [index, job] of failed.entries()) {
    const step = job.steps.find((candidate) => candidate.conclusion === 'failure');
    const where = step === undefined ? '' : ` at step "${step.name}"`;
    lines.push(`Job "${job.name}" failed${where}${job.url === '' ? '' : `: ${job.url}`}`);
    const end = index < mostLogsTold ? await logEnd(client, state, job.id) : '';
    if (end !== '') lines.push(`The end of the log of "${job.name}":\n${end}`);
  }
  return lines;
}

/** Empty where the credentials may not read it, or it is too long to be read to its end. */
async function logEnd(client: GitHubClient, { org, repo }: FollowState, jobId: string): Promise<string> {
  const log = await client.readJobLog({ org, repo, jobId, maxBytes: mostLogBytes });
  return log.ok && Buffer.byteLength(log.value) < mostLogBytes ? endOfJobLog(log.value) : '';
}
