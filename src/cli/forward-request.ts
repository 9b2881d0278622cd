import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { RelayedRequest } from './relayed-request.ts';

export type ForwardResult =
  | { readonly kind: 'answered'; readonly status: number }
  /** Nobody listens at the local address, so nothing was delivered. */
  | { readonly kind: 'not-running' }
  /** It may have been delivered, yet no answer came; `status` is what a gateway would say. */
  | { readonly kind: 'unanswered'; readonly status: 502 | 504; readonly reason: string };

const TIMEOUT_MS = 30_000;

/** These belong to one connection, or are made anew for the local one. Everything else passes as it came. */
const PER_CONNECTION = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Sends a relayed request to the local address: same method, same body bytes, headers in order with their case. */
export function forwardRequest(relayed: RelayedRequest, target: URL): Promise<ForwardResult> {
  return new Promise((resolve) => {
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    try {
      const outgoing = send(
        {
          protocol: target.protocol,
          // Brackets of an IPv6 address belong to the URL, not to the host.
          hostname: target.hostname.replace(/^\[|\]$/g, ''),
          port: target.port,
          path: localPath(relayed, target),
          method: relayed.method,
          headers: localHeaders(relayed, target),
          signal: AbortSignal.timeout(TIMEOUT_MS),
          agent: false,
        },
        (incoming) => {
          incoming.resume();
          incoming.on('error', () => undefined);
          resolve({ kind: 'answered', status: incoming.statusCode ?? 502 });
        },
      );
      outgoing.on('error', (error) => resolve(failure(error)));
      outgoing.end(relayed.body);
    } catch (error) {
      // A method, header or path that Node refuses to write.
      resolve(failure(error));
    }
  });
}

function failure(error: unknown): ForwardResult {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  if (code === 'ECONNREFUSED') return { kind: 'not-running' };
  const timedOut = error instanceof Error && error.cause instanceof Error && error.cause.name === 'TimeoutError';
  return timedOut
    ? { kind: 'unanswered', status: 504, reason: 'no answer within 30 s' }
    : { kind: 'unanswered', status: 502, reason: code };
}

function localPath(relayed: RelayedRequest, target: URL): string {
  const path = relayed.path === '' ? target.pathname : target.pathname.replace(/\/+$/, '') + relayed.path;
  const query = [target.search.slice(1), relayed.query].filter((part) => part !== '').join('&');
  return query === '' ? path : `${path}?${query}`;
}

function localHeaders(relayed: RelayedRequest, target: URL): string[] {
  const named = relayed.headers
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((name) => name.trim().toLowerCase()));
  const dropped = new Set([...PER_CONNECTION, ...named]);
  return [
    'Host',
    target.host,
    ...relayed.headers.filter(([name]) => !dropped.has(name.toLowerCase())).flat(),
    'Content-Length',
    String(relayed.body.length),
    'Connection',
    'close',
  ];
}
