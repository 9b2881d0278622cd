import type { Clock } from '#platform/clock.ts';
import { checkConnection } from './check-connection.ts';
import type { SlackConnection, SlackWorkspace } from './connection.ts';
import type { SlackHttp } from './slack-http.ts';

/** Whose the token of a connection is; null while Slack does not say. */
export type ReadWorkspace = (connection: SlackConnection) => Promise<SlackWorkspace | null>;

const heldMs = 10 * 60_000;

/** A saved connection was tested and knows; the environment's is asked for, and its answer held for ten minutes. */
export function createReadWorkspace(http: SlackHttp, clock: Clock): ReadWorkspace {
  const held = new Map<string, { readonly workspace: SlackWorkspace; readonly until: number }>();
  return async (connection) => {
    if (connection.workspace !== null || connection.botToken === null) return connection.workspace;
    const key = JSON.stringify([connection.apiUrl, connection.botToken]);
    const now = clock.now().getTime();
    const known = held.get(key);
    if (known !== undefined && known.until > now) return known.workspace;
    const workspace = await checkConnection(http, connection).catch(() => null);
    if (workspace !== null) held.set(key, { workspace, until: now + heldMs });
    return workspace;
  };
}
