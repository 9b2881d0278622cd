import { parseDestination } from './destination.ts';
import type { Egress } from './egress.ts';
import { EgressFailure } from './egress-failure.ts';

/** The part of the fetch standard that client libraries call. */
export type EgressFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A `fetch` for libraries that accept one (Octokit, Slack's clients), so that they too go through the guard.
 * Unlike the global one it follows no redirect: it rejects, or answers the 3xx when asked for `redirect: 'manual'`.
 * It rejects with the guard's own errors; libraries wrap them, `egressErrorIn` finds them again. An answer longer than
 * `maxResponseBytes` (default 10 MiB) is a failure, since half a JSON document helps nobody.
 */
export function createEgressFetch(
  egress: Egress,
  limits: { readonly timeoutMs?: number; readonly maxResponseBytes?: number } = {},
): EgressFetch {
  return async (input, init) => {
    // First, since the platform's own complaint about an address would repeat the credentials in it.
    const { host } = parseDestination(input instanceof Request ? input.url : input).url;
    const request = new Request(input, init);
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    const response = await egress.request({
      url: request.url,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      body,
      timeoutMs: limits.timeoutMs,
      maxResponseBytes: limits.maxResponseBytes ?? 10 * 1024 * 1024,
      signal: request.signal,
    });
    if (response.truncated) throw new EgressFailure({ reason: 'too-large', requestSent: true, host });
    if (response.redirect && request.redirect !== 'manual') {
      throw new EgressFailure({ reason: 'redirect', requestSent: true, host });
    }
    const withoutBody = response.status === 204 || response.status === 205 || response.status === 304;
    return new Response(withoutBody ? null : new Uint8Array(response.body), {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}
