import { Readable } from 'node:stream';
import { type Actor, systemActor } from '#platform/commands/actor.ts';
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
import { toWireRun } from './run.ts';
import { findRun, getRun, runLogs, toWireLog } from './run-queries.ts';

export interface RunStreamParts {
  readonly db: Db;
  readonly watch: ChangeWatch;
}

const logBatch = 200;
const reconnectMs = 1_000;

export function runStreamRoutes({ db, watch }: RunStreamParts): readonly Route[] {
  const shared = shareReads<Read | null>();
  const read: ReadRun = async (orgId, runId, position, count) =>
    shared(`${orgId} ${runId} ${position} ${count}`, async () => readRun(db, orgId, runId, position));
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
        return serverSentEvents(Readable.from(runEvents(watch, read, { actor, runId: params.run, start, signal })));
      },
    }),
  ];
}

/** A run and the lines of its log above a position, as the texts that are sent; the same for all who follow it. */
interface Read {
  readonly lines: readonly string[];
  /** Of the last of these lines. */
  readonly position: number;
  /** Whether there may be more lines above. */
  readonly full: boolean;
  readonly version: number;
  readonly run: string;
  readonly ended: boolean;
}

/** `count` is that of the news heard; see `shareReads`. */
type ReadRun = (orgId: string, runId: string, position: number, count: number) => Promise<Read | null>;

/** Whoever asks was let in before: who may see a run does not change while it is followed. */
async function readRun(db: Db, orgId: string, runId: string, position: number): Promise<Read | null> {
  // The run first: lines that come between the two are sent again by nobody and missed by nobody.
  const run = await findRun(db, systemActor(orgId, 'runs'), runId);
  if (run === null) return null;
  const lines = await runLogs(db, orgId, runId, { limit: logBatch, after: position });
  return {
    lines: lines.map((line) => eventText('log', toWireLog(line), line.ordinal)),
    position: lines.at(-1)?.ordinal ?? position,
    full: lines.length === logBatch,
    version: run.version,
    run: eventText('run', toWireRun(run)),
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
  read: ReadRun,
  { actor, runId, start, signal }: Following,
): AsyncGenerator<string> {
  const watched = watch.open(actor.orgId, `run:${runId}`);
  try {
    let position = start;
    let version = 0;
    const heartbeat = createHeartbeat();
    yield retryText(reconnectMs);
    for (let news = true; !signal.aborted; news ||= await watched.next(heartbeatCheckMs, signal)) {
      const found: Read | null | undefined = news ? await read(actor.orgId, runId, position, watched.count) : undefined;
      if (found === null) return;
      if (found !== undefined) {
        yield* found.lines;
        position = found.position;
        if (found.version !== version) yield found.run;
        version = found.version;
        if (found.ended && !found.full) {
          yield eventText('end', {});
          return;
        }
        heartbeat.sent();
      }
      if (heartbeat.due()) yield heartbeatText;
      news = found?.full === true;
    }
  } finally {
    watched.close();
  }
}
