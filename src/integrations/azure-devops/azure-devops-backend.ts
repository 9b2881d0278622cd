import { createHmac } from 'node:crypto';
import { EgressFailure } from '#platform/egress/egress-failure.ts';
import { type Egress, responseText } from '#platform/egress/egress.ts';
import { plainText } from '#platform/plain-text.ts';
import { problem } from '#platform/problem.ts';
import type { DispatchOutcome, DispatchRequest, Invocation, PrepareRequest, RunBackend } from '#runs/backend.ts';
import { createAzureDevOpsClient } from './azure-devops-client.ts';
import { followBuild, type FollowState } from './follow-build.ts';

export interface AzureDevOpsTarget {
  /** Without a trailing slash. */
  readonly url: string;
  /** Signs bodies; the service connection in Azure DevOps knows the same. */
  readonly secret: string;
  /** Reads builds; without it nothing is followed. */
  readonly token: string | null;
  /** Where pipelines run, for actions that do not say. */
  readonly project: string | null;
}

export interface AzureDevOpsParts {
  readonly egress: Egress;
  readonly targetOf: (orgId: string) => Promise<AzureDevOpsTarget>;
  readonly publicUrl: string;
}

const timeoutMs = 15_000;
const shownAnswer = 500;
const label = 'Pipeline not started';
/** Allowed between our clock and Azure DevOps'; the build that is looked for names the run all the same. */
const clockDifferenceMs = 60_000;

/**
 * Sends the incoming webhook that starts a pipeline. Azure DevOps does not say which run it started: with an access
 * token the one that names this run is found and followed, otherwise the pipeline reports to the run by itself.
 */
export function createAzureDevOpsBackend(parts: AzureDevOpsParts): RunBackend {
  return {
    type: 'AZURE_DEVOPS',
    prepare: async (request) => prepareAzureDevOps(request),
    dispatch: async (request) => dispatchAzureDevOps(parts, request),
    follow: async (request) => {
      const { url, token } = await parts.targetOf(request.run.org_id);
      return followBuild(token === null ? null : createAzureDevOpsClient(parts.egress, { url, token }), request);
    },
  };
}

function prepareAzureDevOps({ method, shape, legacyBody }: PrepareRequest): Invocation {
  const payload = shape === 2 ? method['payload'] : undefined;
  return {
    type: 'AZURE_DEVOPS',
    org: namePart(method, 'org'),
    webhook: namePart(method, 'webhook'),
    ...(method['project'] === undefined ? {} : { project: namePart(method, 'project') }),
    reportWorkflowStatus: method['reportWorkflowStatus'] !== false,
    payload: payload === undefined ? legacyBody : payload,
  };
}

function namePart(method: PrepareRequest['method'], key: string): string {
  const value = method[key];
  if (typeof value === 'string' && /^[\w][\w .-]{0,254}$/.test(value)) return value;
  throw problem(
    'invalid',
    'invalid_evaluated_invocation_method',
    `The action's ${key} must be the name that Azure DevOps knows: letters, digits, dots, dashes.`,
    { field: `invocationMethod.${key}` },
  );
}

async function dispatchAzureDevOps(
  { egress, targetOf, publicUrl }: AzureDevOpsParts,
  request: DispatchRequest,
): Promise<DispatchOutcome> {
  const { invocation, run, earlierCallAt } = request;
  const target = await targetOf(run.org_id);
  const state = followState(target, request);
  const followed = state === null ? {} : { backend: { ...state } };
  if (earlierCallAt !== null) {
    const at = earlierCallAt.toISOString();
    const line = `Quayside stopped while it was calling Azure DevOps at ${at}. It may have arrived; it is not sent again.`;
    return { outcome: 'unknown', log: [line], ...followed };
  }
  const { url, secret } = target;
  const org = String(invocation['org']);
  const webhook = String(invocation['webhook']);
  const body = JSON.stringify(invocation['payload']);
  const place = `${url}/${encodeURIComponent(org)}/_apis/public/distributedtask/webhooks/${encodeURIComponent(webhook)}`;
  try {
    const answer = await egress.request({
      url: `${place}?api-version=6.0-preview`,
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'quayside',
        'X-Port-Signature': createHmac('sha1', secret).update(body).digest('hex'),
      },
      body,
      timeoutMs,
    });
    if (answer.ok) {
      const called = `Called the webhook ${webhook} of ${org} in Azure DevOps.`;
      return {
        outcome: 'called',
        log: [called, ...(state === null ? [reportingLine(publicUrl, run.id)] : [])],
        ...followed,
      };
    }
    if (answer.status === 429 || answer.status === 503) {
      const seconds = Number(answer.headers['retry-after'] ?? Number.NaN);
      const afterMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
      return { outcome: 'later', afterMs, log: [`Azure DevOps has no room at the moment (${answer.status}).`] };
    }
    return {
      outcome: 'ended',
      status: 'FAILURE',
      statusLabel: label,
      log: [refusal(answer.status, responseText(answer))],
    };
  } catch (error) {
    if (!(error instanceof EgressFailure)) throw error;
    if (error.requestSent) return { outcome: 'unknown', log: [error.message], ...followed };
    return { outcome: 'later', afterMs: null, log: [error.message] };
  }
}

/** Null where nothing can be asked: no access token, or no project. */
function followState(
  target: AzureDevOpsTarget,
  { invocation, run, earlierCallAt }: DispatchRequest,
): FollowState | null {
  const project = typeof invocation['project'] === 'string' ? invocation['project'] : target.project;
  if (target.token === null || project === null) return null;
  const begun = (earlierCallAt ?? run.dispatch_started_at ?? run.created_at).getTime();
  return {
    org: String(invocation['org']),
    project,
    notBefore: new Date(begun - clockDifferenceMs).toISOString(),
    followed: null,
    report: invocation['reportWorkflowStatus'] === true,
  };
}

function reportingLine(publicUrl: string, runId: string): string {
  return (
    'Azure DevOps does not say which pipeline run it started, and is connected without an access token and a project ' +
    `to look for it: the pipeline itself has to report, with PATCH ${publicUrl}/v1/actions/runs/${runId}.`
  );
}

function refusal(status: number, text: string): string {
  if (status === 404) return 'Azure DevOps knows no such organisation or incoming webhook. Check both names.';
  if (status === 401 || status === 403 || (status >= 300 && status < 400)) {
    return `Azure DevOps refuses the call (${status}). Check the secret of the incoming webhook's service connection.`;
  }
  const said = plainText(text.slice(0, shownAnswer)).trim();
  return `Azure DevOps answered ${status}${said === '' ? '.' : `: ${said}`}`;
}
