import type { Clock } from '#platform/clock.ts';
import { signPortWebhook } from '#platform/crypto/port-signature.ts';
import { EgressFailure } from '#platform/egress/egress-failure.ts';
import { type Egress, type EgressResponse, responseText } from '#platform/egress/egress.ts';
import { isJsonObject } from '#platform/json.ts';
import { plainText } from '#platform/plain-text.ts';
import { problem } from '#platform/problem.ts';
import { type KafkaOf, sendOrWait } from '../kafka/kafka-backend.ts';
import { type OwnApi, ownApiPath, withoutDestinations } from './own-api.ts';
import type { RunRow } from '#runs/run.ts';
import type { DispatchOutcome, DispatchRequest, Invocation, PrepareRequest, RunBackend } from '#runs/backend.ts';

export interface WebhookBackendParts {
  readonly egress: Egress;
  readonly clock: Clock;
  /** Signs what the organisation sends. */
  readonly signingSecret: (orgId: string) => Promise<string>;
  /** Calls to this installation's own API stay within it. */
  readonly ownApi: OwnApi;
  readonly publicUrl: string;
  /** For webhooks that an agent sends; null while the organisation is not connected to Kafka. */
  readonly kafkaOf: KafkaOf;
  /** How long an answer is waited for. */
  readonly timeouts?: { readonly synchronousMs: number; readonly asynchronousMs: number };
}

const methods: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'GET', 'DELETE']);
const defaultTimeouts = { synchronousMs: 30_000, asynchronousMs: 15_000 };
/** Of an answer that went wrong, as much as explains it. */
const shownAnswer = 500;

/** Calls the URL of an action, signed as Port signs. One attempt: what it sets off is not known to be repeatable. */
export function createWebhookBackend(parts: WebhookBackendParts): RunBackend {
  return {
    type: 'WEBHOOK',
    prepare: async (request) => prepareWebhook(parts, request),
    dispatch: async (request) => dispatchWebhook(parts, request),
  };
}

async function prepareWebhook(
  { egress, publicUrl }: WebhookBackendParts,
  { method, shape, legacyBody, runId }: PrepareRequest,
): Promise<Invocation> {
  const { url, headers } = method;
  if (typeof url !== 'string' || !URL.canParse(url)) throw unusable('url', 'must be an absolute http(s) address');
  const given = method['method'] ?? 'POST';
  const verb = typeof given === 'string' ? given.toUpperCase() : '';
  if (!methods.has(verb)) throw unusable('method', `must be one of ${[...methods].join(', ')}`);
  if (headers !== undefined && !isTextMap(headers)) throw unusable('headers', 'must be an object of names and texts');
  const isOwn = method['agent'] !== true && ownApiPath(url, publicUrl) !== null;
  if (method['agent'] !== true && !isOwn) await egress.check(url);
  const ownBody = shape === 2 ? method['body'] : undefined;
  return {
    type: 'WEBHOOK',
    url,
    method: verb,
    agent: method['agent'] === true,
    synchronized: method['synchronized'] === true,
    headers: headers ?? (shape === 2 ? { RUN_ID: runId } : {}),
    body: ownBody === undefined ? legacyBody : ownBody,
  };
}

function unusable(field: string, message: string): Error {
  return problem('invalid', 'invalid_evaluated_invocation_method', `The action's ${field} ${message}.`, {
    field: `invocationMethod.${field}`,
  });
}

function isTextMap(value: unknown): value is Record<string, string> {
  return isJsonObject(value) && Object.values(value).every((item) => typeof item === 'string');
}

