import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type {
  DispatchOutcome,
  DispatchRequest,
  FollowOutcome,
  Invocation,
  PrepareRequest,
  RunBackend,
} from '#runs/backend.ts';
import type { RunRow } from '#runs/run.ts';
import type { GitHubClient } from './client.ts';
import {
  buildLegacyWorkflowDispatch,
  type WorkflowDispatch,
  buildWorkflowDispatch,
} from './build-workflow-dispatch.ts';
import type { WorkflowRun } from './workflow-run-contract.ts';
import { workflowOutcome } from './workflow-run-rules.ts';

/** What Quayside remembers of a dispatch to follow it. */
interface FollowState {
  readonly org: string;
  readonly repo: string;
  readonly workflow: string;
  readonly ref: string;
  readonly notBefore: string;
  /** Known at once on github.com, found later elsewhere. */
  readonly workflowRunId: string | null;
}

const quickFollowMs = 3_000;
const slowFollowMs = 30_000;
/** Webhooks tell sooner; asking is for installations that GitHub cannot reach. */
const quickAsks = 100;
const asksForAppearance = 40;

/** Dispatches a workflow and, when the action reports its status, follows it to its end. */
export function createGitHubBackend(client: () => GitHubClient | null): RunBackend {
  return {
    type: 'GITHUB',
    prepare: async (request) => prepareGitHub(request),
    dispatch: async (request) => dispatchGitHub(client(), request),
    follow: async ({ run, askedTimes }) => followGitHub(client(), run, askedTimes),
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
      'GitHub is not connected. Set QUAYSIDE_GITHUB_TOKEN, then execute the action again.',
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
      workflowRunId: run?.id ?? null,
      url: run?.url ?? null,
    });
  }
  const { failure } = result;
  if (failure.reason === 'unknown') return { outcome: 'unknown', log: [failure.message] };
  return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Workflow not started', log: [failure.message] };
}

/** The process died during a dispatch: what GitHub lists since then tells whether it had arrived. */
async function lookForEarlier(
  client: GitHubClient,
  dispatch: WorkflowDispatch,
  { invocation, earlierCallAt, run }: DispatchRequest,
): Promise<DispatchOutcome> {
  const notBefore = (earlierCallAt ?? run.created_at).toISOString();
  const ref = dispatch.ref ?? 'main';
  const found = await client.findWorkflowRun({ ...dispatch, ref, notBefore, hint: run.id });
  if (found.ok && found.value !== undefined) {
    return calledOutcome(dispatch, invocation, {
      ref,
      notBefore,
      workflowRunId: found.value.id,
      url: found.value.url,
    });
  }
  return {
    outcome: 'unknown',
    log: [
      `Quayside stopped while it was starting ${dispatch.workflow}. GitHub shows no run of it; it is not started again.`,
    ],
  };
}

interface Started {
  readonly ref: string;
  readonly notBefore: string;
  readonly workflowRunId: string | null;
  readonly url: string | null;
}

function calledOutcome(dispatch: WorkflowDispatch, invocation: Invocation, started: Started): DispatchOutcome {
  const { url, ...rest } = started;
  const { org, repo, workflow } = dispatch;
  const state: FollowState = { org, repo, workflow, ...rest };
  return {
    outcome: 'called',
    log: [`Started ${workflow} of ${org}/${repo} on ${started.ref}.`],
    ...(url === null ? {} : { link: url }),
    backend: { ...state, report: invocation['reportWorkflowStatus'] === true },
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

async function followGitHub(client: GitHubClient | null, run: RunRow, askedTimes: number): Promise<FollowOutcome> {
  const state = run.backend as unknown as FollowState & { readonly report: boolean };
  if (client === null || typeof state.workflow !== 'string') return { outcome: 'lost', log: [] };
  const afterMs = askedTimes < quickAsks ? quickFollowMs : slowFollowMs;
  const found =
    state.workflowRunId === null
      ? await client.findWorkflowRun({ ...state, hint: run.id })
      : await client.getWorkflowRun({ ...state, runId: state.workflowRunId });
  if (!found.ok) return { outcome: 'again', afterMs: found.failure.retryAfterMs ?? slowFollowMs };
  if (found.value === undefined) {
    if (askedTimes < asksForAppearance) return { outcome: 'again', afterMs };
    return {
      outcome: 'lost',
      log: [`GitHub never showed a run of ${state.workflow}. Its status is not followed further.`],
    };
  }
  return followed(run, state, found.value, afterMs);
}

function followed(
  run: RunRow,
  state: FollowState & { readonly report: boolean },
  workflowRun: WorkflowRun,
  afterMs: number,
): FollowOutcome {
  const link = run.link === null ? { link: workflowRun.url } : {};
  const outcome = workflowOutcome(workflowRun);
  if (state.report && outcome.ended) {
    return { outcome: 'ended', status: outcome.status, ...link, log: [`The workflow ended: ${outcome.label}.`] };
  }
  if (outcome.ended) return { outcome: 'lost', log: [] };
  const isNew = state.workflowRunId === null;
  return {
    outcome: 'again',
    afterMs,
    ...link,
    ...(isNew ? { backend: { ...state, workflowRunId: workflowRun.id } } : {}),
  };
}
