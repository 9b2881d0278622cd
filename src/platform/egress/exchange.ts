import type { Dispatcher } from 'undici';
import { Problem } from '#platform/problem.ts';
import { EgressFailure, failureReason } from './egress-failure.ts';
import type { EgressFailureReason } from './egress-failure.ts';
import type { Destination } from './destination.ts';

export interface ExchangeRequest {
  readonly destination: Destination;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly signal: AbortSignal | undefined;
}

export interface ExchangeAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly truncated: boolean;
}

/**
 * One request and its answer. Follows nothing and repeats nothing. The deadline covers the name look-up, the
 * connection, the request and the whole answer. Rejects with the guard's Problem or with an EgressFailure.
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<ExchangeAnswer> {
  return new Promise((resolve, reject) => {
    const { destination, maxResponseBytes, signal } = request;
    let sent = false;
    let settled = false;
    let running: Dispatcher.DispatchController | undefined;
    let answer: { status: number; statusText: string; headers: Readonly<Record<string, string>> } | undefined;
    const chunks: Buffer[] = [];
    let received = 0;

    const settle = (finish: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(deadline);
      signal?.removeEventListener('abort', cancelled);
      finish();
    };
    const stop = (reason: EgressFailureReason): void => {
      const failure = new EgressFailure({ reason, requestSent: sent, host: destination.url.host });
      settle(() => reject(failure));
      running?.abort(failure);
    };
    const complete = (truncated: boolean): void => {
      if (answer === undefined) return;
      const { status, statusText, headers } = answer;
      settle(() => resolve({ status, statusText, headers, body: Buffer.concat(chunks), truncated }));
    };
    const cancelled = (): void => stop(isTimeout(signal?.reason) ? 'timeout' : 'aborted');
    const deadline = setTimeout(() => stop('timeout'), request.timeoutMs);

    signal?.addEventListener('abort', cancelled, { once: true });
    if (signal?.aborted === true) {
      cancelled();
      return;
    }

    dispatcher.dispatch(
      {
        origin: destination.origin,
        path: destination.path,
        method: request.method,
        headers: request.headers,
        body: bodyOf(request.body),
        // The one deadline above is stricter than either.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart(controller) {
          // Given up while the connection was being made: nothing has been written yet, and nothing will be.
          if (settled) return controller.abort(new Error('No longer wanted.'));
          running = controller;
          sent = true;
        },
        onResponseStart(_controller, status, headers, statusText) {
          answer = { status, statusText: statusText ?? '', headers: flatten(headers) };
        },
        onResponseData(controller, chunk) {
          const room = maxResponseBytes - received;
          chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
          received += chunk.length;
          if (chunk.length <= room) return;
          complete(true);
          controller.abort(new Error('The rest is not wanted.'));
        },
        onResponseEnd() {
          complete(false);
        },
        onResponseError(_controller, error) {
          settle(() => reject(translate(error, sent, destination.url.host)));
        },
      },
    );
  });
}

/** `AbortSignal.timeout` is how libraries set their own deadline. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError';
}

function bodyOf(body: string | Uint8Array | undefined): string | Uint8Array | null {
  return body === undefined || body.length === 0 ? null : body;
}

function translate(error: unknown, requestSent: boolean, host: string): Problem {
  if (error instanceof Problem) return error;
  return new EgressFailure({ reason: failureReason(error), requestSent, host, cause: error });
}

function flatten(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}