async function dispatchWebhook(parts: WebhookBackendParts, request: DispatchRequest): Promise<DispatchOutcome> {
  const { invocation, run, earlierCallAt } = request;
  if (invocation['agent'] === true) {
    return forAgent(parts, request);
  }
  if (earlierCallAt !== null) {
    const at = earlierCallAt.toISOString();
    return {
      outcome: 'unknown',
      log: [`Quayside stopped while it was calling the webhook at ${at}. It may have arrived; it is not sent again.`],
    };
  }
  const synchronized = invocation['synchronized'] === true;
  try {
    const own = await sendToSelf(parts, invocation, run);
    const answer = own ?? (await send(parts, invocation, run.org_id, synchronized));
    if (!synchronized) return asynchronousOutcome(answer);
    return synchronousOutcome(answer, own === null ? (body) => body : withoutDestinations);
  } catch (error) {
    if (!(error instanceof EgressFailure)) throw error;
    if (error.requestSent && !synchronized) return { outcome: 'unknown', log: [error.message] };
    return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Webhook failed', log: [error.message] };
  }
}

/** Over Kafka where the organisation has it; otherwise an agent fetches the run. */
async function forAgent({ kafkaOf }: WebhookBackendParts, request: DispatchRequest): Promise<DispatchOutcome> {
  const { run, invocation } = request;
  const put = await kafkaOf(run.org_id);
  if (put === null) {
    return { outcome: 'offered', installationId: null, log: ['Waiting for an agent to fetch this run.'] };
  }
  const { body, ...invocationMethod } = invocation;
  const older = run.action_snapshot.shape === 1 && isJsonObject(body) ? body : null;
  const value = JSON.stringify(older ?? { invocationMethod, payload: body, context: { runId: run.id } });
  return sendOrWait(put, request, { topic: `${run.org_id}.runs`, key: run.id, value });
}

/** Null when the address is somebody else's. */
async function sendToSelf(
  { ownApi, publicUrl }: WebhookBackendParts,
  invocation: Invocation,
  run: RunRow,
): Promise<Answer | null> {
  const path = ownApiPath(String(invocation['url']), publicUrl);
  if (path === null) return null;
  const method = String(invocation['method']);
  const answer = await ownApi.call({
    orgId: run.org_id,
    action: run.action,
    method,
    path,
    headers: { 'content-type': 'application/json', ...(invocation['headers'] as Record<string, string>) },
    body: method === 'GET' ? undefined : JSON.stringify(invocation['body']),
  });
  return { ...answer, ok: answer.status >= 200 && answer.status < 300, redirect: false };
}

async function send(
  parts: WebhookBackendParts,
  invocation: Invocation,
  orgId: string,
  synchronized: boolean,
): Promise<EgressResponse> {
  const { timeouts = defaultTimeouts } = parts;
  const method = String(invocation['method']);
  const rawBody = method === 'GET' ? undefined : JSON.stringify(invocation['body']);
  const signature = signPortWebhook({
    secret: await parts.signingSecret(orgId),
    timestampMs: parts.clock.now().getTime(),
    rawBody: rawBody ?? '',
  });
  return parts.egress.request({
    url: String(invocation['url']),
    method,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'quayside',
      ...(invocation['headers'] as Record<string, string>),
      ...signature,
    },
    body: rawBody,
    timeoutMs: synchronized ? timeouts.synchronousMs : timeouts.asynchronousMs,
  });
}

/** What is looked at of an answer. */
type Answer = Pick<EgressResponse, 'status' | 'ok' | 'redirect' | 'body'>;

function asynchronousOutcome(answer: Answer): DispatchOutcome {
  if (answer.ok) return { outcome: 'called' };
  return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Webhook failed', log: [refusalLine(answer)] };
}

function synchronousOutcome(answer: Answer, shown: (body: unknown) => unknown): DispatchOutcome {
  const text = responseText(answer);
  const response = { status: answer.status, body: shown(parsedOrText(text)) };
  if (answer.ok) return { outcome: 'ended', status: 'SUCCESS', response };
  return { outcome: 'ended', status: 'FAILURE', statusLabel: 'Webhook failed', response, log: [refusalLine(answer)] };
}

function refusalLine(answer: Answer): string {
  if (answer.redirect) return `The webhook answered ${answer.status}, a redirect, which is not followed.`;
  const text = plainText(responseText(answer).slice(0, shownAnswer)).trim();
  return `The webhook answered ${answer.status}${text === '' ? '.' : `: ${text}`}`;
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => storable(value));
  } catch {
    return plainText(text);
  }
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return plainText(value);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [plainText(key), item]));
}
