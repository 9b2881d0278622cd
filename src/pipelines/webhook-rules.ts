import { isJsonObject } from '#platform/json.ts';
import { asNumber } from './stages/field-rules.ts';
import { valueAt } from './trigger-rules.ts';

/** A webhook stage with everything evaluated; kept sealed, since headers and addresses hold secrets. */
export interface WebhookCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
  readonly waitForCompletion: boolean;
  readonly statusUrlResolution: string;
  readonly statusUrlJsonPath: string;
  readonly statusJsonPath: string;
  readonly progressJsonPath: string;
  readonly successStatuses: readonly string[];
  readonly canceledStatuses: readonly string[];
  readonly terminalStatuses: readonly string[];
  readonly failFastStatusCodes: readonly number[];
  readonly retryStatusCodes: readonly number[];
  /** How often each of these statuses may be answered before it is a failure; calls of earlier versions have none. */
  readonly retries?: Readonly<Record<string, number>>;
  /** Seconds. */
  readonly waitBeforeMonitor: number;
  readonly cancelEndpoint: string | null;
  readonly cancelMethod: string;
  readonly cancelPayload: unknown;
  /** Where its status is asked for, once that is known. */
  readonly statusUrl: string | null;
  /** Secrets in it: kept out of what the other side answers. */
  readonly hiddenTexts: readonly string[];
}

/** Headers that would pretend to be another client. */
const foreignHeader = /^x-spinnaker-/i;
const methods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']);

/** Reads an evaluated stage; a text says what is wrong with it. */
export function readWebhookCall(
  config: Readonly<Record<string, unknown>>,
  hiddenTexts: readonly string[],
): WebhookCall | string {
  const { url } = config;
  if (typeof url !== 'string' || url === '') return 'The address is empty.';
  const method = textOf(config['method'], 'POST').toUpperCase();
  if (!methods.has(method)) return `${method} is no method that is sent.`;
  return {
    url,
    method,
    headers: headersOf(config['customHeaders']),
    payload: config['payload'] ?? null,
    waitForCompletion: config['waitForCompletion'] === true,
    statusUrlResolution: textOf(config['statusUrlResolution'], 'getMethod'),
    statusUrlJsonPath: textOf(config['statusUrlJsonPath'], ''),
    statusJsonPath: textOf(config['statusJsonPath'], ''),
    progressJsonPath: textOf(config['progressJsonPath'], ''),
    successStatuses: words(config['successStatuses']),
    canceledStatuses: words(config['canceledStatuses']),
    terminalStatuses: words(config['terminalStatuses']),
    failFastStatusCodes: numbers(config['failFastStatusCodes'], [504]),
    retryStatusCodes: [...numbers(config['retryStatusCodes'], []), ...numbers(config['webhookRetryStatusCodes'], [])],
    retries: retriesOf(config['retries']),
    waitBeforeMonitor: Math.max(0, asNumber(config['waitBeforeMonitor']) ?? 0),
    cancelEndpoint: textOf(config['cancelEndpoint'], '') === '' ? null : textOf(config['cancelEndpoint'], ''),
    cancelMethod: textOf(config['cancelMethod'], 'POST').toUpperCase(),
    cancelPayload: config['cancelPayload'] ?? null,
    statusUrl: null,
    hiddenTexts,
  };
}

function textOf(value: unknown, usual: string): string {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : usual;
}

function words(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? (value as unknown[]).map(String) : textOf(value, '').split(',');
  return list.map((word) => word.trim().toLowerCase()).filter((word) => word !== '');
}

function numbers(value: unknown, usual: readonly number[]): readonly number[] {
  if (!Array.isArray(value)) return usual;
  return (value as unknown[]).flatMap((each) => asNumber(each) ?? []);
}

function retriesOf(value: unknown): Readonly<Record<string, number>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([code, told]): [string, number][] => {
      const most = isJsonObject(told) ? asNumber(told['maxAttempts']) : null;
      return most === null ? [] : [[code, most]];
    }),
  );
}

function headersOf(value: unknown): Record<string, string> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !foreignHeader.test(name))
      .map(([name, given]) => [name, Array.isArray(given) ? given.map(String).join(', ') : String(given)]),
  );
}

