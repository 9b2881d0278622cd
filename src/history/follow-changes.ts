import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { sql } from 'kysely';
import { type ChangeWatch } from '#platform/events/change-watch.ts';
import { shareReads } from '#platform/events/share-reads.ts';
import { lastEventNumber } from '#platform/events/read-events.ts';
import {
  createHeartbeat,
  eventText,
  heartbeatCheckMs,
  heartbeatText,
  retryText,
} from '#platform/http/server-sent-events.ts';
import { visibleEvents } from './audit-queries.ts';

/**
 * Lets pages follow the log. A follower hears of news, then asks for what it may see above its own position; those who
 * may see the same and are equally far ask together.
 */
export interface LiveTail {
  /** Server-sent events, one text at a time, until the signal fires. Starts at the end unless told where to resume. */
  follow(actor: Actor, after: number | null, signal: AbortSignal): AsyncGenerator<string>;
}

interface LiveRow {
  readonly number: number;
  readonly at: Date;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, unknown>>;
}

const reconnectMs = 2_000;
/** Between two questions of one follower, so that many changes in a row are told together. */
const restMs = 100;
const batchSize = 200;
const contextKeys = [
  'blueprint',
  'entity',
  'run',
  'action',
  'scorecard',
  'user',
  'team',
  'application',
  'pipeline',
  'execution',
];

export function createLiveTail(db: Db, watch: ChangeWatch): LiveTail {
  const shared = shareReads<readonly LiveRow[]>();

  return {
    async *follow(actor, after, signal) {
      const watched = watch.open(actor.orgId);
      try {
        let position = after ?? (await lastEventNumber(db, actor.orgId));
        const heartbeat = createHeartbeat();
        yield retryText(reconnectMs);
        for (let news = true; !signal.aborted; news = await watched.next(heartbeatCheckMs, signal)) {
          while (news && !signal.aborted) {
            const from = position;
            const key = `${visibilityOf(actor)} ${from} ${watched.count}`;
            const rows = await shared(key, async () => visibleAfter(db, actor, from));
            for (const row of rows) yield toServerSentEvent(row);
            position = rows.at(-1)?.number ?? position;
            if (rows.length > 0) heartbeat.sent();
            if (rows.length < batchSize) break;
          }
          if (heartbeat.due()) yield heartbeatText;
          if (news) await sleep(restMs, undefined, { signal, ref: false }).catch(() => undefined);
        }
      } finally {
        watched.close();
      }
    },
  };
}

/** Whom `visibleEvents` shows the same. */
function visibilityOf(actor: Actor): string {
  const sharesAll = actor.kind !== 'user' || actor.roles.includes('Admin');
  return sharesAll ? actor.orgId : `${actor.orgId} ${actor.id}`;
}

async function visibleAfter(db: Db, actor: Actor, position: number): Promise<readonly LiveRow[]> {
  const found = await sql<LiveRow>`
    select number, at, action, resource, context from event
    where ${await visibleEvents(db, actor)} and number > ${position} and status = 'SUCCESS'
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
