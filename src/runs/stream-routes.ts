import { Readable } from 'node:stream';
import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { ChangeWatch } from '#platform/events/change-watch.ts';
import { shareReads } from '#platform/events/share-reads.ts';
import { route, type Route } from '#platform/http/route.ts';
import {
  createHeartbeat,
  eventText,
  heartbeatCheckMs,
  heartbeatText,
  lastEventId,
  retryText,
  serverSentEvents,
} from '#platform/http/server-sent-events.ts';
import { runParams } from './contract.ts';
import { type RunRow, toWireRun } from './run.ts';
import { findRun, getRun, runLogs, toWireLog } from './run-queries.ts';

export interface RunStreamParts {
  readonly db: Db;
  readonly watch: ChangeWatch;
}

const logBatch = 200;
const reconnectMs = 1_000;

export function runStreamRoutes({ db, watch }: RunStreamParts): readonly Route[] {
  const reads = createReads(db);
  return [
    route({
      method: 'GET',
      path: '/api/v1/runs/:run/stream',
      summary: 'Follow a run and its log as server-sent events until it ends; resumes after Last-Event-ID',
      tag: 'Action runs',
      access: 'known',
      request: { params: runParams },
      statuses: [404],
      handle: async ({ actor, params, headers, signal }) => {
        await getRun(db, actor, params.run);
        const start = lastEventId(headers);
        return serverSentEvents(Readable.from(runEvents(watch, reads, { actor, runId: params.run, start, signal })));
      },
    }),
  ];
}

/** The lines of a run's log above a position, as the texts that are sent, and how the run stands. */
interface Progress {
  readonly lines: readonly string[];
  /** Of the last of these lines. */
  readonly position: number;
  /** Whether there may be more lines above. */
  readonly full: boolean;
  readonly version: number;
  readonly ended: boolean;
}

/** `count` is that of the news heard; see `shareReads`. */
interface Reads {
  progress(orgId: string, runId: string, position: number, count: number): Promise<Progress | null>;
  /** The run as this actor sees it; null when it is gone. */
  run(actor: Actor, runId: string, count: number): Promise<string | null>;
}

/** Whoever asks was let in before. What goes on in a run is the same for all; how it looks depends on who looks. */
function createReads(db: Db): Reads {
  const progress = shareReads<Progress | null>();
  const runs = shareReads<string | null>();
  return {
    progress: async (orgId, runId, position, count) =>
      progress(`${orgId} ${runId} ${position} ${count}`, async () => readProgress(db, orgId, runId, position)),
    run: async (actor, runId, count) => {
      const seesAll = actor.kind !== 'user' || actor.roles.includes('Admin');
      return runs(`${actor.orgId} ${runId} ${count} ${seesAll ? '' : actor.id}`, async () => {
        const run = await findRun(db, actor, runId);
        return run === null ? null : eventText('run', toWireRun(run));
      });
    },
  };
}

async function readProgress(db: Db, orgId: string, runId: string, position: number): Promise<Progress | null> {
  // The run first: the log of a run that has ended is whole.
  const found = await sql<Pick<RunRow, 'version' | 'ended_at'>>`
    select version, ended_at from run where org_id = ${orgId} and id = ${runId}`.execute(db);
  const run = found.rows[0];
  if (run === undefined) return null;
  const lines = await runLogs(db, orgId, runId, { limit: logBatch, after: position });
  return {
    lines: lines.map((line) => eventText('log', toWireLog(line), line.ordinal)),
    position: lines.at(-1)?.ordinal ?? position,
    full: lines.length === logBatch,
    version: run.version,
    ended: run.ended_at !== null,
  };
}

interface Following {
  readonly actor: Actor;
  readonly runId: string;
  /** Ordinal of the last log line the client has. */
  readonly start: number;
  readonly signal: AbortSignal;
}

/** Whatever is new of the log and of the run; the end only after every line of the log was sent. */
async function* runEvents(
  watch: ChangeWatch,
  reads: Reads,
  { actor, runId, start, signal }: Following,
): AsyncGenerator<string> {
  const watched = watch.open(actor.orgId, `run:${runId}`);
  try {
    let position = start;
    let version = 0;
    const heartbeat = createHeartbeat();
    yield retryText(reconnectMs);
    for (let news = true; !signal.aborted; news ||= await watched.next(heartbeatCheckMs, signal)) {
      if (heartbeat.due()) yield heartbeatText;
      if (!news) continue;
      const { count } = watched;
      const found: Progress | null = await reads.progress(actor.orgId, runId, position, count);
      if (found === null) return;
      yield* found.lines;
      ({ position } = found);
      if (found.version !== version) {
        const run = await reads.run(actor, runId, count);
        if (run === null) return;
        yield run;
        ({ version } = found);
      }
      if (found.ended && !found.full) {
        yield eventText('end', {});
        return;
      }
      heartbeat.sent();
      news = found.full;
    }
  } finally {
    watched.close();
  }
}
