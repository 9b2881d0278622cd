import { Problem } from '#platform/problem.ts';

export type EgressFailureReason =
  | 'timeout'
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'tls'
  | 'dns'
  | 'protocol'
  | 'too-large'
  | 'redirect'
  | 'aborted';

/**
 * A call that got no usable answer. `requestSent` is false only when no byte of the request can have left, so that
 * repeating it is safe; true means the other side may have acted on it: the outcome is unknown.
 */
export class EgressFailure extends Problem {
  readonly reason: EgressFailureReason;
  readonly requestSent: boolean;
  readonly host: string;

  constructor(failure: { reason: EgressFailureReason; requestSent: boolean; host: string; cause?: unknown }) {
    super('unavailable', `destination_${failure.reason.replace('-', '_')}`, describe(failure), {
      host: failure.host,
      reason: failure.reason,
      requestSent: failure.requestSent,
    });
    this.reason = failure.reason;
    this.requestSent = failure.requestSent;
    this.host = failure.host;
    if (failure.cause !== undefined) this.cause = failure.cause;
  }
}

const whatHappened: Readonly<Record<EgressFailureReason, string>> = {
  timeout: 'did not answer in time',
  refused: 'refused the connection',
  unreachable: 'cannot be reached from this network',
  reset: 'closed the connection without answering',
  tls: 'could not be trusted: the TLS handshake failed (check its certificate and that it speaks https)',
  dns: 'could not be looked up: the name server did not answer',
  protocol: 'answered with something that is not HTTP',
  'too-large': 'answered with more data than is accepted',
  redirect: 'answered with a redirect, which is not followed',
  aborted: 'was not waited for: the call was cancelled',
};

function describe(failure: { reason: EgressFailureReason; requestSent: boolean; host: string }): string {
  const answered = failure.reason === 'redirect' || failure.reason === 'too-large';
  const outcome = answered
    ? ''
    : failure.requestSent
      ? ' The request may have arrived, so its effect is unknown.'
      : ' The request was not sent.';
  return `${failure.host} ${whatHappened[failure.reason]}.${outcome}`;
}

const reasonByCode: Readonly<Record<string, EgressFailureReason>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_DESTROYED: 'aborted',
  UND_ERR_CLOSED: 'aborted',
  UND_ERR_ABORTED: 'aborted',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  EPROTO: 'tls',
  HOSTNAME_MISMATCH: 'tls',
};

/** Names the reason behind an error of the socket, TLS or HTTP layer. */
export function failureReason(error: unknown): EgressFailureReason {
  const code = errorCode(error);
  const known = reasonByCode[code];
  if (known !== undefined) return known;
  if (/^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/.test(code)) return 'tls';
  return 'protocol';
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * The guard's own refusal or failure inside an error that a client library wrapped around it
 * (`cause` of Octokit, `original` of Slack's clients), or undefined.
 */
export function egressErrorIn(error: unknown): Problem | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    if (current instanceof Problem) return current;
    current = current.cause ?? ('original' in current ? current.original : undefined);
  }
  return undefined;
}
