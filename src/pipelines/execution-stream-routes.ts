import { Readable } from 'node:stream';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { ChangeWatch } from '#platform/events/change-watch.ts';
import { route, type Route } from '#platform/http/route.ts';
import {
  createHeartbeat,
  eventText,
  heartbeatCheckMs,
  heartbeatText,
  retryText,
  serverSentEvents,
} from '#platform/http/server-sent-events.ts';
import { executionParams } from './contract.ts';
import { findExecution, getExecution } from './execution-queries.ts';
import { isEnded } from './execution-rules.ts';
import { toWireExecution } from './execution-view.ts';

const reconnectMs = 1_000;

export function executionStreamRoute(db: Db, watch: ChangeWatch): Route {
  return route({
    method: 'GET',
    path: '/api/v1/executions/:execution/stream',
    summary: 'Follow an execution as server-sent events until it ends',
    tag: 'Pipeline executions',
    access: 'known',
    request: { params: executionParams },
    statuses: [404],
    handle: async ({ actor, params, signal }) => {
      await getExecution(db, actor, params.execution);
      return serverSentEvents(Readable.from(executionEvents({ db, watch }, actor, params.execution, signal)));
    },
  });
}

/** The execution as it stands, again after each change. */
async function* executionEvents(
  { db, watch }: { readonly db: Db; readonly watch: ChangeWatch },
  actor: Actor,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const watched = watch.open(actor.orgId, `execution:${id}`);
  try {
    let version = 0;
    const heartbeat = createHeartbeat();
    yield retryText(reconnectMs);
    for (let news = true; !signal.aborted; news = await watched.next(heartbeatCheckMs, signal)) {
      const whole = news ? await findExecution(db, actor, id) : undefined;
      if (whole === null) return;
      if (whole !== undefined && whole.execution.version !== version) {
        version = whole.execution.version;
        yield eventText('execution', toWireExecution(whole));
        heartbeat.sent();
        if (isEnded(whole.execution.status)) {
          yield eventText('end', {});
          return;
        }
      }
      if (heartbeat.due()) yield heartbeatText;
    }
  } finally {
    watched.close();
  }
}