/** What an answer, or none, means for the stage. */
export type CallVerdict =
  | { readonly verdict: 'succeeded' }
  | { readonly verdict: 'failed' | 'canceled'; readonly reason: string }
  | { readonly verdict: 'retry'; readonly reason: string }
  | { readonly verdict: 'monitor'; readonly statusUrl: string }
  | { readonly verdict: 'running'; readonly progress: string | null; readonly percent: number | null };

export interface CallAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const busy = 429;
const serverFault = 500;

function isTransient(call: WebhookCall, status: number): boolean {
  return status === busy || status >= serverFault || call.retryStatusCodes.includes(status);
}

/** The first call. Other engines take redirects for success; here they are not followed, and are none. */
export function judgeCreation(call: WebhookCall, answer: CallAnswer): CallVerdict {
  const { status } = answer;
  if (status >= 300) {
    const failsFast = call.failFastStatusCodes.includes(status);
    const reason = `${call.method} answered ${status}.`;
    return !failsFast && isTransient(call, status) ? { verdict: 'retry', reason } : { verdict: 'failed', reason };
  }
  if (!call.waitForCompletion) return { verdict: 'succeeded' };
  const statusUrl = statusUrlOf(call, answer);
  if (statusUrl === null) return { verdict: 'failed', reason: 'The answer does not say where its status is.' };
  return { verdict: 'monitor', statusUrl };
}

function statusUrlOf(call: WebhookCall, { headers, body }: CallAnswer): string | null {
  switch (call.statusUrlResolution) {
    case 'locationHeader':
      return absolute(headers['location'], call.url);
    case 'webhookResponse': {
      const found = valueAt(body, call.statusUrlJsonPath);
      return typeof found === 'string' ? absolute(found, call.url) : null;
    }
    default:
      return call.url;
  }
}

function absolute(address: string | undefined, base: string): string | null {
  if (address === undefined || address === '' || !URL.canParse(address, base)) return null;
  const found = new URL(address, base);
  const own = new URL(base);
  // A proxy in front of the other side may not know that it is spoken to by https.
  if (found.host === own.host) found.protocol = own.protocol;
  return found.toString();
}

const done = 100;

/** Whether a status is one that may be answered so often only. */
export function isCounted(call: WebhookCall, status: number): boolean {
  return call.retries?.[status] !== undefined;
}

/** A look at the status. What is not known yet counts as running; `past` are the counted ones of earlier looks. */
export function judgeStatus(
  call: WebhookCall,
  { status, body }: CallAnswer,
  past: readonly number[] = [],
): CallVerdict {
  if (status >= 300) return judgeRefusal(call, status, past);
  if (call.statusJsonPath === '') return { verdict: 'succeeded' };
  const found = valueAt(body, call.statusJsonPath);
  const progress = call.progressJsonPath === '' ? null : valueAt(body, call.progressJsonPath);
  const told = typeof progress === 'string' ? progress.slice(0, 500) : null;
  if (typeof found === 'number') {
    return found >= done ? { verdict: 'succeeded' } : { verdict: 'running', progress: told, percent: found };
  }
  if (typeof found !== 'string' && typeof found !== 'boolean') {
    return { verdict: 'failed', reason: `The answer has no status at ${call.statusJsonPath}.` };
  }
  const word = String(found).toLowerCase();
  if (call.successStatuses.includes(word)) return { verdict: 'succeeded' };
  if (call.canceledStatuses.includes(word)) return { verdict: 'canceled', reason: `Its status is ${word}.` };
  if (call.terminalStatuses.includes(word)) return { verdict: 'failed', reason: `Its status is ${word}.` };
  return { verdict: 'running', progress: told ?? word.slice(0, 500), percent: null };
}

function judgeRefusal(call: WebhookCall, status: number, past: readonly number[]): CallVerdict {
  const most = call.retries?.[status];
  const told = `The status answered ${status}`;
  if (most === undefined) {
    return isTransient(call, status)
      ? { verdict: 'running', progress: `${told}.`, percent: null }
      : { verdict: 'failed', reason: `${told}.` };
  }
  const times = past.filter((each) => each === status).length + 1;
  return times < most
    ? { verdict: 'running', progress: `${told}, ${times} of ${most} times.`, percent: null }
    : { verdict: 'failed', reason: `${told}, for the last time.` };
}
