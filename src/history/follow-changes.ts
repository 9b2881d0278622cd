import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { sql } from 'kysely';
import { lastEventNumber } from '#platform/events/read-events.ts';
import { createHeartbeat, eventText, heartbeatText, retryText } from '#platform/http/server-sent-events.ts';
import { visibleEvents } from './audit-queries.ts';

/**
 * Lets pages follow the log. Each follower waits for a wake-up (a commit in this process) or the next interval (commits of
 * other processes), then asks for what it may see above its own position.
 */
export interface LiveTail {
  /** Server-sent events, one text at a time, until the signal fires. Starts at the end unless told where to resume. */
  follow(actor: Actor, after: number | null, signal: AbortSignal): AsyncGenerator<string>;
  wake(orgId: string): void;
  /** Resolves at the next change of the organisation, the interval, or the signal. */
  nextChange(orgId: string, signal: AbortSignal): Promise<void>;
}

interface LiveRow {
  readonly number: number;
  readonly at: Date;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, unknown>>;
}

const intervalMs = 500;
const reconnectMs = 2_000;
const batchSize = 200;
const contextKeys = ['blueprint', 'entity', 'run', 'action', 'scorecard', 'user', 'team'];

export function createLiveTail(db: Db): LiveTail {
  const waiting = new Map<string, Set<() => void>>();

  async function nextChange(orgId: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wakers = waiting.get(orgId) ?? new Set();
      waiting.set(orgId, wakers);
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        wakers.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, intervalMs);
      wakers.add(finish);
      signal.addEventListener('abort', finish);
    });
  }

  async function* follow(actor: Actor, after: number | null, signal: AbortSignal): AsyncGenerator<string> {
    let position = after ?? (await lastEventNumber(db, actor.orgId));
    const heartbeat = createHeartbeat();
    yield retryText(reconnectMs);
    while (!signal.aborted) {
      const rows = await visibleAfter(db, actor, position);
      for (const row of rows) yield toServerSentEvent(row);
      position = rows.at(-1)?.number ?? position;
      if (rows.length > 0) heartbeat.sent();
      if (heartbeat.due()) yield heartbeatText;
      if (rows.length < batchSize) await nextChange(actor.orgId, signal);
    }
  }

  return {
    follow,
    nextChange,
    wake(orgId) {
      for (const finish of waiting.get(orgId) ?? []) finish();
    },
  };
}

async function visibleAfter(db: Db, actor: Actor, position: number): Promise<readonly LiveRow[]> {
  const found = await sql<LiveRow>`
    select number, at, action, resource, context from event
    where ${visibleEvents(actor)} and number > ${position} and status = 'SUCCESS'
    order by number limit ${batchSize}`.execute(db);
  return found.rows;
}

function toServerSentEvent(row: LiveRow): string {
  const context = Object.fromEntries(
    contextKeys.filter((key) => key in row.context).map((key) => [key, row.context[key]]),
  );
  const data = { number: row.number, at: row.at, action: row.action, resourceType: row.resource, context };
  return eventText('change', data, row.number);
}
