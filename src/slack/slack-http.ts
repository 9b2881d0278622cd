/** What Slack calls need from an HTTP client: the guarded one in the server, `fetch` in the CLI. Follows no redirect. */
export type SlackHttp = (request: {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}) => Promise<SlackHttpAnswer>;

export interface SlackHttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string | Uint8Array;
}

/** Where messages go. The address of a webhook is a secret, as the token is. */
export type SlackTransport =
  | { readonly kind: 'webhook'; readonly url: string }
  | {
      readonly kind: 'bot';
      readonly token: string;
      /** A channel's id or its name. */
      readonly channel: string;
      /** Default `https://slack.com/api`. */
      readonly apiUrl?: string | undefined;
      /** Instead of the app's own name. */
      readonly username?: string | undefined;
    };

export type PostOutcome =
  /** `found` means it stood there already, from an attempt whose answer was lost. */
  | { readonly outcome: 'posted'; readonly ts?: string; readonly channel?: string; readonly found?: true }
  | { readonly outcome: 'refused'; readonly error: string; readonly message: string; readonly retryAfterMs?: number }
  /** It may or may not stand in Slack: never to be sent again without looking or asking a person. */
  | { readonly outcome: 'unknown'; readonly message: string };

export function bodyText(answer: Pick<SlackHttpAnswer, 'body'>): string {
  return typeof answer.body === 'string' ? answer.body : new TextDecoder().decode(answer.body);
}

/** The body as a JSON object, or undefined when it is anything else (`ok`, an HTML page, an array). */
export function bodyObject(answer: Pick<SlackHttpAnswer, 'body'>): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(bodyText(answer));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

const DEFAULT_WAIT_MS = 30_000;

/** Slack's `Retry-After` in milliseconds; half a minute when it is missing or unreadable. */
export function retryAfterMs(answer: Pick<SlackHttpAnswer, 'headers'>): number {
  const seconds = Number(answer.headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1000) : DEFAULT_WAIT_MS;
}

const NEVER_LEFT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|ERR_SSL_.*|CERT_.*|SELF_SIGNED_.*|DEPTH_ZERO_.*|UNABLE_TO_.*)$/;

/** Why a call got no answer, in words without addresses or tokens, and whether the request may have arrived. */
export function callFailure(error: unknown): { readonly reason: string; readonly mayHaveArrived: boolean } {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    // The egress guard's refusals and failures: worded for people, naming the host at most.
    if ('kind' in one && 'details' in one) {
      const mayHaveArrived = 'requestSent' in one ? one.requestSent !== false : one.kind === 'unavailable';
      return { reason: one.message, mayHaveArrived };
    }
    if ('code' in one && typeof one.code === 'string' && one.code !== '') {
      return { reason: `the connection failed (${one.code})`, mayHaveArrived: !NEVER_LEFT.test(one.code) };
    }
    if (one.name === 'TimeoutError') return { reason: 'Slack did not answer in time', mayHaveArrived: true };
  }
  return { reason: 'the connection failed', mayHaveArrived: true };
}
