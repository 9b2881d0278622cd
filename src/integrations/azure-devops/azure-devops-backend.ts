import { createHmac } from 'node:crypto';
import { EgressFailure } from '#platform/egress/egress-failure.ts';
import { type Egress, responseText } from '#platform/egress/egress.ts';
import { plainText } from '#platform/plain-text.ts';
import { problem } from '#platform/problem.ts';
import type { DispatchOutcome, DispatchRequest, Invocation, PrepareRequest, RunBackend } from '#runs/backend.ts';

export interface AzureDevOpsTarget {
  /** Without a trailing slash. */
  readonly url: string;
  /** Signs bodies; the service connection in Azure DevOps knows the same. */
  readonly secret: string;
}

export interface AzureDevOpsParts {
  readonly egress: Egress;
  readonly targetOf: (orgId: string) => Promise<AzureDevOpsTarget>;
}

const timeoutMs = 15_000;
const shownAnswer = 500;
const label = 'Pipeline not started';

/**
 * Sends the incoming webhook that starts a pipeline. Azure DevOps does not say which run it started, so the pipeline
 * reports to the run by itself.
 */
export function createAzureDevOpsBackend(parts: AzureDevOpsParts): RunBackend {
  return {
    type: 'AZURE_DEVOPS',
    prepare: async (request) => prepareAzureDevOps(request),
    dispatch: async (request) => dispatchAzureDevOps(parts, request),
  };
}

function prepareAzureDevOps({ method, shape, legacyBody }: PrepareRequest): Invocation {
  const payload = shape === 2 ? method['payload'] : undefined;
  return {
    type: 'AZURE_DEVOPS',
    org: namePart(method, 'org'),
    webhook: namePart(method, 'webhook'),
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
  { egress, targetOf }: AzureDevOpsParts,
  { invocation, run, earlierCallAt }: DispatchRequest,
): Promise<DispatchOutcome> {
  if (earlierCallAt !== null) {
    const at = earlierCallAt.toISOString();
    return {
      outcome: 'unknown',
      log: [`Quayside stopped while it was calling Azure DevOps at ${at}. It may have arrived; it is not sent again.`],
    };
  }
  const { url, secret } = await targetOf(run.org_id);
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
    if (answer.ok) return { outcome: 'called', log: [`Called the webhook ${webhook} of ${org} in Azure DevOps.`] };
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
    if (error.requestSent) return { outcome: 'unknown', log: [error.message] };
    return { outcome: 'later', afterMs: null, log: [error.message] };
  }
}

function refusal(status: number, text: string): string {
  if (status === 404) return 'Azure DevOps knows no such organisation or incoming webhook. Check both names.';
  if (status === 401 || status === 403 || (status >= 300 && status < 400)) {
    return `Azure DevOps refuses the call (${status}). Check the secret of the incoming webhook's service connection.`;
  }
  const said = plainText(text.slice(0, shownAnswer)).trim();
  return `Azure DevOps answered ${status}${said === '' ? '.' : `: ${said}`}`;
}
