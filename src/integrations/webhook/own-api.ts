import type { EgressResponse } from '#platform/egress/egress.ts';
import { maskDestinations } from '#platform/egress/mask-destinations.ts';
import { isJsonObject } from '#platform/json.ts';
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

/** All of Port's API, and nothing that only Quayside has: that shows secrets and links that let somebody in. */
const portPaths = /^\/v1\//;
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
  const path = decoded(url.pathname);
  if (!portPaths.test(path) || closedPaths.test(path)) {
    throw problem('forbidden', 'missing_permissions', `Actions may not ask this installation for ${url.pathname}.`, {
      path: url.pathname,
    });
  }
  return `${url.pathname}${url.search}`;
}

const destinationKeys: ReadonlySet<string> = new Set([
  'invocationMethod',
  'approvalNotification',
  'changelogDestination',
]);

/** An answer of this installation to itself, as those may read it who see the run: definitions show where they send. */
export function withoutDestinations(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(withoutDestinations);
  if (!isJsonObject(answer)) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([key, value]) => [
      key,
      destinationKeys.has(key) ? maskDestinations(value) : withoutDestinations(value),
    ]),
  );
}

/** As the router will read it. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path).replaceAll(/\/{2,}/g, '/');
  } catch {
    return path;
  }
}
