import { type Egress, responseText } from '#platform/egress/egress.ts';
import { EgressFailure } from '#platform/egress/egress-failure.ts';
import { plainText } from '#platform/plain-text.ts';
import { Problem } from '#platform/problem.ts';
import type { CallAnswer, CallVerdict, WebhookCall } from './webhook-rules.ts';

const timeoutMs = 20_000;
const longestAnswer = 65_536;

export interface Attempt {
  readonly verdict: CallVerdict;
  /** In words, when there is no answer. */
  readonly reason: string;
  readonly answer: CallAnswer | null;
  /** It failed on the way, not because it may not be called. */
  readonly reached: boolean;
}

export async function attemptCall(
  call: () => Promise<CallAnswer>,
  judge: (answer: CallAnswer) => CallVerdict,
): Promise<Attempt> {
  try {
    const answer = await call();
    return { verdict: judge(answer), reason: '', answer, reached: true };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const unsent = error instanceof EgressFailure && !error.requestSent && error.reason !== 'tls';
    const verdict: CallVerdict = { verdict: unsent ? 'retry' : 'failed', reason: error.message };
    return { verdict, reason: error.message, answer: null, reached: error instanceof EgressFailure };
  }
}

/** The stage's own call; the other side may tell a repetition by its key. */
export async function sendCall(egress: Egress, call: WebhookCall, key: string): Promise<CallAnswer> {
  const headers = { 'idempotency-key': key, ...call.headers };
  return sendRequest(egress, { url: call.url, method: call.method, headers, payload: call.payload });
}

interface Sending {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: unknown;
}

export async function sendRequest(egress: Egress, { url, method, headers, payload }: Sending): Promise<CallAnswer> {
  const withBody = method !== 'GET' && method !== 'HEAD' && payload !== undefined && payload !== null;
  const answer = await egress.request({
    url,
    method,
    headers: { 'user-agent': 'quayside', ...(withBody ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(withBody ? { body: typeof payload === 'string' ? payload : JSON.stringify(payload) } : {}),
    timeoutMs,
    maxResponseBytes: longestAnswer,
  });
  return { status: answer.status, headers: answer.headers, body: parsed(responseText(answer)) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return plainText(text);
  }
}
