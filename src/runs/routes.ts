import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { queryList } from '#platform/http/query-list.ts';
import { created, etag, ok, type Reply, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import type { HideRunSecrets } from './hide-run-secrets.ts';
import { runListQuery, runLogBody, runLogQuery, runParams, runPatchBody, runVersionQuery } from './contract.ts';
import { type EndStatus, inVersion } from './run.ts';
import { getRun, listRuns, runLogs, toWireLog } from './run-queries.ts';
import { cancelRun } from './cancel-run.ts';
import { appendRunLog, updateRun } from './update-run.ts';

const tag = 'Action runs';
const defaultListLimit = 100;
const logPageLimit = 50;

export function runRoutes(db: Db, hide: HideRunSecrets): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/actions/runs',
      summary: 'List action runs, newest first',
      tag,
      access: 'known',
      request: { query: runListQuery },
      handle: async ({ actor, query }) => {
        const runs = await listRuns(db, actor, {
          entity: query.entity,
          blueprint: query.blueprint,
          action: query.action,
          active: query.active,
          status: query.status,
          userEmail: query.user_email,
          userId: query.user_id,
          externalRunId: query.external_run_id,
          source: queryList(query.source),
          limit: query.limit ?? defaultListLimit,
        });
        const left = new Set(queryList(query.exclude));
        const kept = (run: Record<string, unknown>): Record<string, unknown> =>
          left.size === 0 ? run : Object.fromEntries(Object.entries(run).filter(([key]) => !left.has(key)));
        return ok({ runs: runs.map((run) => kept(inVersion(run, query.version))) });
      },
    }),
    route({
      method: 'GET',
      path: '/v1/actions/runs/:run',
      summary: 'Get an action run',
      tag,
      access: 'known',
      request: { params: runParams, query: runVersionQuery },
      statuses: [404],
      handle: async ({ actor, params, query }) => runReply(db, actor, params.run, query.version),
    }),
    route({
      method: 'PATCH',
      path: '/v1/actions/runs/:run',
      summary: 'Update an action run; a status ends it',
      tag,
      access: 'known',
      request: { params: runParams, query: runVersionQuery, body: runPatchBody },
      statuses: [404, 412, 422],
      handle: async ({ actor, params, query, body, expectedVersion, execute }) => {
        const change = { ...body, status: endStatus(body.status) };
        await execute(updateRun(hide), { id: params.run, change, expectedVersion });
        return runReply(db, actor, params.run, query.version);
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/runs/:run/cancel',
      summary: 'Cancel a run that nobody works on yet',
      tag,
      access: 'known',
      request: { params: runParams },
      statuses: [403, 404, 409, 422],
      handle: async ({ actor, params, execute }) => {
        await execute(cancelRun, { id: params.run });
        return runReply(db, actor, params.run, 'v2');
      },
    }),
    ...logRoutes(db, hide),
  ];
}

function logRoutes(db: Db, hide: HideRunSecrets): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/actions/runs/:run/logs',
      summary: "Read a run's log, oldest line first",
      tag,
      access: 'known',
      request: { params: runParams, query: runLogQuery },
      statuses: [404],
      handle: async ({ actor, params, query }) => {
        await getRun(db, actor, params.run);
        const rows = await runLogs(db, actor.orgId, params.run, {
          limit: query.limit ?? logPageLimit,
          offset: query.offset,
        });
        return ok({ runLogs: rows.map(toWireLog) });
      },
    }),
    route({
      method: 'POST',
      path: '/v1/actions/runs/:run/logs',
      summary: "Add a line to a run's log; with a termination status it ends the run",
      tag,
      access: 'known',
      request: { params: runParams, body: runLogBody },
      statuses: [201, 404, 422],
      handle: async ({ params, body, execute }) =>
        created({ runLog: toWireLog(await execute(appendRunLog(hide), { id: params.run, ...body })) }),
    }),
  ];
}

async function runReply(db: Db, actor: Actor, id: string, version: string | undefined): Promise<Reply> {
  const run = await getRun(db, actor, id);
  return ok({ run: inVersion(run, version) }, etag(run.version));
}

function endStatus(text: string | undefined): EndStatus | undefined {
  // Ocean echoes the run it was given; saying again that it is in progress changes nothing.
  if (text === undefined || text === 'IN_PROGRESS') return undefined;
  if (text === 'SUCCESS' || text === 'FAILURE') return text;
  throw problem('invalid', 'invalid_request', `status must be SUCCESS or FAILURE, not "${text}".`, { field: 'status' });
}
