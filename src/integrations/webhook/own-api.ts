import type { EgressResponse } from '#platform/egress/egress.ts';
import { problem } from '#platform/problem.ts';

export interface OwnApiCall {
  readonly orgId: string;
  /** Who calls, as the log tells it. */
  readonly action: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** With an Authorization of its own the call counts as that caller's; otherwise as the organisation's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** This installation's own API, called from within. */
export interface OwnApi {
  call(call: OwnApiCall): Promise<Pick<EgressResponse, 'status' | 'headers' | 'body'>>;
}

/** Port's own addresses, which definitions that were copied from there name. */
const portHosts: ReadonlySet<string> = new Set([
  'api.getport.io',
  'api.port.io',
  'api.us.getport.io',
  'api.us.port.io',
]);

/** Answers that are credentials: an action's inputs may choose the address, and people read what it was answered. */
const closedPaths = /^\/v1\/(auth|apps|credentials|rotate-credentials|kafka-credentials)(\/|$)/;

/**
 * Path and query when an address means this installation's own API: by its public address, or by Port's. Null for
 * every other address. Throws for what actions may not ask for.
 */
export function ownApiPath(address: string, publicUrl: string): string | null {
  const url = URL.parse(address);
  if (url === null) return null;
  const isOwn = url.origin === URL.parse(publicUrl)?.origin && url.pathname.startsWith('/v1/');
  if (!isOwn && !portHosts.has(url.hostname)) return null;
  if (closedPaths.test(decoded(url.pathname))) {
    throw problem('forbidden', 'missing_permissions', `Actions may not ask this installation for ${url.pathname}.`, {
      path: url.pathname,
    });
  }
  return `${url.pathname}${url.search}`;
}

/** As the router will read it. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path).replaceAll(/\/{2,}/g, '/');
  } catch {
    return path;
  }
}
