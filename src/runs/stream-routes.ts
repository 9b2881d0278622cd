import { Readable } from 'node:stream';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { route, type Route } from '#platform/http/route.ts';
import {
  createHeartbeat,
  eventText,
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
  /** Resolves at the next change in the organisation, an interval, or the signal. */
  readonly tail: { nextChange(orgId: string, signal: AbortSignal): Promise<void> };
}

const logBatch = 200;
const reconnectMs = 1_000;

export function runStreamRoutes(parts: RunStreamParts): readonly Route[] {
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
        await getRun(parts.db, actor, params.run);
        const start = lastEventId(headers);
        return serverSentEvents(Readable.from(runEvents(parts, { actor, runId: params.run, start, signal })));
      },
    }),
  ];
}

interface Following {
  readonly actor: Actor;
  readonly runId: string;
  /** Ordinal of the last log line the client has. */
  readonly start: number;
  readonly signal: AbortSignal;
}

/** The run first, then whatever is new of both; the end only after every line of the log was sent. */
async function* runEvents({ db, tail }: RunStreamParts, following: Following): AsyncGenerator<string> {
  const { actor, runId, signal } = following;
  let position = following.start;
  let version = 0;
  const heartbeat = createHeartbeat();
  yield retryText(reconnectMs);
  while (!signal.aborted) {
    const run = await findRun(db, actor, runId);
    if (run === null) return;
    const lines = await runLogs(db, actor.orgId, runId, { limit: logBatch, after: position });
    for (const line of lines) {
      yield eventText('log', toWireLog(line), line.ordinal);
      position = line.ordinal;
    }
    if (run.version !== version) {
      version = run.version;
      yield eventText('run', toWireRun(run));
      heartbeat.sent();
    }
    if (lines.length < logBatch && run.ended_at !== null) {
      yield eventText('end', {});
      return;
    }
    if (heartbeat.due()) yield heartbeatText;
    if (lines.length < logBatch) await tail.nextChange(actor.orgId, signal);
  }
}
